"""Background work of payments. Each reads Stripe anew, so that repeating it changes nothing."""

from __future__ import annotations

from uuid import UUID

import structlog

from portal import clock
from portal.jobs import job, scheduled
from portal.payments import credit, fulfilling, reconciling, returning
from portal.payments.bank import folder as bank_folder
from portal.payments.guests import receipts
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


@job("payments.send_receipt")
async def send_receipt(payment: str) -> None:
    await receipts.send_receipt(UUID(payment), at=clock.now())


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


@job("payments.use_credit")
async def use_credit(account: str) -> None:
    """Enqueued by who lets something undisputed be open without money: an objection that was rejected."""
    await credit.use_credit_alone(UUID(account), at=clock.now())


@scheduled("payments.use_credits", "40 1 * * *")
async def use_credits() -> None:
    """Credit that stands beside open bills, from before credit was used at once."""
    for account in await credit.idle_credits():
        await credit.use_credit_alone(account, at=clock.now())


@scheduled("payments.take_statements", "*/5 * * * *")
async def take_statements() -> None:
    """What the bank has laid into BANK_DIR."""
    run = await bank_folder.import_waiting(clock.now())
    if run.imported or run.refused:
        log.info("statements taken", imported=run.imported, refused=run.refused)
