"""A person decides what an entry of the bank pays, or that it is not ours to book. Each entry once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.audit import Event, note
from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import connection, transaction
from portal.money import Money
from portal.payments.bank.movements import EURO
from portal.payments.bank.refusals import AlreadyDecided, NoSuchEntry, NotDecided
from portal.payments.bank.tables import BankEntry, EntryState
from portal.payments.booking import Received, book_for
from portal.payments.reversing import STILL_OURS, reverse
from portal.payments.tables import Method, Payment, ReversalKind


async def assign_to_bills(entry: UUID, numbers: Sequence[str], *, because: str, by: str, at: datetime) -> Payment:
    """Book it for these bills, all of one account; what they do not need settles what else is open there."""
    bills = await Bill.objects().where(Bill.number.is_in(list(numbers)))
    if missing := set(numbers) - {bill.number for bill in bills}:
        raise NotDecided(f"there is no bill {', '.join(sorted(missing))}")
    accounts = {bill.account for bill in bills}
    if len(accounts) > 1:
        raise NotDecided("these bills are of different accounts: one transfer is booked for one of them")
    return await assign(entry, accounts.pop(), [bill.id for bill in bills], because=because, by=by, at=at)


async def assign_to_account(entry: UUID, number: str, *, because: str, by: str, at: datetime) -> Payment:
    """Book it for what the account owes, the oldest first; the rest stands to its credit."""
    account = await Account.objects().get(Account.number == number)
    if account is None:
        raise NotDecided(f"there is no account {number}")
    return await assign(entry, account.id, [], because=because, by=by, at=at)


async def assign(entry: UUID, account: UUID, bills: Sequence[UUID], *, because: str, by: str, at: datetime) -> Payment:
    async with transaction() as connected:
        decided = await decide(entry, EntryState.ASSIGNED, because, by, at)
        refuse_unbookable(decided)
        received = Received(f"bank:{entry}", decided.amount, Method.BANK)
        payment = await book_for(account, received, bills, at=at)
        if payment is None:
            raise NotDecided("this money was booked already")
        await connected.execute(BOOKED_AS, entry, account, payment.id)
        await trail(Event.BANK_ENTRY_ASSIGNED, decided, account, because, by)
    return payment


def refuse_unbookable(entry: BankEntry) -> None:
    if entry.currency != EURO:
        raise NotDecided(f"it is in {entry.currency}: have the bank change it, and set it aside")
    if entry.is_reversal:
        raise NotDecided("the bank took this money back: name the payment that it reverses (--reverse)")
    if not entry.amount.is_positive:
        raise NotDecided("there is no money in it")


async def assign_to_reversal(entry: UUID, number: int, *, because: str, by: str, at: datetime) -> Payment:
    """It took back the payment of this number: what that settled is open again."""
    payment = await Payment.objects().get(Payment.number == number)
    if payment is None or payment.method != Method.BANK:
        raise NotDecided(f"there is no payment {number} that came by the bank")
    async with transaction() as connected:
        decided = await decide(entry, EntryState.ASSIGNED, because, by, at)
        if not decided.is_reversal or decided.currency != EURO:
            raise NotDecided("the bank took no euro back by this entry")
        await lock_account(connected, payment.account)
        left = Money(await connected.fetchval(STILL_OURS, payment.id))
        if not Money(0) < decided.amount <= left:
            raise NotDecided(f"of payment {number} {left.plain} € are left with us, {decided.amount.plain} € went back")
        await reverse(payment, ReversalKind.RETURNED, f"bank:{entry}", decided.amount, at=at)
        await connected.execute(BOOKED_AS, entry, payment.account, None)
        await trail(Event.BANK_ENTRY_ASSIGNED, decided, payment.account, because, by)
    return payment


async def set_aside(entry: UUID, *, because: str, by: str, at: datetime) -> None:
    """It is nobody's payment: it waits no more, and is kept with the reason."""
    async with transaction():
        decided = await decide(entry, EntryState.SET_ASIDE, because, by, at)
        await trail(Event.BANK_ENTRY_SET_ASIDE, decided, None, because, by)


async def decide(entry: UUID, state: EntryState, because: str, by: str, at: datetime) -> BankEntry:
    """The WHERE is the lock: of two persons at once one decides."""
    async with connection() as connected:
        decided = await connected.fetchval(DECIDE, entry, state, at, by, because)
    row = await BankEntry.objects().get(BankEntry.id == entry)
    if row is None:
        raise NoSuchEntry
    if decided is None:
        raise AlreadyDecided(row.state, row.decided_by)
    return row


async def trail(event: Event, entry: BankEntry, account: UUID | None, because: str, by: str) -> None:
    await note(event, account=account, entry=str(entry.id), cents=entry.amount_cents, by=by, because=because)


DECIDE = """
    UPDATE bank_entries SET state = $2, decided_at = $3, decided_by = $4, reason = $5
    WHERE id = $1 AND state = 'waiting' RETURNING id
"""
BOOKED_AS = "UPDATE bank_entries SET account = $2, payment = $3 WHERE id = $1"
