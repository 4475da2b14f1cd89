"""What a person was sent, and the page on which they see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.messaging.tables import Channel, Message, MessageState
from tests.people import NOON, Person, saved
from tests.visiting import Page

MESSAGES = "/account/messages"
TEXT = "Spoštovani, zapadlo je 86,45 EUR.\nPlačate lahko tu: https://moj.test"


async def sent(to: Person, **different: Any) -> Message:
    usual: dict[str, Any] = {
        "channel": Channel.SMS,
        "recipient": "+38641123456",
        "template": "pre_suspension",
        "language": "sl",
        "body": TEXT,
        "customer": to.customer.id,
        "state": MessageState.DELIVERED,
        "created_at": NOON - timedelta(hours=1),
        "sent_at": NOON - timedelta(minutes=59),
        "delivered_at": NOON - timedelta(minutes=58),
    }
    return await saved(Message(**usual | different))


def titles(page: Page) -> list[str]:
    return ["".join(node.itertext()) for node in page.all("main .row b")]
