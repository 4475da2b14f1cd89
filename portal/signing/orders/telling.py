"""What customers are told of orders that have no envelope; of those that have one, the envelope tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.messaging.sending import Told, send_email
from portal.signing.orders.terms import Terms
from portal.signing.tables import Order


async def tell_without_signature(order: Order, at: datetime) -> None:
    """Source: click2sign.txt, «Izjema»: a change without financial impact is done without a signature, and says so."""
    changes = [change.model_dump() for change in Terms.of(order).changes]
    await tell(order, "order_without_signature", {"changes": changes}, at)


async def tell_not_identified(order: Order, at: datetime) -> None:
    """Video identification failed, or was not done in time: what becomes of the order."""
    await tell(order, "order_not_identified", {"how": order.identification, "instead": order.instead}, at)


async def tell(order: Order, template: str, values: dict[str, Any], at: datetime) -> None:
    told = Told(template, order.language, values, customer=order.customer, once=f"{template}:{order.id}")
    await send_email(told, order.email, at=at)
