"""What a wish to pay comes to at this moment: which bills, how much of each, and how much ahead."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.billing.open_items import LARGEST_ADVANCE, SMALLEST_PAYMENT, asked_of, to_pay_now
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import connection
from portal.money import ZERO, Money
from portal.payments.sharing import Share, in_order
from portal.payments.wishes import Wish
from portal.refusals import N_, NotFound, Refusal
from portal.statements import Statement


class AlreadySettled(Refusal):
    message = N_("This bill is already paid.")


class AllSettled(AlreadySettled):
    message = N_("These bills are already paid.")


class NothingOwed(AlreadySettled):
    message = N_("All your bills are already paid.")


class OnlyDisputed(AlreadySettled):
    message = N_("There is nothing to pay while we look into your objection.")


class PaymentUnderWay(Refusal):
    """Money for these bills is on its way, or has come and is looked at."""

    message = N_("A payment of these bills is already under way.")

    def __init__(self, attempt: UUID) -> None:
        super().__init__()
        self.attempt = attempt


class TooLittle(Refusal):
    message = N_("By card you can pay %(least)s or more. You can pay this together with the next bill.")


class TooMuchAhead(Refusal):
    message = N_("You can pay at most %(most)s ahead at once.")

    @classmethod
    def check(cls, advance: Money) -> None:
        if advance > LARGEST_ADVANCE:
            raise cls(most=LARGEST_ADVANCE)


class MoreThanOpen(Refusal):
    """A part that is more than what is open of its bill."""

    message = N_("Of bill %(number)s only %(open)s is still open.")

    def __init__(self, bill: Bill, left: Money) -> None:
        super().__init__(number=bill.number, open=left)


class NoAmount(Refusal):
    message = N_("Please enter an amount above zero.")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """`shares`: what is to be paid of each bill, the longest due first."""

    shares: list[Share]
    advance: Money

    @property
    def amount(self) -> Money:
        return Money.sum(share.amount for share in self.shares) + self.advance

    @property
    def bill_set(self) -> str:
        return bill_set(share.bill for share in self.shares)


def bill_set(bills: Iterable[UUID]) -> str:
    """The same for the same bills, whatever is paid of them: a part of a bill and the whole of it are rivals."""
    return hashlib.sha256(b"".join(sorted(bill.bytes for bill in bills))).hexdigest()


async def reckon(account: Account, wish: Wish, today: date) -> Reckoned:
    """Never more than is open. Raises NotFound for a bill of somebody else, and the refusals above."""
    refuse_sum_out_of_bounds(wish)
    shares = await (asked_now(account, today, wish) if wish.bills is None else chosen(account, wish))
    reckoned = Reckoned(shares, wish.advance)
    if reckoned.amount < SMALLEST_PAYMENT:
        raise TooLittle(least=SMALLEST_PAYMENT)
    return reckoned


def refuse_sum_out_of_bounds(wish: Wish) -> None:
    if wish.advance < ZERO or any(not part.is_positive for part in wish.parts.values()):
        raise NoAmount
    TooMuchAhead.check(wish.advance)


async def asked_now(account: Account, today: date, wish: Wish) -> list[Share]:
    unpaid = await Bill.of(account).where(Bill.open_cents > 0)
    asked = to_pay_now(unpaid, today)
    if not asked and not wish.advance:
        raise OnlyDisputed if unpaid else NothingOwed
    return [Share(bill.id, bill.undisputed) for bill in in_order(asked)]


async def chosen(account: Account, wish: Wish) -> list[Share]:
    """Of what is chosen, what is open. A bill that was settled meanwhile is passed over, unless all of them are."""
    ids = {*(wish.bills or ()), *wish.parts}
    found = await Bill.of(account).where(Bill.id.is_in(list(ids))) if ids else []
    if len(found) < len(ids):
        raise NotFound
    unpaid = in_order(bill for bill in found if bill.open.is_positive)
    if not unpaid and (found or not wish.advance):
        raise settled(len(ids))
    return [Share(bill.id, part_of(bill, wish)) for bill in unpaid]


def settled(bills: int) -> AlreadySettled:
    if not bills:
        return NothingOwed()
    return AllSettled() if bills > 1 else AlreadySettled()


def part_of(bill: Bill, wish: Wish) -> Money:
    part = wish.parts.get(bill.id, asked_of(bill))
    if part > bill.open:
        raise MoreThanOpen(bill, bill.open)
    return part


async def refuse_under_way(reckoned: Reckoned) -> None:
    """Together with what is on its way already, a bill would be paid more than is open of it."""
    bills = [share.bill for share in reckoned.shares]
    wanted = [share.amount.cents for share in reckoned.shares]
    async with connection() as connected:
        attempt = await connected.fetchval(TOO_MUCH_UNDER_WAY, bills, wanted)
    if attempt is not None:
        raise PaymentUnderWay(attempt)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Money on its way for a bill, and the attempt that brings it."""

    bill: UUID
    attempt: UUID
    cents: int


async def under_way(account: UUID) -> list[UnderWay]:
    """By bill; of several attempts for one the newest is named."""
    return await UNDER_WAY.all(account=account)


TOO_MUCH_UNDER_WAY = """
    SELECT (array_agg(a.id ORDER BY a.updated_at DESC))[1]
    FROM unnest($1::uuid[], $2::bigint[]) AS w (bill, cents)
    JOIN bills b ON b.id = w.bill
    JOIN attempt_bills ab ON ab.bill = w.bill
    JOIN payment_attempts a ON a.id = ab.attempt AND a.state IN ('pending', 'held')
    GROUP BY w.bill, w.cents, b.open_cents
    HAVING sum(ab.amount_cents) + w.cents > b.open_cents
    ORDER BY max(a.updated_at) DESC LIMIT 1
"""
UNDER_WAY = Statement(
    """
    SELECT ab.bill, (array_agg(a.id ORDER BY a.updated_at DESC))[1] AS attempt, sum(ab.amount_cents)::bigint AS cents
    FROM payment_attempts a JOIN attempt_bills ab ON ab.attempt = a.id
    WHERE a.account = $1 AND a.state IN ('pending', 'held') GROUP BY ab.bill
    """,
    UnderWay,
    ("account",),
)
