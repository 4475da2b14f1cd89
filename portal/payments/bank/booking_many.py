"""Booking many transfers at once: a few statements for hundreds of them, with the same books as one by one.

Who gets how much is decided by `share_out`, as for every payment. Only accounts for which nothing else follows from
being paid are booked in sets; of the others each transfer is booked by `book_for`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection

from portal import clock
from portal.audit import Event
from portal.billing.tables import Bill
from portal.dunning.settling import CONCERNED
from portal.money import Money
from portal.payments.allocating import BillMoved
from portal.payments.bank.matching import Match
from portal.payments.booking import Received, book_for
from portal.payments.sharing import Share, share_out
from portal.payments.tables import Method
from portal.statements import row_of


@dataclass(frozen=True, slots=True)
class Planned:
    """A payment to be written, and what it settles."""

    id: UUID
    account: UUID
    external_id: str
    cents: int
    shares: list[Share]


@dataclass
class Ledgers:
    """The accounts of some transfers, locked: what is open of each, and which are booked `singly`."""

    connected: Connection
    at: datetime
    open_bills: dict[UUID, list[Bill]]
    singly: set[UUID]
    planned: list[Planned] = field(default_factory=list)

    @classmethod
    async def of(cls, connected: Connection, accounts: Collection[UUID], at: datetime) -> Ledgers:
        """Locks the accounts, in one order for everybody, to the end of the transaction."""
        known = list(accounts)
        await connected.execute(LOCK, known)
        open_bills: dict[UUID, list[Bill]] = {account: [] for account in known}
        for row in await connected.fetch(OPEN_BILLS, known):
            open_bills[row["account"]].append(row_of(Bill, row.items()))
        singly = {row["account"] for row in await connected.fetch(SINGLY, known)}
        return cls(connected, at, open_bills, singly)

    async def book(self, match: Match, external_id: str, amount: Money) -> UUID | None:
        """The payment's id; it is written now or by `write`. None where this money was booked before."""
        if match.account in self.singly:
            return await self.book_singly(match, external_id, amount)
        bills = self.open_bills[match.account]
        shares, rest = share_out(amount, bills, dict.fromkeys(match.bills, amount), clock.day_of(self.at))
        if rest:
            self.singly.add(match.account)
            await self.write()
            return await self.book_singly(match, external_id, amount)
        settle_here(bills, shares)
        planned = Planned(uuid_utils.compat.uuid7(), match.account, external_id, amount.cents, shares)
        self.planned.append(planned)
        return planned.id

    async def book_singly(self, match: Match, external_id: str, amount: Money) -> UUID | None:
        payment = await book_for(match.account, Received(external_id, amount, Method.BANK), match.bills, at=self.at)
        rows = await self.connected.fetch(OPEN_BILLS, [match.account])
        self.open_bills[match.account] = [row_of(Bill, row.items()) for row in rows]
        return payment.id if payment else None

    async def write(self) -> None:
        """What was planned, in sets. Raises BillMoved where a bill is not what it was when its account was locked."""
        planned, self.planned = self.planned, []
        if planned:
            await self.connected.execute(PAYMENTS, *payment_columns(planned), Method.BANK, self.at)
            await settle_bills(self.connected, planned, self.at)
            await self.connected.execute(NOTED, *noted_columns(planned), Event.PAYMENT_BOOKED, clock.now())


def settle_here(bills: Iterable[Bill], shares: Iterable[Share]) -> None:
    """What is still open for the transfers that come after."""
    settled = dict(shares)
    for bill in bills:
        bill.open_cents -= settled[bill.id].cents if bill.id in settled else 0


async def settle_bills(connected: Connection, planned: Sequence[Planned], at: datetime) -> None:
    rows = [(one.id, share.bill, share.amount.cents) for one in planned for share in one.shares]
    sums: dict[UUID, int] = {}
    for _, bill, cents in rows:
        sums[bill] = sums.get(bill, 0) + cents
    moved = await connected.fetch(MOVE_OPEN, list(sums), list(sums.values()), at)
    if len(moved) != len(sums):
        raise BillMoved(set(sums) - {row["id"] for row in moved})
    ids = [uuid_utils.compat.uuid7() for _ in rows]
    await connected.execute(ALLOCATIONS, ids, *map(list, zip(*rows, strict=True)), at)


def payment_columns(planned: Sequence[Planned]) -> tuple[list[UUID], list[UUID], list[str], list[int]]:
    return (
        [one.id for one in planned],
        [one.account for one in planned],
        [one.external_id for one in planned],
        [one.cents for one in planned],
    )


def noted_columns(planned: Sequence[Planned]) -> tuple[list[UUID], list[UUID], list[UUID], list[int]]:
    return (
        [uuid_utils.compat.uuid7() for _ in planned],
        [one.account for one in planned],
        [one.id for one in planned],
        [one.cents for one in planned],
    )


LOCK = "SELECT id FROM accounts WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE"
OPEN_BILLS = "SELECT * FROM bills WHERE account = ANY ($1) AND open_cents > 0 ORDER BY due_on, number"
# Credit is used and payment pages that were overtaken are closed when an account is paid: that is `book_for`'s.
SINGLY = f"""
    {CONCERNED}
    UNION SELECT account FROM credits WHERE account = ANY ($1) AND amount_cents > 0
    UNION SELECT account FROM payment_attempts WHERE account = ANY ($1) AND state IN ('created', 'open')
"""  # noqa: S608 - both are ours
PAYMENTS = """
    INSERT INTO payments (id, account, external_id, amount_cents, method, booked_at)
    SELECT id, account, external_id, cents, $5, $6
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[]) AS p (id, account, external_id, cents)
"""
ALLOCATIONS = """
    INSERT INTO allocations (id, payment, bill, amount_cents, at)
    SELECT id, payment, bill, cents, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) AS a (id, payment, bill, cents)
"""
MOVE_OPEN = """
    UPDATE bills b SET open_cents = open_cents - s.cents,
        settled_at = CASE WHEN open_cents = s.cents THEN $3::timestamptz END
    FROM unnest($1::uuid[], $2::bigint[]) AS s (bill, cents)
    WHERE b.id = s.bill AND b.open_cents >= s.cents
    RETURNING b.id
"""
NOTED = """
    INSERT INTO audit_entries (id, at, event, account_id, details)
    SELECT id, $6, $5, account, jsonb_build_object('payment', payment::text, 'cents', cents)
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) AS n (id, account, payment, cents)
"""
