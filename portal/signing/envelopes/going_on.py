"""What was signed for is set off, once: a commitment is extended, a service is ordered. Whatever else was ordered goes
on in the operator's systems, which learn of the signature by the list of orders.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.clock import day_of
from portal.database import connection, transaction
from portal.services import beginning
from portal.signing.envelopes.guarding import order_of
from portal.signing.evidence.chain import Event, note
from portal.signing.orders.terms import Terms
from portal.signing.tables import Order, OrderKind


async def go_on(envelope: UUID, at: datetime) -> bool:
    """False: it went on already, or is not signed. The WHERE is the lock."""
    async with transaction():
        async with connection() as connected:
            started = await connected.fetchval(START, envelope, at)
        if started is None:
            return False
        order = await order_of(started)
        await set_off(order, at)
        await note(envelope, Event.WENT_ON, at, order=order.number, kind=order.kind)
        return True


async def set_off(order: Order, at: datetime) -> None:
    if order.switch is not None:
        await beginning.signed(order.switch, at)
    if order.kind == OrderKind.EXTENSION and order.contract is not None and order.committed_until is not None:
        await extend(order)


async def extend(order: Order) -> None:
    terms = Terms.of(order)
    since = terms.commitment_from or day_of(order.placed_at)
    bound = (order.contract, since, order.committed_until, order.benefit_cents, terms.commitment_months)
    async with connection() as connected:
        await connected.execute(EXTEND, *bound)


START = """
    UPDATE orders SET went_on_at = $2
    FROM envelopes e
    WHERE e.id = $1 AND e."order" = orders.id AND e.state = 'signed' AND orders.went_on_at IS NULL
    RETURNING orders.id
"""
EXTEND = """
    UPDATE contracts
    SET committed_since = $2, committed_until = $3, benefit_cents = LEAST($4, p.monthly_cents * $5)
    FROM packages p
    WHERE contracts.id = $1 AND p.id = contracts.package
"""
"""What is kept of the benefit is what can be asked back of it: never more than the package costs while it binds, as
the annex says. LEAST leaves out a number of months that is not known.
"""
