"""Starting to pay by card: the wish to pay is committed before Stripe hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from portal import clock
from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import transaction
from portal.limits import Limit
from portal.payments import card
from portal.payments.booking import meant_by
from portal.payments.fulfilling import UNPAID, fulfil, move, withdraw
from portal.payments.opening import LIFETIME, open_page
from portal.payments.owing import PaymentUnderWay, Reckoned, reckon, refuse_under_way
from portal.payments.tables import AttemptBill, AttemptState, PaymentAttempt
from portal.payments.wishes import Wish

log = structlog.get_logger()

REPEAT_WITHIN = timedelta(minutes=25)
"""How long a call may be repeated as it was: later Stripe would find its end too near."""
LEFT_AT_LEAST = timedelta(minutes=5)
TRIES = 3
CLOSED_BY_GUESTS = Limit("closed_by_guests", 3, timedelta(hours=1))


class NotStarted(card.CardAway):
    """Stripe did not answer. The wish to pay is kept, nothing was charged."""

    def __init__(self, attempt: UUID) -> None:
        super().__init__()
        self.attempt = attempt


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, in which language. `login` None: a guest. `receipt_email`: where a guest wants the receipt."""

    login: UUID | None
    language: str
    receipt_email: str | None

    def may_share(self, attempt: PaymentAttempt) -> bool:
        """A guest and a customer get pages of their own: Stripe's shows the e-mail address of who it was made for."""
        return (attempt.login is None, attempt.receipt_email) == (self.login is None, self.receipt_email)


async def start(
    account: Account,
    wish: Wish,
    *,
    login: UUID | None,
    language: str = "sl",
    receipt_email: str | None = None,
    at: datetime,
) -> PaymentAttempt:
    """An attempt with a payment page that can be paid now (`checkout_url`).

    `login` None: a guest's. Raises NotStarted, NotFound (a bill of somebody else) or a refusal of
    `portal.payments.owing`.
    """
    payer = Payer(login, language, receipt_email)
    for _ in range(TRIES):
        attempt, is_the_same = await wished(account, wish, payer, at)
        try:
            if not (is_the_same and has_time_left(attempt, at)):
                await make_room(attempt, payer, at)
            elif opened := await page_of(attempt, at):
                return opened
        except card.CardAway:
            raise NotStarted(attempt.id) from None
        except card.CardRefused as refusal:
            log.warning("payment page refused", attempt=str(attempt.id), reason=str(refusal))
            await move(attempt, AttemptState.FAILED, UNPAID, at=at)
    raise NotStarted(attempt.id)


async def wished(account: Account, wish: Wish, payer: Payer, at: datetime) -> tuple[PaymentAttempt, bool]:
    """The live attempt to pay these bills, made if there is none: two tabs get the same.

    False beside one that asks for something else of them, or was made for somebody else: it has to make room.
    """
    async with transaction() as connected:
        await lock_account(connected, account.id)
        reckoned = await reckon(account, wish, clock.day_of(at))
        await refuse_under_way(reckoned)
        found = (
            await PaymentAttempt.of(account)
            .where(PaymentAttempt.bill_set == reckoned.bill_set, PaymentAttempt.state.is_in(list(UNPAID)))
            .first()
        )
        if found is None:
            return await insert(account, reckoned, payer, at), True
        return found, payer.may_share(found) and await asks_for(found, reckoned)


async def make_room(attempt: PaymentAttempt, payer: Payer, at: datetime) -> None:
    """A guest closes a customer's page as often as a helper needs it, and too seldom to keep the customer from paying.

    Raises PaymentUnderWay, CardAway.
    """
    is_the_customers = payer.login is None and attempt.login is not None
    if is_the_customers and not await CLOSED_BY_GUESTS.take(str(attempt.account), at):
        raise PaymentUnderWay(attempt.id)
    await withdraw(attempt, at=at)


async def asks_for(attempt: PaymentAttempt, reckoned: Reckoned) -> bool:
    return attempt.amount_cents == reckoned.amount.cents and await meant_by(attempt) == dict(reckoned.shares)


async def insert(account: Account, reckoned: Reckoned, payer: Payer, at: datetime) -> PaymentAttempt:
    attempt = PaymentAttempt(
        account=account.id,
        login=payer.login,
        bill_set=reckoned.bill_set,
        amount_cents=reckoned.amount.cents,
        advance_cents=reckoned.advance.cents,
        receipt_email=payer.receipt_email,
        language=payer.language,
        created_at=at,
        updated_at=at,
    )
    await attempt.save()
    if reckoned.shares:
        await AttemptBill.insert(
            *(
                AttemptBill(attempt=attempt.id, bill=share.bill, amount_cents=share.amount.cents)
                for share in reckoned.shares
            )
        )
    await note(
        Event.PAYMENT_STARTED,
        login=payer.login,
        account=account.id,
        attempt=str(attempt.id),
        cents=attempt.amount_cents,
    )
    return attempt


def has_time_left(attempt: PaymentAttempt, at: datetime) -> bool:
    return at <= attempt.created_at + (LIFETIME - LEFT_AT_LEAST if attempt.stripe_session else REPEAT_WITHIN)


async def page_of(attempt: PaymentAttempt, at: datetime) -> PaymentAttempt | None:
    """The attempt with its page. None: it cannot be paid any more, and the wish has to be made anew.

    A page that was made while its attempt was being withdrawn is closed: nobody has been led to it yet.
    """
    if attempt.stripe_session:
        await fulfil(attempt.stripe_session, at=at)
    else:
        await open_page(attempt, at)
    found = await PaymentAttempt.objects().get(PaymentAttempt.id == attempt.id)
    if found is None or found.state == AttemptState.OPEN:
        return found
    await withdraw(found, at=at)
    return None
