"""What corrects a bill, and what it corrects: each leads to the other."""

from __future__ import annotations

import pytest

from portal.billing.tables import Bill, BillKind
from tests.billing.bill_rows import Kind, a_bill_of, line_of, settled_by_note
from tests.people import Person, a_person, signed_in
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> Person:
    ana = await a_person("Ana Zupan")
    await signed_in(visit, ana)
    return ana


async def a_paid_bill(ana: Person, months_ago: int = 1) -> Bill:
    return await a_bill_of(ana, line_of(Kind.SUBSCRIPTION, "Naročnina", 3_499, ana.line.id), months_ago=months_ago)


async def a_note(ana: Person, bill: Bill, cents: int = -500) -> Bill:
    kind = BillKind.CREDIT_NOTE if cents < 0 else BillKind.DEBIT_NOTE
    line = line_of(Kind.ONE_OFF, "Napačno zaračunan klic", cents, ana.line.id)
    return await a_bill_of(ana, line, kind=kind, corrects=bill)


async def test_a_credit_note_leads_to_what_it_corrects_and_back(visit: Visitor, ana: Person) -> None:
    bill = await a_paid_bill(ana)
    note = await a_note(ana, bill)

    page = await visit.get(f"/bills/{note.id}")
    corrected = await visit.get(page.one(".intro .lede a").get("href"))

    assert page.one("h1").text.strip() == f"Dobropis {note.number}"
    assert "v vaše dobro" in page.text
    assert corrected.path == f"/bills/{bill.id}"
    assert corrected.one(".notice a").get("href") == f"/bills/{note.id}"
    assert "Ta račun je popravljen" in corrected.text
    assert "−5,00 €" in corrected.text


async def test_a_credit_note_asks_for_nothing_and_compares_nothing(visit: Visitor, ana: Person) -> None:
    note = await a_note(ana, await a_paid_bill(ana))

    page = await visit.get(f"/bills/{note.id}")

    assert not page.all("main form")
    assert "Kaj se je spremenilo" not in page.text
    assert "Zapade" not in page.text


async def test_a_debit_note_is_owed_and_says_what_it_adds_to(visit: Visitor, ana: Person) -> None:
    bill = await a_paid_bill(ana)
    note = await a_note(ana, bill, 700)
    await Bill.update({Bill.open_cents: 700}).where(Bill.id == note.id)

    page = await visit.get(f"/bills/{note.id}")

    assert page.one("h1").text.strip() == f"Bremepis {note.number}"
    assert "Spodnji znesek se mu prišteje." in page.text
    assert page.form_to(f"/bills/{note.id}/payment")


async def test_what_a_credit_note_gave_back_is_told_on_both_sides(visit: Visitor, ana: Person) -> None:
    first, second = await a_paid_bill(ana, 2), await a_paid_bill(ana)
    note = await a_note(ana, first)
    await settled_by_note(note, second, 300)

    page = await visit.get(f"/bills/{note.id}")
    settled = await visit.get(f"/bills/{second.id}")

    assert "Za kaj je bil uporabljen" in page.text
    assert {row.get("href") for row in page.all("aside a.row")} == {f"/bills/{second.id}"}
    assert "V vaše dobro 2,00 €" in page.text or "2,00 €" in page.text
    assert settled.one("aside a.row").get("href") == f"/bills/{note.id}"
    assert "Dobropis, 21. 11. 2026" in settled.text


async def test_a_note_is_never_what_a_bill_is_compared_with(visit: Visitor, ana: Person) -> None:
    first = await a_paid_bill(ana, 2)
    await a_bill_of(
        ana,
        line_of(Kind.SUBSCRIPTION, "Naročnina", -3_499, ana.line.id),
        kind=BillKind.CREDIT_NOTE,
        corrects=first,
        months_ago=1,
    )
    newest = await a_paid_bill(ana, 0)

    page = await visit.get(f"/bills/{newest.id}")

    assert "se ni spremenilo nič" in page.text
    assert page.one("main .section p a").get("href") == f"/bills/{first.id}"
