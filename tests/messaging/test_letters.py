"""A letter: where its address stands, what can be read on it, and that it is the same file whenever it is made."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import typst

from portal import clock
from portal.messaging import values
from portal.messaging.letters import Letter, letter_of, number_of, pages_of, pdf_of, typeset
from portal.messaging.tables import Channel, Message
from portal.messaging.templates import FOLDER, template, templates
from portal.messaging.writing import write
from portal.money import Money
from portal.settings import settings
from tests.messaging.paper import Box, sheets, text_of

# Envelopes with the window on the right, 90 × 45 mm, 20 mm from the right edge and 15 mm from the lower one (DIN 680
# mirrored): DL is 220 × 110, C6/C5 229 × 114, and a sheet folded to 210 × 105 slides in both.
ALWAYS_SEEN = Box(left=119, top=54, right=190, bottom=90)
EVER_SEEN = Box(left=100, top=45, right=210, bottom=99)
A4 = (210, 297)

BOJAN = ["Bojan Kralj", "Glavna ulica 1", "1000 Ljubljana"]
LONG = [
    "Svetovalno-raziskovalno podjetje za trajnostno energetiko, okolje in prostor Žagar & Čuček d. o. o.",
    "Ulica heroja Šercerja in padlih borcev pri Sveti Trojici v Slovenskih goricah 128a, 3. nadstropje, vhod Đ",
    "2235 Sveta Trojica v Slovenskih goricah",
]
NUMBER = "9F3C-21AB-77D0"
WRITTEN_ON = date(2026, 11, 28)

LETTERS = [
    (message.name, case, language)
    for message in templates()
    if Channel.LETTER in message.channels
    for case in ("", *message.cases)
    for language in ("sl", "en")
]


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PAYEE_NAME", "Zgledni operater d. d.")
    monkeypatch.setenv("PAYEE_STREET", "Šmartinska cesta 134b")
    monkeypatch.setenv("PAYEE_CITY", "1000 Ljubljana")
    monkeypatch.setenv("PAYEE_IBAN", "SI56191000000123438")
    settings.cache_clear()
    yield
    settings.cache_clear()


def a_letter(
    name: str = "termination_notice", case: str = "", language: str = "sl", address: list[str] = BOJAN, **changed: Any
) -> Letter:
    filled = (template(name).cases[case] if case else template(name).example) | changed
    writing = write(name, Channel.LETTER, language, filled)
    return Letter(writing, language, address, NUMBER, WRITTEN_ON, filled.get("customer_number"))


def bills(count: int) -> list[dict[str, Any]]:
    return [
        {
            "number": f"2026-{n:06d}",
            "reference": f"SI12{n:013d}",
            "due_on": date(2026, 1 + n % 12, 1 + n % 28),
            "open": Money(100 + n * 3_407),
        }
        for n in range(count)
    ]


@pytest.mark.parametrize(("name", "case", "language"), LETTERS)
def test_every_letter_can_be_printed_and_read(name: str, case: str, language: str) -> None:
    letter = a_letter(name, case, language)

    pdf = typeset(letter)

    text = text_of(pdf)
    assert letter.writing.subject in text
    assert "Bojan Kralj Glavna ulica 1 1000 Ljubljana" in text
    assert NUMBER in text
    assert ("Stran 1 od" if language == "sl" else "Page 1 of") in text
    assert not re.search(r"%\(|\{\{|\*\*|\\", text)
    assert pages_of(pdf) == len(sheets(pdf)) <= 2


@pytest.mark.parametrize("address", [BOJAN, [*BOJAN, "SLOVENIJA"], LONG], ids=["short", "abroad", "long"])
def test_the_window_shows_the_address_and_nothing_else(address: list[str]) -> None:
    [first, *_] = sheets(typeset(a_letter(address=address)))

    written = "".join("".join(address).split())
    assert first.within(ALWAYS_SEEN) == written
    assert first.touching(EVER_SEEN) == written


@pytest.mark.parametrize(
    "address",
    [[f"{'Predolgoime' * 11} d. o. o.", *BOJAN[1:]], [*BOJAN, *["Še ena vrstica"] * 12]],
    ids=["too wide", "too high"],
)
def test_an_address_that_no_window_shows_is_an_error(address: list[str]) -> None:
    with pytest.raises(typst.TypstError, match="does not fit the window"):
        typeset(a_letter(address=address))


def test_forty_bills_go_on_to_the_second_page_under_their_heads() -> None:
    letter = a_letter("second_reminder", bills=bills(40), total=Money(2_661_460), address=LONG)

    pages = sheets(typeset(letter))

    assert len(pages) == 2
    assert all("Račun Rok plačila Sklic Odprti znesek" in page.text.replace("\n", " ") for page in pages)
    assert "2026-000000" in pages[0].text
    assert "2026-000039" in pages[1].text
    assert "26.614,60" in pages[1].text
    assert f"Naša oznaka {NUMBER}, 28. 11. 2026" in pages[1].text
    assert "Stran 2 od 2" in pages[1].text
    assert {round(page.width) for page in pages} | {round(page.height) for page in pages} == set(A4)


def test_nothing_runs_over_the_edge_and_amounts_stand_in_line() -> None:
    pages = sheets(typeset(a_letter("second_reminder", bills=bills(40), total=Money(2_661_460), address=LONG)))

    paper = Box(left=24.5, top=15, right=190, bottom=282)
    assert not [one.is_ for page in pages for one in page.characters if not paper.holds(one.box)]
    amounts = [end for page in pages for end in page.ends_of("€") if end > 180]
    assert amounts == [amounts[0]] * 41


def test_a_name_is_not_markup() -> None:
    address = ["*Ana* #1 [x](https://zlo.example) $y$ @z <b>", "\\Ulica_ 1", "1000 Ljubljana"]

    [first, *_] = sheets(typeset(a_letter(address=address)))

    assert first.within(ALWAYS_SEEN) == "".join("".join(address).split())


def test_letters_of_home_and_the_euro_are_read_back() -> None:
    text = text_of(typeset(a_letter(address=["Željko Ćopić Đurić Čuš", "Ž", "1000 Š"])))

    assert "Željko Ćopić Đurić Čuš" in text
    assert "63,96" in text
    assert "€" in text


def test_the_same_letter_is_the_same_file() -> None:
    with clock.stopped_at(datetime(2026, 11, 29, 1, 30, tzinfo=UTC)):
        first = typeset(a_letter())
    with clock.stopped_at(datetime(2031, 1, 1, tzinfo=UTC)):
        again = typeset(a_letter())

    assert first == again
    assert first != typeset(a_letter(total=Money(1)))


async def test_many_at_once_are_what_one_at_a_time_is() -> None:
    letters = [a_letter(total=Money(n)) for n in range(12)]

    assert await asyncio.gather(*map(pdf_of, letters)) == [typeset(letter) for letter in letters]


@pytest.mark.parametrize(("language", "said"), [("sl", b"/Lang(sl-SI)"), ("en", b"/Lang(en)")])
def test_it_is_a_tagged_pdf_a_3a(language: str, said: bytes) -> None:
    pdf = typeset(a_letter(language=language))

    for mark in (
        b"<pdfaid:part>3</pdfaid:part>",
        b"<pdfaid:conformance>A</pdfaid:conformance>",
        b"/StructTreeRoot",
        b"/MarkInfo<</Marked true",
        b"/GTS_PDFA1",
        b"/H1",
        b"/TH",
        said,
        f">{a_letter(language=language).writing.subject}</rdf:li>".encode(),
        b"<xmp:CreateDate>2026-11-28",
    ):
        assert mark in pdf, mark


def test_the_notice_names_the_whole_debt_the_cost_in_its_parts_and_the_days() -> None:
    text = text_of(typeset(a_letter()))

    for said in ("93,92", "34,99", "20,98", "7,99", "63,96", "do vključno 27. 12. 2026", "28. 12. 2026 prekinjena"):
        assert said in text
    assert "112" in text
    assert "SI12 1000000020094" in text
    assert "SI56 1910 0000 0123 438" in text


def test_the_call_asks_for_the_benefit_only_from_who_was_bound() -> None:
    assert "Vračilo prejete ugodnosti" in text_of(typeset(a_letter("payment_call")))
    assert "ugodnost" not in text_of(typeset(a_letter("payment_call", "not_bound")))


@pytest.mark.parametrize(("days", "said"), [(1, "v 1 dnevu"), (2, "v 2 dneh"), (8, "v 8 dneh")])
def test_days_are_counted_in_slovenian(days: int, said: str) -> None:
    assert said in text_of(typeset(a_letter("first_reminder", days=days)))


def test_without_an_account_to_pay_to_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYEE_IBAN", "")
    settings.cache_clear()

    assert "IBAN" not in text_of(typeset(a_letter()))


def test_no_fee_and_no_day_stands_in_a_text_itself() -> None:
    texts = {path: path.read_text() for path in FOLDER.glob("**/*.md")}

    assert not [path for path, text in texts.items() if re.search(r"\d+[.,]\d\d|\b\d+ (?:days|dni)", text)]


def test_a_message_becomes_a_letter_of_its_own_day_and_number() -> None:
    message = Message(
        id=UUID("01936f00-0000-7000-8000-9f3c21ab77d0"),
        channel=Channel.LETTER,
        template="welcome",
        language="sl",
        recipient="\n".join(BOJAN),
        values=values.dump(template("welcome").example),
        created_at=datetime(2026, 11, 27, 23, 30, tzinfo=UTC),
    )

    letter = letter_of(message)

    assert (letter.number, letter.written_on, letter.customer_number) == (NUMBER, WRITTEN_ON, "1000123")
    assert number_of(message.id) == NUMBER
    assert letter.address == BOJAN
    assert "K7QF-2M4X-9TRW" in text_of(typeset(letter))
