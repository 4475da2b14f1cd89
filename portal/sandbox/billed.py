"""The rows of an invented bill: its lines, what was used, and whom the telephone spoke with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

from portal.billing.tables import Bill, BillAllowance, BilledCall, BillLine, BillLineKind, CallKind
from portal.customers.tables import Line
from portal.payments.tables import Allocation, Credit, Method, Payment
from portal.sandbox.sold import Item, known, used

CALLS_A_BILL = 36
AT_HOME = "+38640000***"
ABROAD = (("+447700900***", "Združeno kraljestvo"), ("+493023125***", "Nemčija"), ("+12025550***", "ZDA"))
"""Ranges that nobody has: Ofcom's, the Bundesnetzagentur's and the 555 numbers for films."""


def bill_lines(bill: Bill, items: Sequence[Item], only: Line | None) -> list[BillLine]:
    """`only`: the account's line, where it has no other."""
    return [bill_line(bill, n, item, item.line or only) for n, item in enumerate(items, start=1)]


def bill_line(bill: Bill, position: int, item: Item, line: Line | None) -> BillLine:
    number, count = item.instalment or (None, None)
    return BillLine(
        id=known(f"{bill.id} {position}"),
        bill=bill.id,
        position=position,
        contract=line.contract if line else None,
        line=line.id if line else None,
        kind=item.kind,
        description=item.said,
        amount_cents=item.cents,
        instalment=number,
        instalments=count,
    )


def allowances(bill: Bill, line: Line, package: str) -> list[BillAllowance]:
    return [
        BillAllowance(
            id=known(f"{bill.id} {line.id} {kind}"),
            bill=bill.id,
            line=line.id,
            kind=kind,
            used=quantity,
            included=included,
        )
        for kind, quantity, included in used(f"{bill.number} {line.number}", package)
    ]


def calls(bill: Bill, items: Sequence[Item], line: Line) -> Iterator[BilledCall]:
    """A few dozen; those that the package does not include make what the bill asks for them."""
    chance = Random(bill.number)
    days = (bill.period_to - bill.period_from).days
    beyond = [part for item in items for part in parts(item)]
    for n in range(CALLS_A_BILL):
        day = bill.period_from + timedelta(days=n * days // CALLS_A_BILL)
        at = datetime.combine(day, time(chance.randrange(6, 20), chance.randrange(60), chance.randrange(60)), UTC)
        one = call(bill, line, at, chance, beyond[n] if n < len(beyond) else None)
        one.id = known(f"{bill.id} call {n}")
        yield one


def parts(item: Item) -> list[int]:
    """Of use that is paid for: the cents of three calls that make it together."""
    if item.kind not in (BillLineKind.USAGE, BillLineKind.ROAMING):
        return []
    third = item.cents // 3
    return [third, third, item.cents - 2 * third]


def call(bill: Bill, line: Line, at: datetime, chance: Random, cents: int | None) -> BilledCall:
    """With somebody abroad for so many cents, or at home within the package."""
    kind = (
        chance.choice((CallKind.CALL, CallKind.CALL, CallKind.SMS, CallKind.DATA)) if cents is None else CallKind.CALL
    )
    other, place = (AT_HOME, "Slovenija") if cents is None else chance.choice(ABROAD)
    return BilledCall(
        bill=bill.id,
        line=line.id,
        kind=kind,
        began_at=at,
        other_party=None if kind == CallKind.DATA else other,
        place=place,
        quantity=quantity(kind, chance),
        amount_cents=cents or 0,
    )


def quantity(kind: CallKind, chance: Random) -> int:
    if kind == CallKind.SMS:
        return 1
    return chance.randrange(20, 1_400) if kind == CallKind.CALL else chance.randrange(2, 900) * 1_000_000


def payment(bill: Bill, at: datetime, *, above_cents: int = 0) -> list[Payment | Allocation | Credit]:
    """The whole bill paid by bank transfer, and something above it that stays to the account's good."""
    paid = received(bill, Method.BANK, f"demo-{bill.number}", bill.total_cents + above_cents, at)
    return [paid, settled(paid, bill, bill.total_cents, at), *([left(paid, above_cents)] if above_cents else [])]


def given(note: Bill, bill: Bill, at: datetime) -> list[Payment | Allocation]:
    """A credit note that settles a part of another bill, booked as the portal books it."""
    paid = received(note, Method.CREDIT_NOTE, f"credit-note:{note.number}", -note.total_cents, at)
    return [paid, settled(paid, bill, -note.total_cents, at)]


def received(bill: Bill, method: Method, name: str, cents: int, at: datetime) -> Payment:
    return Payment(
        id=known(f"payment {bill.id}"),
        account=bill.account,
        method=method,
        external_id=name,
        amount_cents=cents,
        booked_at=at,
    )


def settled(paid: Payment, bill: Bill, cents: int, at: datetime) -> Allocation:
    return Allocation(
        id=known(f"allocation {paid.id} {bill.id}"), payment=paid.id, bill=bill.id, amount_cents=cents, at=at
    )


def left(paid: Payment, cents: int) -> Credit:
    return Credit(id=known(f"credit {paid.id}"), account=paid.account, payment=paid.id, amount_cents=cents)
