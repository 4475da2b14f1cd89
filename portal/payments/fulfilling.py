"""What became of a Checkout Session: one way for the webhook, the return page and the sweeper.

Stripe's word is read anew each time, so it does not matter who asks, how often or in which order.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import structlog
from asyncpg import Connection
from piccolo.columns import Column

from portal.audit import Event, note
from portal.database import transaction
from portal.jobs import enqueue
from portal.payments import card
from portal.payments.booking import Received, book
from portal.payments.checkout import CheckoutSession, Intent
from portal.payments.tables import AttemptState, PaymentAttempt

log = structlog.get_logger()

UNPAID = (AttemptState.CREATED, AttemptState.OPEN)
LIVE = (*UNPAID, AttemptState.PENDING)
UNBOOKED = (*LIVE, AttemptState.FAILED, AttemptState.EXPIRED)
CLOCKS_DIFFER = timedelta(minutes=2)


async def fulfil(session_id: str, *, at: datetime) -> None:
    """Bring the attempt of a session to what Stripe says of it; book it when it is paid. Safe to repeat."""
    await follow(await card.session(session_id), at=at)


async def withdraw(attempt: PaymentAttempt, *, at: datetime) -> None:
    """Close the payment page of an attempt, so that nobody pays what is no longer owed.

    If it has just been paid, it is booked instead. One whose page is still being made cannot open it any more.
    """
    session = await session_of(attempt)
    if session is None and not await move(attempt, AttemptState.EXPIRED, [AttemptState.CREATED], at=at):
        session = await session_of(await PaymentAttempt.objects().get(PaymentAttempt.id == attempt.id) or attempt)
    if session is not None:
        await follow(await closed(session), at=at)


async def session_of(attempt: PaymentAttempt) -> CheckoutSession | None:
    """The attempt's session, also when the answer that named it never reached us."""
    if attempt.stripe_session:
        return await card.session(attempt.stripe_session)
    return await card.find_session(attempt.id, attempt.created_at - CLOCKS_DIFFER, attempt.updated_at + CLOCKS_DIFFER)


async def closed(session: CheckoutSession) -> CheckoutSession:
    if session.status != "open":
        return session
    try:
        return await card.expire_session(session.id)
    except card.CardRefused:
        return await card.session(session.id)


async def follow(session: CheckoutSession, *, at: datetime) -> None:
    attempt = await attempt_of(session)
    if attempt is None:
        log.warning("a session that is not ours", session=session.id)
    elif session.is_paid:
        await take_money(attempt, session, at=at)
    elif session.status == "open":
        await move(attempt, AttemptState.OPEN, UNPAID, session, at=at)
    elif session.status == "expired":
        await move(attempt, AttemptState.EXPIRED, UNPAID, session, at=at)
    elif session.is_waiting:
        await wait(attempt, session, at=at)
    else:
        await fail(attempt, session, at=at)


async def attempt_of(session: CheckoutSession) -> PaymentAttempt | None:
    if session.attempt_id is None:
        return None
    return await PaymentAttempt.objects().where(PaymentAttempt.id == session.attempt_id).first()


async def take_money(attempt: PaymentAttempt, session: CheckoutSession, *, at: datetime) -> None:
    if session.intent is not None and session.pays(attempt):
        await book(attempt, received(session.intent), at=at)
    elif session.intent is not None and session.intent.is_returned:
        await fail(attempt, session, at=at)
    else:
        await hold(attempt, session, at=at)


async def wait(attempt: PaymentAttempt, session: CheckoutSession, *, at: datetime) -> None:
    """The customer's bank was asked (SEPA). Nobody is reconnected on it, and nobody shall pay these bills twice."""
    async with transaction() as connected:
        if await move(attempt, AttemptState.PENDING, UNPAID, session, at=at):
            await withdraw_rivals(connected, attempt)


async def withdraw_rivals(connected: Connection, attempt: PaymentAttempt) -> None:
    """Payment pages open elsewhere for a bill of this attempt, whose money is on its way: they are closed."""
    for row in await connected.fetch(RIVALS, attempt.id):
        await enqueue("payments.withdraw", attempt=str(row["id"]))


def received(intent: Intent) -> Received:
    return Received(intent.id, intent.received, intent.method, intent.card)


async def hold(attempt: PaymentAttempt, session: CheckoutSession, *, at: datetime) -> None:
    """Money came that is not what we asked for: nothing is booked by itself, a person looks at it."""
    async with transaction() as connected:
        if await move(attempt, AttemptState.HELD, UNBOOKED, session, at=at):
            await withdraw_rivals(connected, attempt)
            await note(
                Event.PAYMENT_HELD,
                login=attempt.login,
                account=attempt.account,
                attempt=str(attempt.id),
                asked=attempt.amount_cents,
                came=session.total.cents,
                currency=session.currency,
            )
            log.error("payment held", attempt=str(attempt.id), session=session.id)


async def fail(attempt: PaymentAttempt, session: CheckoutSession, *, at: datetime) -> None:
    async with transaction():
        if await move(attempt, AttemptState.FAILED, (*LIVE, AttemptState.HELD), session, at=at):
            await note(
                Event.PAYMENT_REFUSED,
                login=attempt.login,
                account=attempt.account,
                attempt=str(attempt.id),
                why=session.decline,
            )


async def move(
    attempt: PaymentAttempt,
    state: AttemptState,
    only_from: Collection[AttemptState],
    session: CheckoutSession | None = None,
    *,
    at: datetime,
) -> bool:
    """Bring an attempt forward; an answer that comes late changes nothing. The WHERE is the lock."""
    values: dict[Column | str, Any] = {PaymentAttempt.state: state, PaymentAttempt.updated_at: at}
    if session:
        values |= {PaymentAttempt.stripe_session: session.id, PaymentAttempt.failure: session.decline}
    moved = (
        await PaymentAttempt.update(values)
        .where(PaymentAttempt.id == attempt.id, PaymentAttempt.state.is_in(list(only_from)))
        .returning(PaymentAttempt.id)
    )
    return bool(moved)


RIVALS = """
    SELECT DISTINCT a.id FROM payment_attempts a JOIN attempt_bills ab ON ab.attempt = a.id
    WHERE a.id <> $1 AND a.state IN ('created', 'open')
      AND ab.bill IN (SELECT bill FROM attempt_bills WHERE attempt = $1)
"""
