"""What customers are told of documents that nobody will sign any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.messaging.sending import Told, send_email
from portal.signing.tables import Document, Order


async def tell_over(template: str, envelope: UUID, order: Order, at: datetime, **values: Any) -> None:
    """That these documents are over, and what becomes of the order: once."""
    titles = await Document.select(Document.title).where(Document.envelope == envelope).order_by(Document.position)
    told = Told(
        template,
        order.language,
        values | {"documents": [one["title"] for one in titles]},
        customer=order.customer,
        once=f"{template}:{envelope}",
    )
    await send_email(told, order.email, at=at)
