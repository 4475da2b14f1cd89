"""The text of a message as it was sent, and the letter as it was printed."""

from __future__ import annotations

import re

import pytest

from portal.messaging.stored_text import blocks_of
from portal.messaging.tables import Attachment, Channel, MessageState
from portal.web.files import disposition
from tests.messaging.inbox import MESSAGES, TEXT, sent
from tests.people import Person, saved
from tests.visiting import Visitor


async def test_the_text_as_it_was_sent(his: Visitor, bojan: Person) -> None:
    message = await sent(bojan, body=f"{TEXT}\n\n<b>Lep pozdrav</b>", language="en")

    page = await his.get(f"{MESSAGES}/{message.id}")

    text = page.one("div[lang=en]")
    assert "Spoštovani, zapadlo je 86,45 EUR." in "".join(text.itertext())
    assert "<b>Lep pozdrav</b>" in "".join(text.itertext())
    assert [len(part.cssselect("br")) for part in text.cssselect("p")] == [1, 0]


LONG = """Spoštovani,

Vaši računi
-----------

- 2026-002022: 61,46 €
- 2026-002024: 24,99 €
  zapadel 15. 11.


Plačajte tu:
<https://moj.test/pay>

Lep pozdrav
- Moj A1"""


async def test_a_long_text_has_headings_lists_and_even_gaps(his: Visitor, bojan: Person) -> None:
    message = await sent(bojan, channel=Channel.EMAIL, recipient="bojan@example.si", body=LONG)

    text = (await his.get(f"{MESSAGES}/{message.id}")).one(".as_sent")

    assert [node.tag for node in text] == ["p", "h3", "ul", "p", "p", "ul"]
    assert text.cssselect("h3")[0].text == "Vaši računi"
    assert [item.text for item in text.cssselect("li")] == [
        "2026-002022: 61,46 €",
        "2026-002024: 24,99 € zapadel 15. 11.",
        "Moj A1",
    ]
    assert "<https://moj.test/pay>" in "".join(text.itertext())


@pytest.mark.parametrize("text", ["", "\n \n", "- \n-\n--- ", "---\n---\n---", "a\r\nb\n----", "- a\n\n  b\nc", LONG])
def test_no_word_of_a_text_is_lost(text: str) -> None:
    shown = " ".join(part for block in blocks_of(text) for part in block.parts)

    assert re.findall(r"\w+", shown) == re.findall(r"\w+", text)


async def test_nothing_in_a_text_is_markup(his: Visitor, bojan: Person) -> None:
    evil = "<script>alert(1)</script>"
    message = await sent(bojan, body=f"{evil}\n----\n\n- {evil}\n\n{evil}")

    page = await his.get(f"{MESSAGES}/{message.id}")

    assert page.one(".as_sent h3").text == page.one(".as_sent li").text == page.one(".as_sent p").text == evil
    assert evil not in page.html


async def test_the_text_of_a_code_is_not_kept_and_the_page_says_why(his: Visitor, bojan: Person) -> None:
    message = await sent(bojan, template="sign_in_code", is_secret=True, body=None)

    page = await his.get(f"{MESSAGES}/{message.id}")

    assert "V sporočilu je bila koda. Kod ne hranimo" in page.text


@pytest.mark.parametrize(
    ("state", "said"), [(MessageState.QUEUED, "Besedilo bo tu"), (MessageState.EXPIRED, "sporočilo ni bilo poslano")]
)
async def test_what_never_went_out_has_no_text(his: Visitor, bojan: Person, state: MessageState, said: str) -> None:
    message = await sent(bojan, state=state, body=None)

    assert said in (await his.get(f"{MESSAGES}/{message.id}")).text


async def test_a_letter_is_downloaded_as_it_was_printed(his: Visitor, bojan: Person) -> None:
    message = await sent(
        bojan, channel=Channel.LETTER, recipient="Bojan Kralj\nGlavna ulica 1\n1000 Ljubljana", body=None
    )
    await saved(
        Attachment(
            message=message.id,
            name="Račun 2026-11.pdf",
            media_type="application/pdf",
            content=b"%PDF-1.7" + b"x" * 2000,
        )
    )
    page = await his.get(f"{MESSAGES}/{message.id}")
    link = page.one("main .rows a")
    assert "Račun 2026-11.pdf 2 kB" in " ".join("".join(link.itertext()).replace("\u00a0", " ").split())
    assert "Bojan Kralj, 1000 Ljubljana" in page.text

    file = (await his.get(link.get("href") or "")).response

    assert file.content.startswith(b"%PDF-1.7")
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == (
        "attachment; filename=\"Racun 2026-11.pdf\"; filename*=UTF-8''Ra%C4%8Dun%202026-11.pdf"
    )
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ['a"b.pdf', "a\r\nset-cookie: x=1.pdf", "a\\b.pdf", "ж.pdf"])
def test_a_name_cannot_leave_its_header(name: str) -> None:
    header = disposition(name)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
