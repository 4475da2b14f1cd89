"""Money that went back to the payer: refunds and disputes open again what was settled."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from asyncpg import Connection

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.money import Money
from portal.payments.allocating import allocate, settle, withdraw_overtaken
from portal.payments.booking import reconnect
from portal.payments.checkout import Disputed, Refunded
from portal.payments.credit import LESS_CREDIT, use_credit
from portal.payments.refund_requests import close_request, tell_refused
from portal.payments.sharing import Share, take_back
from portal.payments.tables import Payment, RefundRequest, RefundState, Reversal, ReversalKind
from portal.statements import row_of

log = structlog.get_logger()


async def apply_refund(payment: Payment, refund: Refunded, *, at: datetime) -> None:
    """Bring our books to what Stripe says of a refund. Safe to repeat."""
    if refund.is_done:
        await reverse(payment, ReversalKind.REFUND, refund.id, refund.amount, at=at)
    elif refund.has_failed:
        await reinstate(payment, refund.id, at=at)


async def apply_dispute(payment: Payment, dispute: Disputed, *, at: datetime) -> None:
    """What a dispute took, and what came back when it was won. An inquiry that takes nothing changes nothing."""
    if dispute.withdrawn.is_positive:
        await reverse(payment, ReversalKind.DISPUTE, dispute.id, dispute.withdrawn, at=at)
    if dispute.reinstated.is_positive:
        await reinstate(payment, dispute.id, at=at)


async def reverse(payment: Payment, kind: ReversalKind, external_id: str, amount: Money, *, at: datetime) -> None:
    """Take the credit first, then open the newest bills again. Done once, however often it is told.

    Credit of other payments is used for what is open again. Credit of this one that its customer has asked back but
    does not have yet is kept: it is no longer theirs.
    """
    async with transaction() as connected:
        await lock_account(connected, payment.account)
        if await Reversal.exists().where(Reversal.external_id == external_id):
            return
        is_called_off = amount > await still_ours(connected, payment) and await call_off_refund(connected, payment, at)
        ours = await still_ours(connected, payment)
        if amount > ours:
            log.error("more went back than came", payment=str(payment.id), external=external_id)
        if reversal := await insert_reversal(payment, kind, external_id, min(amount, ours), at):
            await take(connected, payment, reversal, at)
            await use_credit(payment.account, at=at)
            if is_called_off:
                await reconnect(payment, "a refund was not carried out", at)


async def still_ours(connected: Connection, payment: Payment) -> Money:
    return Money(await connected.fetchval(STILL_OURS, payment.id))


async def call_off_refund(connected: Connection, payment: Payment, at: datetime) -> bool:
    """The money that was asked back is being taken back another way: it is not sent a second time.

    What the request had taken of other payments may settle bills now. False when none waits.
    """
    request = await connected.fetchval(WAITING_REFUND, payment.id)
    closed = request and await close_request(connected, request, RefundState.REFUSED, decided_by="payments", at=at)
    if not closed:
        return False
    await give_back(connected, closed, at)
    await note(Event.REFUND_REFUSED, account=payment.account, request=str(closed.id), decided_by="payments")
    await tell_refused(closed, at=at)
    return True


async def give_back(connected: Connection, request: RefundRequest, at: datetime) -> None:
    """What a refund that is not carried out had taken settles what is open by now, and else is credit again."""
    for row in await connected.fetch(TAKEN_FOR, request.id):
        payment = row_of(Payment, row.items())
        await come_again(connected, payment, row["reversal"], at)


async def reinstate(payment: Payment, external_id: str, *, at: datetime) -> None:
    """What a dispute or a failed refund took has come back: it settles again what is open."""
    async with transaction() as connected:
        await lock_account(connected, payment.account)
        if await come_again(connected, payment, external_id, at):
            await reconnect(payment, "money that was taken back came again", at)


async def come_again(connected: Connection, payment: Payment, external_id: str, at: datetime) -> bool:
    """False when there was no such reversal, or it has come again already."""
    taken = await Reversal.objects().where(Reversal.external_id == external_id).first()
    if taken is None:
        return False
    back, name = Money(-taken.amount_cents), f"{external_id}/reinstated"
    reversal = await insert_reversal(payment, ReversalKind.REINSTATED, name, back, at, request=taken.refund_request)
    if reversal is None:
        return False
    opened = [row["bill"] for row in await connected.fetch(OPENED, taken.id)]
    await settle(connected, payment, -back, dict.fromkeys(opened, -back), at=at, reversal=reversal.id)
    await withdraw_overtaken(connected, payment.account)
    return True


async def insert_reversal(
    payment: Payment,
    kind: ReversalKind,
    external_id: str,
    amount: Money,
    at: datetime,
    *,
    request: UUID | None = None,
) -> Reversal | None:
    """Its row and its trail. None when it is there already, or nothing is left to go back."""
    if not amount:
        return None
    reversal = Reversal(
        payment=payment.id,
        refund_request=request,
        kind=kind,
        external_id=external_id,
        amount_cents=amount.cents,
        at=at,
    )
    if not await Reversal.insert(reversal).on_conflict(Reversal.external_id, "DO NOTHING").returning(Reversal.id):
        return None
    await note(
        Event.PAYMENT_REVERSED,
        account=payment.account,
        payment=str(payment.id),
        cents=amount.cents,
        external=external_id,
    )
    return reversal


async def take(connected: Connection, payment: Payment, reversal: Reversal, at: datetime) -> None:
    credit = Money(await connected.fetchval(CREDIT, payment.id) or 0)
    settled = [Share(row["bill"], Money(row["cents"])) for row in await connected.fetch(SETTLED, payment.id)]
    from_credit, opened = take_back(Money(reversal.amount_cents), credit, settled)
    await connected.execute(LESS_CREDIT, payment.id, from_credit.cents)
    for share in opened:
        await allocate(connected, payment.id, share.bill, -share.amount, at=at, reversal=reversal.id)


STILL_OURS = """
    SELECT p.amount_cents - COALESCE((SELECT sum(r.amount_cents) FROM reversals r WHERE r.payment = p.id), 0)::bigint
    FROM payments p WHERE p.id = $1
"""
# What a payment settled and no reversal has opened again, the newest bill first.
SETTLED = """
    SELECT al.bill, sum(al.amount_cents)::bigint AS cents FROM allocations al JOIN bills b ON b.id = al.bill
    WHERE al.payment = $1 GROUP BY al.bill, b.due_on, b.number HAVING sum(al.amount_cents) > 0
    ORDER BY b.due_on DESC, b.number DESC
"""
OPENED = "SELECT bill FROM allocations WHERE reversal = $1"
CREDIT = "SELECT amount_cents FROM credits WHERE payment = $1"
WAITING_REFUND = """
    SELECT q.id FROM refund_requests q JOIN reversals r ON r.refund_request = q.id
    WHERE r.payment = $1 AND r.kind = 'paid_out' AND q.state = 'asked'
"""
TAKEN_FOR = """
    SELECT p.id, p.account, p.method, r.external_id AS reversal FROM reversals r JOIN payments p ON p.id = r.payment
    WHERE r.refund_request = $1 AND r.kind = 'paid_out' ORDER BY p.booked_at, p.number
"""
