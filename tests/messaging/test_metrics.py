"""What is not settled is counted, and how long the oldest waits."""

from __future__ import annotations

from datetime import timedelta

from portal.clock import stopped_at
from portal.messaging.tables import Channel, Message, MessageState
from tests.people import NOON, saved
from tests.visiting import Visitor


async def a_message(state: MessageState, channel: Channel = Channel.SMS, *, minutes: int = 0) -> None:
    at = NOON - timedelta(minutes=minutes)
    await saved(
        Message(state=state, channel=channel, recipient="…", template="reconnected", language="sl", created_at=at)
    )


async def read(visit: Visitor) -> dict[str, float]:
    with stopped_at(NOON):
        said = (await visit.client.get("/metrics")).text
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in said.splitlines() if line[0] != "#"}


async def test_messages_are_counted_by_channel_and_state(visit: Visitor) -> None:
    await a_message(MessageState.UNKNOWN)
    await a_message(MessageState.QUEUED, minutes=7)
    await a_message(MessageState.QUEUED, Channel.LETTER, minutes=600)
    await a_message(MessageState.SENT)

    found = await read(visit)

    assert found['portal_messages_unsettled{channel="sms",state="unknown"}'] == 1
    assert found['portal_messages_unsettled{channel="letter",state="queued"}'] == 1
    assert found["portal_messages_oldest_waiting_seconds"] == 7 * 60

    await Message.delete(force=True)
    found = await read(visit)

    assert found['portal_messages_unsettled{channel="sms",state="unknown"}'] == 0
    assert found["portal_messages_oldest_waiting_seconds"] == 0
