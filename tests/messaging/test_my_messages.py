"""What was sent to a person, as they see it: what, where, when, and whether it arrived."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from bench.queries import counting
from portal.clock import stopped_at
from portal.identity.tables import Access, Login
from portal.messaging.reading import NEWEST, PAGE, Place
from portal.messaging.stored_text import blocks_of
from portal.messaging.tables import Attachment, Channel, Message, MessageState
from portal.web.files import disposition
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import Page, Visitor, portal_app

MESSAGES = "/account/messages"
TEXT = "Spoštovani, zapadlo je 86,45 EUR.\nPlačate lahko tu: https://moj.test"


@pytest_asyncio.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


@pytest_asyncio.fixture
async def stranger(database: str) -> AsyncIterator[Visitor]:
    """Somebody else's browser."""
    async with Visitor(portal_app(), address="198.51.100.9") as visitor:
        yield visitor


@pytest_asyncio.fixture
async def his(visit: Visitor, bojan: Person) -> AsyncIterator[Visitor]:
    """His browser, at noon."""
    with stopped_at(NOON):
        yield await signed_in(visit, bojan, at=NOON)


async def sent(to: Person, **different: Any) -> Message:
    usual: dict[str, Any] = {
        "channel": Channel.SMS,
        "recipient": "+38641123456",
        "template": "pre_suspension",
        "language": "sl",
        "body": TEXT,
        "customer": to.customer.id,
        "state": MessageState.DELIVERED,
        "created_at": NOON - timedelta(hours=1),
        "sent_at": NOON - timedelta(minutes=59),
        "delivered_at": NOON - timedelta(minutes=58),
    }
    return await saved(Message(**usual | different))


def titles(page: Page) -> list[str]:
    return ["".join(node.itertext()) for node in page.all("main .row b")]


async def test_bojan_sees_what_came_where_when_and_whether_it_arrived(his: Visitor, bojan: Person) -> None:
    await sent(bojan)

    page = await his.get(MESSAGES)

    row = page.one("main .row")
    text = " ".join("".join(row.itertext()).replace("\u00a0", " ").split())
    assert text == "Obvestilo pred izklopom SMS · 041 ••• •56 21. 11. 2026 ob 11.00 dostavljeno"
    assert len(row.cssselect(".icon")) == 3
    assert page.one("nav [aria-current]").get("href") == "/account"
    assert (await his.get("/account")).all(f'a[href="{MESSAGES}"]')


async def test_the_newest_stands_first(his: Visitor, bojan: Person) -> None:
    for hours, template in ((3, "suspended"), (1, "reconnected"), (2, "pre_suspension")):
        await sent(bojan, template=template, created_at=NOON - timedelta(hours=hours))

    page = await his.get(MESSAGES)

    assert titles(page) == ["Storitve so znova vklopljene", "Obvestilo pred izklopom", "Storitve so izklopljene"]


async def test_codes_of_his_sign_in_are_his_alone(his: Visitor, stranger: Visitor, bojan: Person) -> None:
    """Luka shares the account: he sees what was sent about it, and no code of Bojan's."""
    luka = await a_person("Luka Kralj", registered=False)
    luka.login = await saved(Login(contact_number="+38640555444", name="Luka Kralj", created_at=NOON))
    await saved(Access(login=luka.login.id, customer=bojan.customer.id))
    assert bojan.login is not None
    code = await sent(bojan, template="sign_in_code", customer=None, login_id=bojan.login.id, is_secret=True, body=None)
    await sent(bojan)
    await signed_in(stranger, luka, at=NOON)

    assert sorted(titles(await his.get(MESSAGES))) == ["Koda za prijavo", "Obvestilo pred izklopom"]
    assert titles(await stranger.get(MESSAGES)) == ["Obvestilo pred izklopom"]
    await stranger.get(f"{MESSAGES}/{code.id}", status=404)


async def test_a_message_of_his_and_of_his_customer_stands_once(his: Visitor, bojan: Person) -> None:
    assert bojan.login is not None
    await sent(bojan, login_id=bojan.login.id)

    assert len(titles(await his.get(MESSAGES))) == 1


async def test_a_stranger_sees_nothing_and_learns_nothing(stranger: Visitor, bojan: Person) -> None:
    message = await sent(bojan)
    file = await saved(Attachment(message=message.id, name="Pismo.pdf", media_type="application/pdf", content=b"%PDF-"))
    with stopped_at(NOON):
        await signed_in(stranger, await a_person("Maja Strmec"), at=NOON)

        assert "Sporočil še ni" in (await stranger.get(MESSAGES)).text
        theirs = await stranger.get(f"{MESSAGES}/{message.id}", status=404)
        missing = await stranger.get(f"{MESSAGES}/{uuid4()}", status=404)
        await stranger.get(f"{MESSAGES}/files/{file.id}", status=404)

    assert theirs.text == missing.text


async def test_who_acts_for_two_customers_sees_those_of_the_one_looked_at(his: Visitor, bojan: Person) -> None:
    mother = await a_person("Marija Kralj", registered=False)
    assert bojan.login is not None
    await saved(Access(login=bojan.login.id, customer=mother.customer.id))
    await sent(bojan, template="suspended")
    hers = await sent(mother, template="reconnected")
    assert titles(await his.get(MESSAGES)) == ["Storitve so izklopljene"]
    await his.get(f"{MESSAGES}/{hers.id}", status=404)

    page = await his.get("/account")
    await his.submit(page.form_to("/account/choice"), account=str(mother.account.id))

    assert titles(await his.get(MESSAGES)) == ["Storitve so znova vklopljene"]


