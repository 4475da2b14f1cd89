"""What an entry that waits may be, for the person who decides: computed when it is asked for, for many at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from asyncpg import Connection

from portal import reference
from portal.database import connection
from portal.money import Money
from portal.payments.bank.tables import BankEntry, Why

MOST_BILLS = 12
MOST_IN_A_SUM = 4
MOST_ALIKE = 3
"""A guess that fits more than so many says nothing."""
SI12_DIGITS = 13


@dataclass(frozen=True, slots=True)
class OpenBill:
    id: UUID
    number: str
    account: UUID
    cents: int


@dataclass
class Found:
    """What our books say to some entries. By reference, payer's IBAN, payer's name: accounts and bills."""

    numbers: dict[UUID, str] = field(default_factory=dict)
    open_bills: dict[UUID, list[OpenBill]] = field(default_factory=lambda: defaultdict(list))
    named: dict[str, tuple[UUID, str | None]] = field(default_factory=dict)
    by_iban: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    by_amount: dict[int, list[OpenBill]] = field(default_factory=lambda: defaultdict(list))
    twins: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    paid: dict[int, list[BankEntry]] = field(default_factory=lambda: defaultdict(list))
    payments: dict[UUID, int] = field(default_factory=dict)


async def suggestions(entries: Sequence[BankEntry]) -> list[list[str]]:
    """Of each entry the likeliest first."""
    if not entries:
        return []
    async with connection() as connected:
        found = await look_up(connected, entries)
    return [list(dict.fromkeys(of_entry(entry, found))) for entry in entries]


async def look_up(connected: Connection, entries: Sequence[BankEntry]) -> Found:
    found = Found()
    written = {one for entry in entries for one in (*references_in(entry), *mistyped(entry))}
    for row in await connected.fetch(NAMED, list(written)):
        found.named[row["reference"]] = (row["account"], row["bill"])
    for row in await connected.fetch(BY_IBAN, [entry.payer_iban for entry in entries]):
        found.by_iban[row["payer_iban"]].add(row["account"])
    for row in await connected.fetch(BY_NAME, [(entry.payer or "").lower() for entry in entries]):
        found.by_name[row["name"]].add(row["account"])
    for row in await connected.fetch(BY_AMOUNT, [entry.amount_cents for entry in entries], MOST_ALIKE + 1):
        found.by_amount[row["cents"]].append(OpenBill(**row))
    await look_up_told(connected, entries, found)
    await look_up_accounts(connected, found)
    return found


async def look_up_told(connected: Connection, entries: Sequence[BankEntry], found: Found) -> None:
    """What the bank told before that looks the same, or that a reversal may take back."""
    for row in await connected.fetch(TWINS, [entry.fingerprint for entry in entries]):
        found.twins[row["fingerprint"]].append(row["id"])
    reversed_ = [entry.amount_cents for entry in entries if entry.is_reversal]
    rows = (
        await BankEntry.objects().where(BankEntry.amount_cents.is_in(reversed_), BankEntry.payment.is_not_null())
        if reversed_
        else []
    )
    for row in rows:
        found.paid[row.amount_cents].append(row)
    for row in await connected.fetch(
        "SELECT id, number FROM payments WHERE id = ANY ($1)", [row.payment for row in rows]
    ):
        found.payments[row["id"]] = row["number"]


async def look_up_accounts(connected: Connection, found: Found) -> None:
    accounts = {account for account, _ in found.named.values()}
    accounts |= {account for some in (*found.by_iban.values(), *found.by_name.values()) for account in some}
    accounts |= {bill.account for bills in found.by_amount.values() for bill in bills}
    for row in await connected.fetch("SELECT id, number FROM accounts WHERE id = ANY ($1)", list(accounts)):
        found.numbers[row["id"]] = row["number"]
    for row in await connected.fetch(OPEN_BILLS, list(accounts)):
        found.open_bills[row["account"]].append(OpenBill(**row))


def of_entry(entry: BankEntry, found: Found) -> Iterator[str]:
    if entry.is_reversal:
        yield from reversed_payments(entry, found)
        return
    if entry.why == Why.PERHAPS_TWICE:
        yield from (
            f"the same as entry {twin}: then set it aside"
            for twin in found.twins[entry.fingerprint]
            if twin != entry.id
        )
    yield from by_reference(entry, found)
    yield from by_account("paid by this IBAN before", found.by_iban.get(entry.payer_iban or "", ()), entry, found)
    yield from by_account("of this name", found.by_name.get((entry.payer or "").lower(), ()), entry, found)
    if len(alike := found.by_amount.get(entry.amount_cents, [])) <= MOST_ALIKE:
        yield from (
            f"bill {bill.number} of account {found.numbers[bill.account]}: this amount is open" for bill in alike
        )


def by_reference(entry: BankEntry, found: Found) -> Iterator[str]:
    """Where it leads, and where it would lead with one digit wrong or two exchanged."""
    for words, some in (("named", references_in(entry)), ("reference with a mistake", mistyped(entry))):
        for account, bill in filter(None, map(found.named.get, some)):
            number = found.numbers[account]
            yield f"bill {bill} of account {number}: {words}" if bill else f"account {number}: {words}"
            yield from sums(account, entry, found)


def by_account(words: str, accounts: Iterable[UUID], entry: BankEntry, found: Found) -> Iterator[str]:
    known = sorted(accounts, key=lambda account: found.numbers[account])
    if len(known) > MOST_ALIKE:
        return
    for account in known:
        owed = Money(sum(bill.cents for bill in found.open_bills[account]))
        yield f"account {found.numbers[account]}: {words}, owes {owed.plain} €"
        yield from sums(account, entry, found)


def sums(account: UUID, entry: BankEntry, found: Found) -> Iterator[str]:
    """The fewest of its open bills that are this amount together."""
    bills = found.open_bills[account][:MOST_BILLS]
    for size in range(1, MOST_IN_A_SUM + 1):
        for some in combinations(bills, size):
            if sum(bill.cents for bill in some) == entry.amount_cents:
                numbers = " + ".join(bill.number for bill in some)
                yield f"{'bills' if size > 1 else 'bill'} {numbers}: exactly this amount"
                return


def reversed_payments(entry: BankEntry, found: Found) -> Iterator[str]:
    """Of the same amount; those with the same reference, end-to-end id or payer first."""

    def differs(paid: BankEntry) -> int:
        pairs = (
            (paid.end_to_end, entry.end_to_end),
            (paid.reference, entry.reference),
            (paid.payer_iban, entry.payer_iban),
        )
        return -sum(one is not None and one == other for one, other in pairs)

    likely = sorted(found.paid[entry.amount_cents], key=lambda paid: (differs(paid), -paid.booked_on.toordinal()))
    for paid in [paid for paid in likely if differs(paid) or len(likely) == 1][:MOST_ALIKE]:
        number = found.payments[paid.payment]
        yield f"payment {number} of {paid.booked_on}, {paid.payer or 'without a name'}: --reverse {number}"


def references_in(entry: BankEntry) -> list[str]:
    return [str(one) for text in (entry.reference, entry.text) if text for one in reference.find(text)]


def mistyped(entry: BankEntry) -> list[str]:
    """References of model SI12 that are one mistake away from what was written as one."""
    digits = re.sub(r"[^0-9]", "", re.sub(r"(?i)^\s*SI\s*\d\d", "", entry.reference or ""))
    if not SI12_DIGITS - 2 <= len(digits) <= SI12_DIGITS:
        return []
    return [str(one) for near in near_to(digits.zfill(SI12_DIGITS)) if (one := reference.read(f"SI12{near}"))]


def near_to(digits: str) -> Iterator[str]:
    for place, written in enumerate(digits):
        for other in "0123456789":
            if other != written:
                yield digits[:place] + other + digits[place + 1 :]
        if place and digits[place - 1] != written:
            yield digits[: place - 1] + written + digits[place - 1] + digits[place + 1 :]


NAMED = """
    SELECT reference, account, number AS bill FROM bills WHERE reference = ANY ($1)
    UNION ALL SELECT reference, id, NULL FROM accounts WHERE reference = ANY ($1)
"""
BY_IBAN = """
    SELECT DISTINCT payer_iban, account FROM bank_entries
    WHERE payer_iban = ANY ($1) AND account IS NOT NULL AND state IN ('booked', 'assigned')
"""
BY_NAME = """
    SELECT lower(c.name) AS name, a.id AS account FROM customers c JOIN accounts a ON a.customer = c.id
    WHERE lower(c.name) = ANY ($1)
"""
BY_AMOUNT = """
    SELECT id, number, account, cents FROM (
        SELECT id, number, account, open_cents AS cents,
               row_number() OVER (PARTITION BY open_cents ORDER BY due_on) AS n
        FROM bills WHERE open_cents > 0 AND open_cents = ANY ($1)
    ) b WHERE n <= $2
"""
TWINS = "SELECT fingerprint, id FROM bank_entries WHERE fingerprint = ANY ($1)"
OPEN_BILLS = """
    SELECT id, number, account, open_cents - least(open_cents, disputed_cents) AS cents FROM bills
    WHERE account = ANY ($1) AND open_cents > disputed_cents ORDER BY due_on, number
"""
