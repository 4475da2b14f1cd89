"""Messages that stand in whatever state a test asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import clock
from portal.messaging.tables import Channel, Message, MessageState
from tests.people import saved


async def a_message(state: MessageState, *, age: timedelta = timedelta(), **other: Any) -> Message:
    at = clock.now() - age
    known: dict[str, Any] = {
        "channel": Channel.SMS,
        "recipient": "+38641555100",
        "template": "reconnected",
        "language": "sl",
    } | other
    return await saved(Message(state=state, created_at=at, **known))
