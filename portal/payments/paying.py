"""Starting to pay by card: the wish to pay is committed before Stripe hears of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from portal import clock
from portal.audit import Event, note
from portal.billing.open_items import still_open
from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import connection, transaction
from portal.money import Money
from portal.payments import card
from portal.payments.checkout import Item, Order
from portal.payments.fulfilling import UNPAID, fulfil, move, withdraw
from portal.payments.owing import bill_set, owed_by, refuse_under_way
from portal.payments.tables import AttemptBill, AttemptState, PaymentAttempt
from portal.settings import settings
from portal.web.wording import say

log = structlog.get_logger()

LIFETIME = timedelta(minutes=60)
"""How long a payment page can be paid. Stripe wants 30 minutes at least, counted from when it hears of it."""
REPEAT_WITHIN = timedelta(minutes=25)
"""How long a call may be repeated as it was: later Stripe would find its end too near."""
LEFT_AT_LEAST = timedelta(minutes=5)
TRIES = 3


class NotStarted(card.CardAway):
    """Stripe did not answer. The wish to pay is kept, nothing was charged."""

    def __init__(self, attempt: UUID) -> None:
        super().__init__()
        self.attempt = attempt


async def start(
    account: Account, bills: Collection[UUID] | None, *, login: UUID | None, language: str = "sl", at: datetime
) -> PaymentAttempt:
    """An attempt with a payment page that can be paid now (`checkout_url`).

    `bills`: the chosen ones; None: all that are overdue, or all open ones when none is. Raises AlreadySettled,
    PaymentUnderWay, TooLittle, NotStarted or NotFound (a bill of somebody else).
    """
    for _ in range(TRIES):
        attempt = await wish(account, bills, login=login, language=language, at=at)
        try:
            if (opened := await page_of(attempt, at)) is not None:
                return opened
        except card.CardAway:
            raise NotStarted(attempt.id) from None
        except card.CardRefused as refusal:
            log.warning("payment page refused", attempt=str(attempt.id), reason=str(refusal))
            await move(attempt, AttemptState.FAILED, UNPAID, at=at)
    raise NotStarted(attempt.id)


async def wish(
    account: Account, bills: Collection[UUID] | None, *, login: UUID | None, language: str, at: datetime
) -> PaymentAttempt:
    """The live attempt to pay this set of bills, made if there is none. Two tabs get the same."""
    async with transaction() as connected:
        await lock_account(connected, account.id)
        owed = await owed_by(account, bills, clock.day_of(at))
        await refuse_under_way(owed)
        found = (
            await PaymentAttempt.of(account)
            .where(PaymentAttempt.bill_set == bill_set(owed), PaymentAttempt.state.is_in(list(UNPAID)))
            .first()
        )
        return found or await insert(account, owed, login, language, at)


async def insert(account: Account, owed: list[Bill], login: UUID | None, language: str, at: datetime) -> PaymentAttempt:
    attempt = PaymentAttempt(
        account=account.id,
        login=login,
        bill_set=bill_set(owed),
        amount_cents=still_open(owed).cents,
        language=language,
        created_at=at,
        updated_at=at,
    )
    await attempt.save()
    await AttemptBill.insert(
        *(AttemptBill(attempt=attempt.id, bill=bill.id, amount_cents=bill.open_cents) for bill in owed)
    )
    await note(
        Event.PAYMENT_STARTED, login=login, account=account.id, attempt=str(attempt.id), cents=attempt.amount_cents
    )
    return attempt


async def page_of(attempt: PaymentAttempt, at: datetime) -> PaymentAttempt | None:
    """The attempt with a page that can be paid. None: it could not, and the wish has to be made anew."""
    if not await is_current(attempt, at):
        await withdraw(attempt, at=at)
        return None
    if attempt.stripe_session:
        await fulfil(attempt.stripe_session, at=at)
    else:
        await open_page(attempt, at)
    return (
        await PaymentAttempt.objects()
        .where(PaymentAttempt.id == attempt.id, PaymentAttempt.state == AttemptState.OPEN)
        .first()
    )


async def is_current(attempt: PaymentAttempt, at: datetime) -> bool:
    """Its page asks for exactly what is open of its bills, and there is time left to pay it."""
    lasts = LIFETIME - LEFT_AT_LEAST if attempt.stripe_session else REPEAT_WITHIN
    if at > attempt.created_at + lasts:
        return False
    async with connection() as connected:
        return not await connected.fetchval(CHANGED, attempt.id)


async def open_page(attempt: PaymentAttempt, at: datetime) -> None:
    """Asking Stripe again makes no second page: the attempt's id is the idempotency key."""
    await PaymentAttempt.update({PaymentAttempt.updated_at: at}).where(PaymentAttempt.id == attempt.id)
    session = await card.open_session(await order_of(attempt))
    async with connection() as connected:
        await connected.execute(OPENED, attempt.id, session.id, session.url)


async def order_of(attempt: PaymentAttempt) -> Order:
    async with connection() as connected:
        rows = await connected.fetch(ITEMS, attempt.id)
    items = [
        Item(say(attempt.language, "Bill %(number)s", number=row["number"]), Money(row["amount_cents"])) for row in rows
    ]
    if len(items) > card.MOST_LINES:
        items = [Item(say(attempt.language, "Unpaid bills"), attempt.amount)]
    return Order(
        attempt=attempt.id,
        items=items,
        language=attempt.language,
        email=rows[0]["email"],
        expires_at=attempt.created_at + LIFETIME,
        success_url=settings().link("/payments/return?session_id={CHECKOUT_SESSION_ID}"),
        cancel_url=settings().link(f"/payments/return?attempt={attempt.id}"),
    )


CHANGED = """
    SELECT EXISTS (
        SELECT FROM attempt_bills ab JOIN bills b ON b.id = ab.bill
        WHERE ab.attempt = $1 AND b.open_cents <> ab.amount_cents
    )
"""
OPENED = """
    UPDATE payment_attempts SET stripe_session = $2, checkout_url = $3,
        state = CASE WHEN state = 'created' THEN 'open' ELSE state END
    WHERE id = $1
"""
ITEMS = """
    SELECT b.number, ab.amount_cents, l.email FROM attempt_bills ab
    JOIN bills b ON b.id = ab.bill
    JOIN payment_attempts a ON a.id = ab.attempt
    LEFT JOIN logins l ON l.id = a.login
    WHERE ab.attempt = $1 ORDER BY b.due_on, b.number
"""
