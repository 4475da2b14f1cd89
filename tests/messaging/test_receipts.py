"""Receipts move a message forward, in whatever order and however often they come, and never back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from portal import clock
from portal.database import transaction
from portal.messaging import gateways
from portal.messaging.delivering import deliver
from portal.messaging.gateways import Sms
from portal.messaging.kannel import reason_of
from portal.messaging.sending import Told, send_sms
from portal.messaging.tables import Channel, Message, MessageState
from tests.kannel_configuration import TOKEN
from tests.people import NOON, saved
from tests.surroundings import surroundings
from tests.visiting import Visitor

ANA = "+38641555100"
DELIVERED, FAILED, BUFFERED, ACCEPTED, REJECTED = "1", "2", "4", "8", "16"
S = MessageState


@pytest.fixture(autouse=True)
def callbacks() -> Iterator[None]:
    with surroundings(SMS_CALLBACK_TOKEN=TOKEN):
        yield


async def a_message(state: MessageState, **more: Any) -> Message:
    message = Message(
        channel=Channel.SMS,
        recipient=ANA,
        template="reconnected",
        language="sl",
        state=state,
        attempts=1,
        created_at=NOON,
        sent_at=NOON if state in (S.SENT, S.DELIVERED, S.FAILED) else None,
        delivered_at=NOON if state == S.DELIVERED else None,
        **more,
    )
    return await saved(message)


async def the(message: Message) -> Message:
    found = await Message.objects().get(Message.id == message.id)
    assert found is not None
    return found


async def tell(visit: Visitor, reference: object, status: str, **more: str) -> httpx.Response:
    told = {"token": TOKEN, "message": str(reference), "status": status} | more
    return await visit.client.get("/sms/receipt", params=told)


STEPS = [
    (S.SENDING, ACCEPTED, S.SENT),
    (S.SENDING, DELIVERED, S.DELIVERED),
    (S.SENDING, FAILED, S.FAILED),
    (S.UNKNOWN, ACCEPTED, S.SENT),
    (S.UNKNOWN, BUFFERED, S.SENT),
    (S.UNKNOWN, DELIVERED, S.DELIVERED),
    (S.UNKNOWN, REJECTED, S.FAILED),
    (S.QUEUED, ACCEPTED, S.SENT),
    (S.QUEUED, DELIVERED, S.DELIVERED),
    (S.QUEUED, FAILED, S.QUEUED),
    (S.SENT, ACCEPTED, S.SENT),
    (S.SENT, BUFFERED, S.SENT),
    (S.SENT, DELIVERED, S.DELIVERED),
    (S.SENT, FAILED, S.FAILED),
    (S.SENT, REJECTED, S.FAILED),
    (S.DELIVERED, ACCEPTED, S.DELIVERED),
    (S.DELIVERED, FAILED, S.DELIVERED),
    (S.DELIVERED, REJECTED, S.DELIVERED),
    (S.FAILED, ACCEPTED, S.FAILED),
    (S.FAILED, BUFFERED, S.FAILED),
    (S.FAILED, DELIVERED, S.DELIVERED),
    (S.REFUSED, REJECTED, S.REFUSED),
    (S.REFUSED, DELIVERED, S.REFUSED),
    (S.EXPIRED, ACCEPTED, S.EXPIRED),
]


@pytest.mark.parametrize(("before", "status", "after"), STEPS)
async def test_a_receipt_moves_forward(visit: Visitor, before: MessageState, status: str, after: MessageState) -> None:
    message = await a_message(before)

    for _ in range(3):
        assert (await tell(visit, message.id, status)).status_code == 200

    assert (await the(message)).state == after


@pytest.mark.parametrize("order", list(permutations([BUFFERED, ACCEPTED, DELIVERED])))
async def test_a_delivered_one_is_delivered_in_whatever_order_it_is_told(
    visit: Visitor, order: tuple[str, ...]
) -> None:
    message = await a_message(S.UNKNOWN)

    with clock.stopped_at(NOON + timedelta(minutes=3)):
        for status in order:
            await tell(visit, message.id, status)

    settled = await the(message)
    assert settled.state == S.DELIVERED
    assert settled.sent_at == settled.delivered_at == NOON + timedelta(minutes=3)


async def test_it_is_known_when_it_was_delivered_and_when_it_was_sent(visit: Visitor) -> None:
    message = await a_message(S.SENT)

    with clock.stopped_at(NOON + timedelta(seconds=9)):
        await tell(visit, message.id, DELIVERED)
    with clock.stopped_at(NOON + timedelta(hours=9)):
        await tell(visit, message.id, DELIVERED)

    settled = await the(message)
    assert settled.sent_at == NOON
    assert settled.delivered_at == NOON + timedelta(seconds=9)


async def test_receipts_at_the_same_moment_leave_the_stronger_one(visit: Visitor) -> None:
    message = await a_message(S.UNKNOWN)

    await asyncio.gather(*(tell(visit, message.id, status) for status in [DELIVERED, ACCEPTED, FAILED] * 4))

    assert (await the(message)).state == S.DELIVERED


async def test_why_it_failed_is_kept_until_it_turns_out_to_have_arrived(visit: Visitor) -> None:
    message = await a_message(S.SENT)

    await tell(visit, message.id, REJECTED, reason="NACK/validity expired")
    assert (await the(message)).reason == "validity expired"

    await tell(visit, message.id, DELIVERED)
    assert (await the(message)).reason is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"NACK/validity expired", "validity expired"),
        (b"NACK/0x0000000b/Invalid Destination Address", "0x0000000b/Invalid Destination Address"),
        (
            b"id:7f3 sub:001 dlvrd:000 submit date:2611220900 done date:2611220905 stat:UNDELIV err:011 text:482913 je",
            "UNDELIV 011",
        ),
        (b"id:7f3 stat:EXPIRED", "EXPIRED"),
        (b"something else text:482913", "something else"),
        (b"", None),
        (b"NACK/", None),
        (b"\xff\xfe", "��"),
    ],
)
def test_of_the_network_s_words_only_those_of_the_failure_are_kept(said: bytes, reason: str | None) -> None:
    assert reason_of(said) == reason


async def test_a_code_keeps_nothing_once_it_is_known_to_be_taken(visit: Visitor) -> None:
    message = await a_message(S.UNKNOWN, is_secret=True, values='{"code": "482913"}')

    await tell(visit, message.id, ACCEPTED)

    assert (await the(message)).values == "{}"


class TellsBeforeItAnswers:
    """As Kannel does when the network is quicker than it: the receipt is here before the answer to us."""

    is_idempotent = False

    def __init__(self, visit: Visitor, *statuses: str) -> None:
        self.visit = visit
        self.statuses = statuses

    async def send(self, sms: Sms) -> None:
        for status in self.statuses:
            await tell(self.visit, sms.reference, status)


@pytest.mark.parametrize(
    ("statuses", "state"), [((DELIVERED, ACCEPTED), S.DELIVERED), ((ACCEPTED,), S.SENT), ((REJECTED,), S.FAILED)]
)
async def test_what_was_sent_is_kept_though_its_receipt_came_first(
    visit: Visitor, statuses: tuple[str, ...], state: MessageState
) -> None:
    gateways.use_sms(TellsBeforeItAnswers(visit, *statuses))
    async with transaction():
        decided = await send_sms(Told("reconnected", "sl"), ANA, at=clock.now())
    assert decided is not None

    await deliver(decided, clock.now())

    gateways.use_sms(None)
    message = await Message.objects().get(Message.id == decided)
    assert message is not None
    assert message.state == state
    assert message.body
    assert message.sent_at is not None


@pytest.mark.parametrize("reference", [uuid4(), "", "1; DROP TABLE messages", "č" * 3000])
async def test_a_receipt_for_nothing_of_ours_is_thanked_for(
    visit: Visitor, reference: UUID | str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await tell(visit, reference, DELIVERED, reason="text:482913")

    assert answer.status_code == 200
    assert answer.content == b""
    assert "482913" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("status", ["", "0", "32", "99", "-1", "%d", "delivered"])
async def test_a_receipt_that_says_nothing_changes_nothing(visit: Visitor, status: str) -> None:
    message = await a_message(S.SENT)

    assert (await tell(visit, message.id, status)).status_code == 200

    assert (await the(message)).state == S.SENT


async def test_a_letter_has_no_receipts(visit: Visitor) -> None:
    message = await a_message(S.QUEUED, id=uuid4())
    await Message.update({Message.channel: Channel.LETTER}).where(Message.id == message.id)

    await tell(visit, message.id, DELIVERED)

    assert (await the(message)).state == S.QUEUED


@pytest.mark.parametrize("path", ["/sms/receipt", "/sms/inbound"])
@pytest.mark.parametrize("token", ["", "?token=", f"?token={TOKEN}x", f"?token={TOKEN[:-1]}", "?token=%C4%8D", "?&&="])
async def test_whoever_does_not_know_the_token_is_not_heard(visit: Visitor, path: str, token: str) -> None:
    message = await a_message(S.SENT)
    joint = "&" if token else "?"

    answer = await visit.client.get(f"{path}{token}{joint}message={message.id}&status=1&id=1&from=%2B38641555100")

    assert answer.status_code == 403
    assert answer.content == b""
    assert (await the(message)).state == S.SENT


@pytest.mark.parametrize("path", ["/sms/receipt", "/sms/inbound"])
async def test_without_a_token_there_is_no_such_address(visit: Visitor, path: str) -> None:
    with surroundings(SMS_CALLBACK_TOKEN=""):
        answer = await visit.client.get(f"{path}?token=")

    assert answer.status_code == 404
