"""What waits is decided by a person, once: booked with a reason, taken back, or set aside."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from portal.audit import AuditEntry, Event
from portal.payments.bank.assigning import assign_to_account, assign_to_bills, assign_to_reversal, set_aside
from portal.payments.bank.refusals import AlreadyDecided, NoSuchEntry, NotDecided
from portal.payments.bank.tables import BankEntry, EntryState, Why
from portal.payments.bank.waiting import counts, waiting
from portal.payments.tables import Payment, Reversal, ReversalKind
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import Entry, one, statement
from tests.payments.books import books_balance, credit_of, open_of, payments
from tests.people import NOON, TODAY, Person, a_bill, a_person

NADA: dict[str, Any] = {"because": "po telefonu", "by": "Nada", "at": NOON}


async def waits(import_bytes: ImportBytes, *entries: Entry) -> BankEntry:
    """The one entry that waits after these are imported."""
    await import_bytes(statement(*entries, opening=None))
    [found] = await waiting(None, 10)
    return found.entry


async def suggested(import_bytes: ImportBytes, *entries: Entry) -> str:
    await import_bytes(statement(*entries, opening=None))
    [found] = await waiting(None, 10)
    return "; ".join(found.suggestions)


async def test_several_bills_at_once(bojan: Person, import_bytes: ImportBytes) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)
    entry = await waits(import_bytes, one("B1", 3_000, text="oba računa"))

    payment = await assign_to_bills(entry.id, [first.number, second.number], **NADA)

    assert await open_of(first) == await open_of(second) == 0
    [row] = await BankEntry.objects()
    assert (row.state, row.why, row.payment, row.account, row.decided_by, row.reason) == (
        *(EntryState.ASSIGNED, Why.NO_REFERENCE, payment.id),
        *(bojan.account.id, "Nada", "po telefonu"),
    )
    assert await AuditEntry.exists().where(AuditEntry.event == Event.BANK_ENTRY_ASSIGNED)
    assert await books_balance()


async def test_an_account_gets_the_rest_as_credit(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(1_000)
    entry = await waits(import_bytes, one("B1", 1_500))

    await assign_to_account(entry.id, bojan.account.number, **NADA)

    assert (await open_of(bill), await credit_of(bojan.account)) == (0, 500)
    assert await books_balance()


async def test_two_persons_at_once_decide_once(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(1_000)
    entry = await waits(import_bytes, one("B1", 1_000))

    outcomes = await asyncio.gather(
        assign_to_bills(entry.id, [bill.number], **NADA),
        assign_to_account(entry.id, bojan.account.number, **NADA),
        set_aside(entry.id, **NADA),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 2
    assert await Payment.count() <= 1
    assert await books_balance()


async def test_setting_aside_keeps_the_entry_and_why(bojan: Person, import_bytes: ImportBytes) -> None:
    entry = await waits(import_bytes, one("B1", 1_000))

    await set_aside(entry.id, **NADA)

    [row] = await BankEntry.objects()
    assert (row.state, row.reason) == (EntryState.SET_ASIDE, "po telefonu")
    assert await AuditEntry.exists().where(AuditEntry.event == Event.BANK_ENTRY_SET_ASIDE)
    assert await counts() == {}
    with pytest.raises(AlreadyDecided, match="set aside by Nada"):
        await set_aside(entry.id, **NADA)


async def test_a_reversal_suggests_and_takes_back_the_payment(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    await import_bytes(statement(one("B1", 3_246, bill.reference)))
    [payment] = await payments()

    took = one("B2", -3_246, bill.reference, is_reversal=True)
    assert f"--reverse {payment.number}" in await suggested(import_bytes, took)
    [found] = await waiting(Why.REVERSAL, 10)
    with pytest.raises(NotDecided, match="name the payment"):
        await assign_to_account(found.entry.id, bojan.account.number, **NADA)
    await assign_to_reversal(found.entry.id, payment.number, **NADA)

    assert await open_of(bill) == 3_246
    [reversal] = await Reversal.objects()
    assert (reversal.kind, reversal.amount_cents) == (ReversalKind.RETURNED, 3_246)
    assert await books_balance()
    assert (await import_bytes(statement(took, opening=None))).known.count == 1


async def test_more_than_came_cannot_go_back(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    await import_bytes(statement(one("B1", 3_246, bill.reference)))
    [payment] = await payments()
    entry = await waits(import_bytes, one("B2", -3_247, is_reversal=True))

    with pytest.raises(NotDecided, match=r"32\.46 € are left with us, 32\.47 € went back"):
        await assign_to_reversal(entry.id, payment.number, **NADA)

    assert (await BankEntry.objects().get(BankEntry.id == entry.id)).state == EntryState.WAITING  # type: ignore[union-attr]  # it is there


async def test_what_cannot_be_booked_says_why(bojan: Person, import_bytes: ImportBytes) -> None:
    ana = await a_person("Ana Novak", registered=False)
    bill, hers = await bojan.bill(1_000), await ana.bill(1_000)
    entry = await waits(import_bytes, one("B1", 1_000, currency="USD"))

    with pytest.raises(NotDecided, match="it is in USD"):
        await assign_to_bills(entry.id, [bill.number], **NADA)
    with pytest.raises(NotDecided, match="of different accounts"):
        await assign_to_bills(entry.id, [bill.number, hers.number], **NADA)
    with pytest.raises(NotDecided, match="there is no bill R0"):
        await assign_to_bills(entry.id, [bill.number, "R0"], **NADA)
    with pytest.raises(NotDecided, match="there is no account 7"):
        await assign_to_account(entry.id, "7", **NADA)
    with pytest.raises(NotDecided, match="there is no payment 7"):
        await assign_to_reversal(entry.id, 7, **NADA)
    with pytest.raises(NoSuchEntry):
        await set_aside(bill.id, **NADA)
    assert await counts() == {Why.CURRENCY: 1}


async def test_a_reference_with_one_digit_wrong_is_understood(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    wrong = bill.reference[:-2] + str((int(bill.reference[-2]) + 1) % 10) + bill.reference[-1]

    assert f"bill {bill.number} of account {bojan.account.number}: reference with a mistake" in await suggested(
        import_bytes, one("B1", 3_246, wrong, payer="Nekdo", payer_iban=None)
    )


async def test_a_reference_without_a_mistake_is_not_called_one(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    assert re.search(r"(\d)\1", bill.reference), "two equal digits, which exchanged are the same reference"

    told = await suggested(import_bytes, one("B1", 777, bill.reference, payer="Nekdo", payer_iban=None))

    assert f"bill {bill.number} of account {bojan.account.number}: named" in told
    assert "mistake" not in told


async def test_who_paid_before_is_remembered(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    await import_bytes(statement(one("B1", 3_246, bill.reference)))
    await bojan.bill(1_000)

    told = await suggested(import_bytes, one("B2", 777, payer="Žena"))

    assert f"account {bojan.account.number}: paid by this IBAN before, owes 10.00 €" in told


async def test_the_name_and_the_sum_of_several_bills_lead_there(bojan: Person, import_bytes: ImportBytes) -> None:
    bills = [await bojan.bill(cents, due=TODAY) for cents in (1_000, 2_000, 4_000)]

    told = await suggested(import_bytes, one("B1", 5_000, payer="BOJAN KRALJ", payer_iban=None))

    assert f"account {bojan.account.number}: of this name, owes 70.00 €" in told
    assert f"bills {bills[0].number} + {bills[2].number}: exactly this amount" in told


async def test_an_amount_that_few_bills_have_is_a_hint(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await a_bill(bojan.account, 3_331, due=TODAY)

    told = await suggested(import_bytes, one("B1", 3_331, payer=None, payer_iban=None))

    assert told == f"bill {bill.number} of account {bojan.account.number}: this amount is open"


async def test_the_twin_is_named(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    await import_bytes(statement(one("T1", 3_246, bill.reference), message="camt.054"))
    [twin] = await BankEntry.objects()

    assert f"the same as entry {twin.id}" in await suggested(import_bytes, one("E1", 3_246, bill.reference))
