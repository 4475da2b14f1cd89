"""What a customer means to pay now: chosen bills, or all that is overdue, at what is open of them this moment."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from uuid import UUID

from portal.billing.open_items import SMALLEST_PAYMENT, still_open, to_pay_now
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import connection
from portal.refusals import N_, NotFound, Refusal


class AlreadySettled(Refusal):
    message = N_("This bill is already paid.")


class AllSettled(AlreadySettled):
    message = N_("These bills are already paid.")


class NothingOwed(AlreadySettled):
    message = N_("All your bills are already paid.")


class PaymentUnderWay(Refusal):
    """Money for these bills is on its way, or has come and is looked at."""

    message = N_("A payment of these bills is already under way.")

    def __init__(self, attempt: UUID) -> None:
        super().__init__()
        self.attempt = attempt


class TooLittle(Refusal):
    message = N_("By card you can pay %(least)s or more. You can pay this together with the next bill.")


async def owed_by(account: Account, chosen: Collection[UUID] | None, today: date) -> list[Bill]:
    """The open ones of the chosen bills; None: all that are overdue, or all open ones when none is."""
    open_bills = await (unpaid(account, today) if chosen is None else unpaid_of(account, set(chosen)))
    if not open_bills:
        raise nothing_open(chosen)
    if still_open(open_bills) < SMALLEST_PAYMENT:
        raise TooLittle(least=SMALLEST_PAYMENT)
    return open_bills


def nothing_open(chosen: Collection[UUID] | None) -> AlreadySettled:
    if chosen is None:
        return NothingOwed()
    return AllSettled() if len(chosen) > 1 else AlreadySettled()


async def unpaid(account: Account, today: date) -> list[Bill]:
    return to_pay_now(await Bill.of(account).where(Bill.open_cents > 0), today)


async def unpaid_of(account: Account, chosen: set[UUID]) -> list[Bill]:
    found = await Bill.of(account).where(Bill.id.is_in(list(chosen))) if chosen else []
    if len(found) < len(chosen):
        raise NotFound
    return [bill for bill in found if bill.open.is_positive]


async def refuse_under_way(owed: list[Bill]) -> None:
    async with connection() as connected:
        attempt = await connected.fetchval(UNDER_WAY, [bill.id for bill in owed])
    if attempt is not None:
        raise PaymentUnderWay(attempt)


def bill_set(bills: list[Bill]) -> str:
    """The same for the same bills, whatever is open of them."""
    return hashlib.sha256(b"".join(sorted(bill.id.bytes for bill in bills))).hexdigest()


UNDER_WAY = """
    SELECT a.id FROM payment_attempts a JOIN attempt_bills ab ON ab.attempt = a.id
    WHERE ab.bill = ANY($1) AND a.state IN ('pending', 'held') ORDER BY a.updated_at DESC LIMIT 1
"""