async def test_pages_lose_none_and_repeat_none(his: Visitor, bojan: Person) -> None:
    at = NOON - timedelta(days=1)
    made = {str((await sent(bojan, created_at=at)).id) for _ in range(PAGE)}
    made |= {str((await sent(bojan, created_at=at - timedelta(minutes=n // 2))).id) for n in range(PAGE + 3)}

    seen: list[str] = []
    page = await his.get(MESSAGES)
    while True:
        seen += [(node.get("href") or "").rpartition("/")[2] for node in page.all("main a.row")]
        older = page.all("a[rel=next]")
        if not older:
            break
        await sent(bojan)  # what comes in the meantime shifts nothing
        page = await his.get(older[0].get("href") or "")

    assert len(seen) == len(made) == 2 * PAGE + 3
    assert set(seen) == made


@pytest.mark.parametrize("text", ["", "x", "20261121T110000000000", "20261121T110000000000.1", "99.01", "'"])
async def test_what_is_no_place_is_the_beginning(his: Visitor, bojan: Person, text: str) -> None:
    await sent(bojan)

    assert len(titles(await his.get(f"{MESSAGES}?before={text}"))) == 1


def test_a_place_reads_what_it_wrote() -> None:
    for place in (Place(NOON, UUID(int=7)), NEWEST):
        assert Place.read(str(place)) == place


WORDS = {
    MessageState.QUEUED: "čaka na pošiljanje",
    MessageState.SENDING: "čaka na pošiljanje",
    MessageState.UNKNOWN: "prejem ni potrjen",
    MessageState.SENT: "poslano",
    MessageState.DELIVERED: "dostavljeno",
    MessageState.FAILED: "ni dostavljeno",
    MessageState.REFUSED: "ni poslano",
    MessageState.EXPIRED: "ni poslano (prepozno)",
    MessageState.PRINTED: "natisnjeno",
    MessageState.HANDED_OVER: "oddano na pošto",
}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("state", MessageState)
async def test_every_state_has_its_plain_word_and_its_story(
    his: Visitor, bojan: Person, state: MessageState, channel: Channel
) -> None:
    recipient = {
        Channel.SMS: "+38641123456",
        Channel.EMAIL: "bojan@example.si",
        Channel.LETTER: "Bojan Kralj\nGlavna ulica 1\n1000 Ljubljana",
    }[channel]
    message = await sent(bojan, state=state, channel=channel, recipient=recipient)

    listed = await his.get(MESSAGES)
    page = await his.get(f"{MESSAGES}/{message.id}")

    assert "".join(listed.one("main .row .badge").itertext()) == WORDS[state]
    assert "".join(page.one(".intro .badge").itertext()) == WORDS[state]
    assert page.all(".steps li")
    assert "Glavna ulica" not in listed.text
    assert recipient not in listed.text


@pytest.mark.parametrize(
    ("channel", "state", "story"),
    [
        (Channel.SMS, MessageState.QUEUED, "done now waiting"),
        (Channel.SMS, MessageState.SENT, "done done now"),
        (Channel.SMS, MessageState.DELIVERED, "done done done"),
        (Channel.SMS, MessageState.FAILED, "done done failed"),
        (Channel.SMS, MessageState.EXPIRED, "done failed"),
        (Channel.SMS, MessageState.UNKNOWN, "done now"),
        (Channel.EMAIL, MessageState.SENT, "done done"),
        (Channel.EMAIL, MessageState.FAILED, "done done failed"),
        (Channel.EMAIL, MessageState.REFUSED, "done failed"),
        (Channel.LETTER, MessageState.QUEUED, "done now waiting"),
        (Channel.LETTER, MessageState.PRINTED, "done done now"),
        (Channel.LETTER, MessageState.HANDED_OVER, "done done done"),
    ],
)
async def test_the_way_it_went(his: Visitor, bojan: Person, channel: Channel, state: MessageState, story: str) -> None:
    message = await sent(bojan, channel=channel, state=state)

    page = await his.get(f"{MESSAGES}/{message.id}")

    assert " ".join(node.get("class") or "" for node in page.all(".steps li")) == story


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


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.REFUSED])
async def test_who_got_no_letter_is_not_sent_to_a_profile_without_an_address(
    his: Visitor, bojan: Person, state: MessageState
) -> None:
    letter = await sent(bojan, state=state, channel=Channel.LETTER, recipient="Bojan Kralj\n1000 Ljubljana")
    sms = await sent(bojan, state=state)

    of_letter, of_sms = [
        "".join((await his.get(f"{MESSAGES}/{message.id}")).one(".steps").itertext()) for message in (letter, sms)
    ]

    assert "Pokličite nas, da preverimo naslov." in of_letter
    assert "Pokličite nas" not in of_sms


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


async def test_a_message_outlives_its_template(his: Visitor, bojan: Person) -> None:
    message = await sent(bojan, template="of_long_ago")

    assert titles(await his.get(MESSAGES)) == ["Sporočilo"]
    assert (await his.get(f"{MESSAGES}/{message.id}")).one("h1").text == "Sporočilo"


async def test_an_empty_page_says_what_will_be_here(his: Visitor) -> None:
    page = await his.get(MESSAGES)

    assert "Sporočil še ni" in page.text
    assert not page.all("main .rows")


async def test_the_pages_ask_the_database_briefly_and_leave_the_texts_there(his: Visitor, bojan: Person) -> None:
    for n in range(PAGE):
        message = await sent(bojan, created_at=NOON - timedelta(hours=n))
    for path, most in ((MESSAGES, 2), (f"{MESSAGES}/{message.id}", 3), ("/account", 2)):
        await his.get(path)
        with counting() as asked:
            await his.get(path)
        assert len(asked) <= most, f"{path} sends {len(asked)} statements"
        assert path != MESSAGES or not any("body" in sql or "content" in sql for sql in asked)
