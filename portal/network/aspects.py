"""What of a line is ordered from the network: what of it is barred, or how its services are set.

Each aspect has orders of its own, and the network is asked about it in its own way. All else is the same for both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from portal import audit
from portal.database import transaction
from portal.jobs import ORDINARY, enqueue
from portal.network.orders import O, OrderTable
from portal.network.tables import BarringOrder, OrderState, ServiceOrder

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Aspect(Generic[O, R]):
    """Of the order O, and of the report R on a line.

    `sending` and `looking` name the jobs that carry out an order and that look at a line again.
    """

    orders: OrderTable[O]
    sending: str
    looking: str
    refusal: audit.Event
    apply: Callable[[O], Awaitable[str | None]]
    report_on: Callable[[str], Awaitable[R]]
    note: Callable[[UUID, R, datetime], Awaitable[None]]
    is_as_ordered: Callable[[R, O], bool]
    order_again: Callable[[O, datetime], Awaitable[object]]
    follow: Callable[[O, OrderState], Awaitable[None]]
    """What comes after an order was confirmed or refused, in that transaction."""


async def place(aspect: Aspect[O, R], orders: Sequence[BarringOrder | ServiceOrder], *about: str) -> None:
    """Supersede what is open about the same, and send these. `about`: what of the lines, where it is not all."""
    lines = [order.line for order in orders]
    async with transaction() as connected:
        await connected.execute(HOLD, lines)
        await connected.execute(aspect.orders.sql(SUPERSEDE), lines, *about)
        for order in orders:
            await order.save()
            await send_soon(aspect, order.id)


async def send_soon(aspect: Aspect[O, R], order: UUID, priority: int = ORDINARY) -> None:
    """Once: a job of this order that waits will see what the order has become."""
    await enqueue(aspect.sending, once=f"{aspect.sending} {order}", priority=priority, order=str(order))


# Two who order for the same line do it one after the other, always in the order of the ids.
HOLD = "SELECT id FROM lines WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE"
SUPERSEDE = "UPDATE {table} o SET state = 'superseded' WHERE o.line = ANY ($1){about} AND o.state IN {open}"
