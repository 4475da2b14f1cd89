"""The rows of an invented bill: its lines, what was used, and whom the telephone spoke with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from portal.billing.tables import Bill, BillAllowance, BilledCall, BillLine
from portal.customers.tables import Line
from portal.payments.tables import Allocation, Credit, Method, Payment
from portal.sandbox.calls import calls as calls_of
from portal.sandbox.calls import whole
from portal.sandbox.sold import Item, known, used


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
        for kind, quantity, included in used(seed_of(bill, line), package)
    ]


def calls(bill: Bill, items: Sequence[Item], line: Line, package: str) -> Iterator[BilledCall]:
    """Those of its period; what the package does not include makes what the bill asks for it."""
    seed = seed_of(bill, line)
    quantities = {kind: quantity for kind, quantity, _ in used(seed, package)}
    for n, one in enumerate(calls_of(seed, whole(bill.period_from, bill.period_to), quantities, items)):
        yield BilledCall(
            id=known(f"{bill.id} call {n}"),
            bill=bill.id,
            line=line.id,
            kind=one.kind,
            began_at=one.began_at,
            other_party=one.other_party,
            place=one.place,
            quantity=one.quantity,
            amount_cents=one.cents,
        )


def seed_of(bill: Bill, line: Line) -> str:
    """What its use is drawn from: the bill tells the same as the page of use does."""
    return f"{bill.number} {line.number}"


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
