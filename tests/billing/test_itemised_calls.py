"""The itemised bill: whom the telephone spoke with, without the last three digits of anybody's number."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from portal.billing.calls.reading import PAGE
from portal.billing.tables import Bill, BilledCall
from portal.customers.quantities import CallKind
from portal.customers.tables import Line, LineKind
from tests.billing.bill_rows import Kind, a_bill_of, line_of
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> Person:
    ana = await a_person("Ana Zupan")
    await signed_in(visit, ana)
    return ana


@pytest.fixture
async def bill(ana: Person) -> Bill:
    return await a_bill_of(ana, line_of(Kind.USAGE, "Klici v tujino", 250, ana.line.id))


async def called(
    bill: Bill, line: Line, n: int = 0, kind: CallKind = CallKind.CALL, *, quantity: int = 205, cents: int = 25
) -> None:
    other = None if kind == CallKind.DATA else "+38640000***"
    await saved(
        BilledCall(
            bill=bill.id,
            line=line.id,
            kind=kind,
            began_at=NOON + timedelta(minutes=n),
            other_party=other,
            place="Slovenija",
            quantity=quantity,
            amount_cents=cents,
        )
    )


async def test_a_call_is_shown_without_the_last_three_digits(visit: Visitor, ana: Person, bill: Bill) -> None:
    await called(bill, ana.line)

    page = await visit.get(f"/bills/{bill.id}/calls")

    assert "040 000 ***" in page.text
    assert "3 min 25 s" in page.text
    assert "21. 11. 2026 ob 12.00" in page.text
    assert page.one("a[href$='.csv']").get("href") == f"/bills/{bill.id}.csv"


async def test_a_whole_number_cannot_even_be_kept(ana: Person, bill: Bill) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await saved(
            BilledCall(
                bill=bill.id,
                line=ana.line.id,
                kind=CallKind.CALL,
                began_at=NOON,
                other_party="+38640000123",
                quantity=1,
                amount_cents=0,
            )
        )


async def test_the_bill_leads_to_its_calls_if_it_has_any(visit: Visitor, ana: Person, bill: Bill) -> None:
    path = f"/bills/{bill.id}/calls"
    assert not (await visit.get(f"/bills/{bill.id}")).all(f"a[href='{path}']")

    await called(bill, ana.line)

    assert (await visit.get(f"/bills/{bill.id}")).one(f"a[href='{path}']") is not None


async def test_a_bill_without_calls_says_so(visit: Visitor, ana: Person, bill: Bill) -> None:
    assert "Ni zapisov" in (await visit.get(f"/bills/{bill.id}/calls")).text


async def test_fifty_a_page_and_the_totals_of_all(visit: Visitor, ana: Person, bill: Bill) -> None:
    for n in range(PAGE + 2):
        await called(bill, ana.line, n, quantity=60)

    first = await visit.get(f"/bills/{bill.id}/calls")
    second = await visit.get(first.one("a[rel=next]").get("href"))

    assert len(first.all("table.calls tbody tr")) == PAGE
    assert len(second.all("table.calls tbody tr")) == 2
    assert not second.all("a[rel=next]")
    for page in (first, second):
        assert "52 min" in page.text
        assert "13,00 €" in page.text


async def test_one_number_and_one_kind_can_be_chosen(visit: Visitor, ana: Person, bill: Bill) -> None:
    other = await saved(
        Line(account=ana.account.id, contract=ana.contract.id, kind=LineKind.MOBILE, number="+38641777888")
    )
    await called(bill, ana.line, cents=100)
    await called(bill, other, 1, cents=20)
    await called(bill, other, 2, CallKind.SMS, quantity=1, cents=7)
    page = await visit.get(f"/bills/{bill.id}/calls")

    both = await visit.get(f"/bills/{bill.id}/calls?line={other.id}&kind=sms")

    assert "1,27 €" in page.text
    assert len(both.all("table.calls tbody tr")) == 1
    assert "0,07 €" in "".join(both.one("p.total").itertext()).replace("\u202f", " ")
    assert both.one("select[name=kind] option[selected]").get("value") == "sms"


@pytest.mark.parametrize("asked", ["line=moj", "kind=fax", "page=0", "page=-1", "page=1e3", "page=" + "9" * 40, "x=1"])
async def test_what_cannot_be_asked_for_is_not_asked_for(visit: Visitor, ana: Person, bill: Bill, asked: str) -> None:
    await called(bill, ana.line)

    page = await visit.get(f"/bills/{bill.id}/calls?{asked}")

    assert len(page.all("table.calls tbody tr")) == 1


async def test_a_bill_that_is_not_there_has_no_calls(visit: Visitor, ana: Person) -> None:
    await visit.get("/bills/01a20247-743f-7590-a965-cfd39029d014/calls", status=404)
    await visit.get("/bills/moj/calls", status=404)
