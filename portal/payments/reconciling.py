"""The sweep that needs no webhook: what is unfinished here is read anew at Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from portal.database import connection
from portal.payments import card
from portal.payments.fulfilling import fulfil, withdraw
from portal.payments.opening import LIFETIME
from portal.payments.tables import AttemptState, PaymentAttempt
from portal.statements import Statement

log = structlog.get_logger()

QUIET = timedelta(minutes=10)
"""How long an attempt may be silent before Stripe is asked about it."""
QUIET_AT_THE_BANK = timedelta(hours=1)
"""The same while the customer's bank is asked (SEPA), which takes days."""
MOST = 500


@dataclass(slots=True)
class Reconciled:
    """How many attempts were looked at, what became of them, and whether Stripe could be reached."""

    seen: int = 0
    paid: int = 0
    ended: int = 0
    failed: int = 0
    is_away: bool = False


async def reconcile(*, at: datetime) -> Reconciled:
    """Look at every attempt that is unfinished and has been silent for a while. Safe to repeat and to run twice."""
    result = Reconciled()
    silent = await SILENT.all(quiet=at - QUIET, quiet_at_bank=at - QUIET_AT_THE_BANK, dead=at - LIFETIME, most=MOST)
    for attempt in silent:
        result.seen += 1
        try:
            await look_at(attempt, at)
        except card.CardAway:
            result.is_away = True
            break
        except Exception:  # one attempt that cannot be settled does not stop the others
            log.exception("not reconciled", attempt=str(attempt.id))
            result.failed += 1
        else:
            await count(attempt, result)
    return result


async def look_at(attempt: PaymentAttempt, at: datetime) -> None:
    if attempt.stripe_session:
        await fulfil(attempt.stripe_session, at=at)
    else:
        await withdraw(attempt, at=at)


async def count(attempt: PaymentAttempt, result: Reconciled) -> None:
    async with connection() as connected:
        state = await connected.fetchval("SELECT state FROM payment_attempts WHERE id = $1", attempt.id)
    result.paid += state == AttemptState.PAID
    result.ended += state in (AttemptState.EXPIRED, AttemptState.FAILED, AttemptState.HELD)


# One that never got an answer may be tried again by its customer until its page would be dead.
SILENT = Statement(
    """
    SELECT * FROM payment_attempts
    WHERE (state = 'open' AND updated_at < $1) OR (state = 'pending' AND updated_at < $2)
       OR (state = 'created' AND created_at < $3)
    ORDER BY updated_at LIMIT $4
    """,
    PaymentAttempt,
    ("quiet", "quiet_at_bank", "dead", "most"),
)
