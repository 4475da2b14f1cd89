"""What staff is told of orders, each thing once: what is blocked, declined, over, or not identified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from portal.messaging.sending import Told, send_email
from portal.settings import settings
from portal.signing.tables import Order
from portal.statements import Statement

log = structlog.get_logger()

LANGUAGE = "sl"
"""In which staff works."""


class Occasion(StrEnum):
    BLOCKED = "blocked"
    DECLINED = "declined"
    EXPIRED = "expired"
    IDENTIFICATION_FAILED = "identification_failed"
    IDENTIFICATION_MISSED = "identification_missed"


@dataclass(frozen=True, slots=True)
class Story:
    """What an order and its envelope, if there is one, say of themselves."""

    customer: str
    customer_name: str
    blocked_as: str | None
    blocked_at: datetime | None
    decline_reason: str | None
    decline_words: str | None
    identified_as: str | None


async def tell_staff(order: Order, what: Occasion, at: datetime) -> None:
    """By e-mail to `STAFF_EMAIL`, in the running transaction, which has written what happened already."""
    story = await STORY.first(order=order.id)
    assert story is not None, "the order is written"
    log.info("order needs staff", order=order.number, what=what)
    if settings().staff_email is None:
        return
    told = Told("signing_staff", LANGUAGE, values(order, what, story), once=once(order.id, what, story))
    await send_email(told, settings().staff_email or "", at=at)


def values(order: Order, what: Occasion, story: Story) -> dict[str, str | None]:
    return {
        "what": what,
        "order": order.number,
        "kind": order.kind,
        "customer": story.customer,
        "customer_name": story.customer_name,
        "signatory": order.signatory,
        "instead": order.instead,
        "blocked_as": story.blocked_as,
        "reason": story.decline_reason,
        "words": story.decline_words,
        "reference": story.identified_as,
    }


def once(order: UUID, what: Occasion, story: Story) -> str:
    """What was unblocked can be blocked once more, and that is news."""
    again = f":{story.blocked_at.isoformat()}" if what == Occasion.BLOCKED and story.blocked_at else ""
    return f"signing_staff:{order}:{what}{again}"


STORY = Statement(
    """
    SELECT c.number AS customer, c.name AS customer_name, e.blocked_as, e.blocked_at, e.decline_reason, e.decline_words,
           o.identified_as
    FROM orders o JOIN customers c ON c.id = o.customer LEFT JOIN envelopes e ON e."order" = o.id WHERE o.id = $1
    """,
    Story,
    ("order",),
)
