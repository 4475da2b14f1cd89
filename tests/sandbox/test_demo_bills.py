"""What the demo's people were billed, and what of it they used."""

from __future__ import annotations

import pytest

from portal.billing.tables import Bill, BillAllowance, BilledCall, BillKind, BillLine, BillLineKind
from portal.database import connection
from portal.money import Money
from portal.payments.tables import Credit
from tests.sandbox.demo_people import account_of, folder, seeded

__all__ = ["folder", "seeded"]

pytestmark = pytest.mark.usefixtures("demo_clock")


@pytest.mark.usefixtures("seeded")
async def test_ana_owes_nothing() -> None:
    bills = await Bill.of(await account_of("Ana Zupan"))

    assert len(bills) == 36
    assert not [bill for bill in bills if bill.open]


@pytest.mark.usefixtures("seeded")
async def test_ana_has_a_small_credit() -> None:
    [credit] = await Credit.objects().where(Credit.account == (await account_of("Ana Zupan")).id)

    assert credit.amount == Money(500)


@pytest.mark.usefixtures("seeded")
async def test_bojan_pays_his_telephone_off_in_instalments() -> None:
    bills = await Bill.of(await account_of("Bojan Kralj"))
    parts = await BillLine.objects().where(
        BillLine.bill.is_in([bill.id for bill in bills]), BillLine.kind == BillLineKind.INSTALMENT
    )

    assert sorted(part.instalment for part in parts) == list(range(6, 18))
    assert {part.instalments for part in parts} == {24}


@pytest.mark.usefixtures("seeded")
async def test_the_newest_bills_tell_what_was_used_and_whom_was_spoken_with() -> None:
    account = await account_of("Ana Zupan")
    newest, older, *_ = await Bill.of(account).order_by(Bill.issued_on, ascending=False)

    for bill in (newest, older):
        assert await BillAllowance.count().where(BillAllowance.bill == bill.id) == 4
        assert await BilledCall.count().where(BilledCall.bill == bill.id) > 30


@pytest.mark.usefixtures("seeded")
async def test_the_calls_beyond_the_package_make_what_the_bill_asks_for_them() -> None:
    async with connection() as connected:
        assert await connected.fetch(CALLED_OTHERWISE) == []


@pytest.mark.usefixtures("seeded")
async def test_the_calls_within_the_package_make_what_was_used_of_it() -> None:
    async with connection() as connected:
        assert await connected.fetch(USED_OTHERWISE) == []


@pytest.mark.usefixtures("seeded")
async def test_irenas_company_has_a_bill_of_four_hundred_lines_and_a_credit_note() -> None:
    [note] = await Bill.objects().where(Bill.kind == BillKind.CREDIT_NOTE)
    async with connection() as connected:
        assert await connected.fetchval("SELECT max(n) FROM (SELECT count(*) n FROM bill_lines GROUP BY bill) b") == 400
        settled = await connected.fetch(
            "SELECT l.amount_cents FROM allocations l JOIN payments p ON p.id = l.payment WHERE p.external_id = $1",
            f"credit-note:{note.number}",
        )

    assert note.corrects is not None
    assert [row["amount_cents"] for row in settled] == [-note.total_cents]


CALLED_OTHERWISE = """
    SELECT c.bill FROM (SELECT bill, sum(amount_cents) AS cents FROM billed_calls GROUP BY bill) c
    WHERE c.cents <> coalesce((
        SELECT sum(amount_cents) FROM bill_lines WHERE bill = c.bill AND kind IN ('usage', 'roaming')
    ), 0)
"""
# What the allowances say was used is what the calls within the package make together.
USED_OTHERWISE = """
    SELECT a.bill, a.kind FROM bill_allowances a
    WHERE a.used <> coalesce((
        SELECT sum(c.quantity) FROM billed_calls c
        WHERE c.bill = a.bill AND c.amount_cents = 0 AND a.kind = CASE
            WHEN c.kind = 'call' THEN 'calls' WHEN c.kind = 'sms' THEN 'messages'
            WHEN c.place = 'Slovenija' THEN 'data' ELSE 'roaming_data' END
    ), 0)
"""
