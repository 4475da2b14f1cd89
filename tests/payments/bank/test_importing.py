"""A statement is imported: what fits is booked, what does not waits, and nothing is booked twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.payments.bank.tables import BankEntry, BankFile, EntryState, Why
from portal.payments.tables import Method, Payment
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import Entry, Transfer, one, statement
from tests.payments.books import books_balance, open_of, payments
from tests.people import TODAY, Person, a_person


async def only_entry() -> BankEntry:
    [entry] = await BankEntry.objects()
    return entry


@pytest.mark.parametrize("version", range(2, 14))
@pytest.mark.parametrize("message", ["camt.053", "camt.054"])
async def test_what_bears_a_bills_reference_settles_it(
    bojan: Person, import_bytes: ImportBytes, message: str, version: int
) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(statement(one("B1", 3_246, bill.reference), message=message, version=version))

    assert (done.booked.count, done.booked.cents) == (1, 3_246)
    assert await open_of(bill) == 0
    entry, [payment] = await only_entry(), await payments()
    assert [entry.state, entry.why] == [EntryState.BOOKED, None]
    assert (entry.payment, entry.account) == (payment.id, bojan.account.id)
    assert (payment.method, payment.external_id, payment.amount_cents) == (Method.BANK, f"bank:{entry.id}", 3_246)
    assert (entry.payer, entry.booked_on, entry.valued_on) == ("Bojan Kralj", TODAY, TODAY)
    assert await books_balance()


async def test_the_same_file_again_changes_nothing(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    content = statement(one("B1", 3_246, bill.reference), one("B2", 100), one(None, 200, text="brez sklica"))

    await import_bytes(content)
    again = await import_bytes(content, "the same under another name.xml")

    assert again.known.count == 3
    assert await BankFile.count() == await Payment.count() == 1
    assert await BankEntry.count() == 3


async def test_a_notification_and_then_the_statement_book_once(bojan: Person, import_bytes: ImportBytes) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    transfers = [Transfer(3_246, bill.reference), Transfer(1_000, other.reference)]
    content = [Entry("E1", transfers), one(None, 777, text="brez")]

    await import_bytes(statement(*content, message="camt.054"))
    again = await import_bytes(statement(*content, message="camt.053"))

    assert again.known.count == 3
    assert await Payment.count() == 2
    assert await books_balance()


async def test_a_batch_that_comes_whole_first_gives_way_to_its_transactions(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    transfers = [Transfer(3_246, bill.reference), Transfer(1_000, other.reference)]

    await import_bytes(statement(Entry("E1", transfers, is_listed=False)))
    assert (await only_entry()).why == Why.MANY_BILLS
    listed = await import_bytes(statement(Entry("E1", transfers), message="camt.054"))
    again = await import_bytes(statement(Entry("E1", transfers, is_listed=False), opening=1))

    assert (listed.booked.count, again.known.count) == (2, 1)
    states = await BankEntry.select(BankEntry.state).order_by(BankEntry.part)
    assert [row["state"] for row in states] == [EntryState.SET_ASIDE, EntryState.BOOKED, EntryState.BOOKED]
    assert await books_balance()


async def test_transactions_that_came_singly_are_known_in_the_batch_by_their_own_references(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    transfers = [Transfer(3_246, bill.reference, bank="T1"), Transfer(1_000, other.reference, bank="T2")]

    await import_bytes(statement(Entry("T1", transfers[:1]), Entry("T2", transfers[1:]), message="camt.054"))
    batch = await import_bytes(statement(Entry("E1", transfers)))

    assert batch.known.count == 2
    assert await Payment.count() == 2


async def test_what_the_other_message_may_have_told_under_another_name_waits(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill = await bojan.bill(3_246)
    await bojan.bill(3_246)

    await import_bytes(statement(one("T1", 3_246, bill.reference), message="camt.054"))
    doubtful = await import_bytes(statement(one("E1", 3_246, bill.reference)))

    assert doubtful.waiting[Why.PERHAPS_TWICE].count == 1
    assert await Payment.count() == 1


async def test_one_reference_of_the_bank_for_different_money_loses_none(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    first, second = await bojan.bill(3_246), await bojan.bill(3_246)
    content = statement(one("SAME", 3_246, first.reference), one("SAME", 3_246, second.reference))

    done = await import_bytes(content)
    again = await import_bytes(content)

    assert (done.booked.count, again.known.count) == (2, 2)
    next_day = statement(one("SAME", 3_246, first.reference, day=TODAY + timedelta(days=1)))
    assert (await import_bytes(next_day)).waiting[Why.PERHAPS_TWICE].count == 1


async def test_equal_transfers_without_a_reference_of_the_bank_are_all_counted(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    content = [one(None, 500, text="kava") for _ in range(3)]

    await import_bytes(statement(*content))
    assert await BankEntry.count() == 3
    assert (await import_bytes(statement(*content, message="camt.054"))).known.count == 3


async def test_an_account_is_paid_by_its_own_reference(bojan: Person, import_bytes: ImportBytes) -> None:
    old = await bojan.bill(1_000, due=TODAY - timedelta(days=40))
    new = await bojan.bill(2_000, due=TODAY + timedelta(days=4))
    reference = bojan.account.reference

    oldest = await import_bytes(statement(one("B1", 1_000, reference)))
    rest = await import_bytes(statement(one("B2", 2_000, reference)))

    assert oldest.booked.count == rest.booked.count == 1
    assert await open_of(old) == await open_of(new) == 0


async def test_the_reference_is_found_in_what_the_payer_wrote(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(statement(one("B1", 3_246, text=f"Plačilo računa {bill.reference}, hvala")))

    assert done.booked.count == 1


async def test_what_does_not_fit_waits_and_says_why(bojan: Person, import_bytes: ImportBytes) -> None:
    ana = await a_person("Ana Novak", registered=False)
    bill, other, hers = await bojan.bill(3_246), await bojan.bill(1_000), await ana.bill(1_000)
    both = f"{bill.reference} {other.reference}"

    await import_bytes(
        statement(
            one("no_reference", 3_246, text="račun"),
            one("unknown", 3_246, "SI121033842574531"),
            one("two_candidates", 4_246, text=f"{bill.reference} {hers.reference}"),
            one("wrong_amount", 3_000, bill.reference),
            one("many_bills", 4_246, bill.reference),
            one("many_bills too", 4_246, text=both),
            one("reversal", -3_246, bill.reference, is_reversal=True),
            one("reversal too", -3_246, bill.reference, is_returned=True),
            one("currency", 3_246, bill.reference, currency="USD"),
            opening=None,
        )
    )

    rows = await BankEntry.objects()
    assert {row.identity: row.why for row in rows} == {row.identity: row.identity.split()[0] for row in rows}
    assert {row.identity for row in rows if row.is_reversal} == {"reversal", "reversal too"}
    assert await Payment.count() == 0


async def test_outgoing_and_unfinished_entries_are_only_counted(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(
        statement(one("B1", -5_000), one("B2", 3_246, bill.reference, status="PDNG"), one("B3", 10, status="INFO"))
    )

    assert done.skipped == {"outgoing": 1, "not booked yet": 2}
    assert await BankEntry.count() == 0


async def test_paying_twice_books_once_and_the_second_waits(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(statement(one("B1", 3_246, bill.reference), one("B2", 3_246, bill.reference)))

    assert done.booked.count == 1
    assert done.waiting[Why.WRONG_AMOUNT].count == 1


async def test_a_dry_run_says_the_same_and_keeps_nothing(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    content = statement(one("B1", 3_246, bill.reference), one("B2", 100))

    dry = await import_bytes(content, is_dry=True)

    assert (dry.booked.count, dry.waiting[Why.NO_REFERENCE].count) == (1, 1)
    assert await BankEntry.count() == await BankFile.count() == await Payment.count() == 0
    assert await open_of(bill) == 3_246
