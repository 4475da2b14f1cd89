"""Background work of payments. Each reads Stripe anew, so that repeating it changes nothing."""

from __future__ import annotations

from uuid import UUID

import structlog

from portal import clock
from portal.jobs import job, scheduled
from portal.payments import fulfilling, reconciling, returning
from portal.payments.tables import PaymentAttempt

log = structlog.get_logger()


@job("payments.fulfil")
async def fulfil(session: str) -> None:
    await fulfilling.fulfil(session, at=clock.now())


@job("payments.withdraw")
async def withdraw(attempt: str) -> None:
    found = await PaymentAttempt.objects().where(PaymentAttempt.id == UUID(attempt)).first()
    if found is not None:
        await fulfilling.withdraw(found, at=clock.now())


@job("payments.follow_refunds")
async def follow_refunds(intent: str) -> None:
    await returning.follow_refunds(intent, at=clock.now())


@job("payments.follow_dispute")
async def follow_dispute(dispute: str) -> None:
    await returning.follow_dispute(dispute, at=clock.now())


@scheduled("payments.reconcile", "*/5 * * * *")
async def reconcile() -> None:
    result = await reconciling.reconcile(at=clock.now())
    if result.seen:
        log.info("payments reconciled", seen=result.seen, paid=result.paid, ended=result.ended, failed=result.failed)
