"""Choosing what to pay: the open bills, how much of each, and how much ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from portal.billing.open_items import can_reconnect, overdue, to_pay_now
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import connection
from portal.money import ZERO, Money
from portal.payments.owing import MoreThanOpen, NoAmount, TooMuchAhead, UnderWay, under_way
from portal.payments.sharing import in_order
from portal.payments.wishes import Wish
from portal.refusals import N_, Refusal

ADVANCE = "advance"


class NoSuchAmount(Refusal):
    status = 400
    message = N_("Enter an amount such as 25.00.")


class NothingChosen(Refusal):
    status = 400
    message = N_("Choose a bill or enter how much you pay ahead.")


class NotChosen(Refusal):
    status = 400
    message = N_("Choose the bill as well, or clear the amount.")


@dataclass(frozen=True, slots=True)
class Option:
    """An open bill. `left`: what of it can be paid now, without what is on its way; `asked`: what choosing it pays."""

    bill: Bill
    on_its_way: UnderWay | None

    @property
    def left(self) -> Money:
        return max(ZERO, self.bill.open - self.sent)

    @property
    def sent(self) -> Money:
        return Money(self.on_its_way.cents) if self.on_its_way else ZERO

    @property
    def asked(self) -> Money:
        asked = max(ZERO, self.bill.undisputed - self.sent)
        return asked if asked.is_positive else self.left

    @property
    def field(self) -> str:
        """The id of its amount field, where errors lead."""
        return f"part_{self.bill.id}"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: the chosen bills, and as typed the amounts by bill and the one ahead."""

    chosen: frozenset[UUID] = frozenset()
    parts: dict[UUID, str] = field(default_factory=dict)
    advance: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """`errors` by field id, "" for what belongs to none. `wish` and `total` count what could be read."""

    typed: Typed
    wish: Wish
    total: Money
    errors: dict[str, Refusal]


async def options_of(account: Account) -> list[Option]:
    unpaid = await Bill.of(account).where(Bill.open_cents > 0)
    sent = {money.bill: money for money in await under_way(account.id)}
    return [Option(bill, sent.get(bill.id)) for bill in in_order(unpaid)]


def chosen_beforehand(options: Sequence[Option], asked: UUID | None, today: date) -> Typed:
    """The bill that was asked for, else what one button would pay."""
    payable = [option.bill for option in options if option.left.is_positive]
    chosen = [bill.id for bill in payable if bill.id == asked] or [bill.id for bill in to_pay_now(payable, today)]
    return Typed(frozenset(chosen))


def read(typed: Typed, options: Sequence[Option]) -> Choice:
    """Every mistake with its field. What was paid meanwhile is passed over."""
    payable = [option for option in options if option.left.is_positive]
    chosen = [option for option in payable if option.bill.id in typed.chosen]
    amounts, errors = dict[UUID, Money](), dict[str, Refusal]()
    for option in payable:
        try:
            if amount := amount_for(option, typed):
                amounts[option.bill.id] = amount
        except Refusal as refusal:
            errors[option.field] = refusal
    advance = advance_of(typed.advance, errors)
    if not chosen and not advance and not errors:
        errors[""] = NothingChosen()
    wish = Wish(tuple(option.bill.id for option in chosen), amounts, advance)
    return Choice(typed, wish, Money.sum(amounts.values()) + advance, errors)


def amount_for(option: Option, typed: Typed) -> Money | None:
    written = typed.parts.get(option.bill.id, "").strip()
    if option.bill.id not in typed.chosen:
        if written:
            raise NotChosen
        return None
    if not written:
        return option.asked
    part = amount_of(written)
    if part > option.left:
        raise MoreThanOpen(option.bill, option.left)
    return part


def advance_of(written: str, errors: dict[str, Refusal]) -> Money:
    try:
        advance = amount_of(written.strip()) if written.strip() else ZERO
        TooMuchAhead.check(advance)
    except Refusal as refusal:
        errors[ADVANCE] = refusal
        return ZERO
    return advance


def amount_of(written: str) -> Money:
    """With or without the sign of the euro."""
    try:
        amount = Money.parse(written.replace("€", "").replace("\u202f", "").replace("\xa0", ""))
    except ValueError:
        raise NoSuchAmount from None
    if not amount.is_positive:
        raise NoAmount
    return amount


def left_overdue(choice: Choice, options: Sequence[Option], today: date) -> Money:
    """What is still overdue after this payment, which counts to all that is open by the rule of booking."""
    late = overdue([option.bill for option in options], today)
    paid = choice.wish.parts
    unpaid = Money.sum(max(ZERO, bill.undisputed - paid.get(bill.id, ZERO)) for bill in late)
    return max(ZERO, unpaid - choice.wish.advance)


async def is_suspended(account: Account) -> bool:
    """And can be connected again: once the contracts ended, no payment does that."""
    async with connection() as connected:
        return bool(await connected.fetchval(SUSPENDED, account.id))


SUSPENDED = f"""
    SELECT {can_reconnect("$1")}
"""
