"""What no job will end is ended: messages whose job was lost or is held, and those that waited too long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.database import connection, transaction
from portal.messaging import gateways
from portal.messaging.delivering import deliver
from portal.messaging.sending import Told, send_letter, send_sms
from portal.messaging.sweeping import sweep
from portal.messaging.tables import Message, MessageState
from portal.sandbox.phone import SandboxPhone
from tests.messaging.trouble import CutAfterYes, PowerCut
from tests.people import NOON
from tests.working import waiting, work_off
from tests.world import texts

MOBILE = "+38641555100"
LATER = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def world(database: str, phone: SandboxPhone) -> None:
    """An empty database and a phone."""


async def decide(*, is_secret: bool = False, until: datetime | None = None) -> Message:
    async with transaction():
        told = Told("reconnected", "sl", {"code": "123456"}, is_secret=is_secret, expires_at=until or LATER)
        await send_sms(told, MOBILE, at=NOON)
    return await the_message()


async def the_message() -> Message:
    [message] = await Message.objects()
    return message


async def lose_jobs() -> None:
    async with connection() as connected:
        await connected.execute("TRUNCATE pgqueuer")


async def hold_jobs() -> None:
    async with connection() as connected:
        await connected.execute("UPDATE pgqueuer SET status = 'failed'")


async def cut_in_the_middle(message: Message) -> None:
    gateways.use_sms(CutAfterYes(gateways.sms_gateway(), is_idempotent=False))
    with pytest.raises(PowerCut):
        await deliver(message.id, NOON)


async def test_without_a_worker_a_code_expires_all_the_same() -> None:
    await decide(is_secret=True, until=NOON + timedelta(minutes=5))

    await sweep(NOON + timedelta(minutes=5))

    message = await the_message()
    assert (message.state, message.values) == (MessageState.EXPIRED, "{}")
    assert message.reason == "too late"


async def test_what_expires_while_its_job_is_held_ends_too() -> None:
    await decide()
    await hold_jobs()

    await sweep(LATER)

    assert (await the_message()).state == MessageState.EXPIRED


async def test_what_still_has_time_is_left_alone() -> None:
    await decide()

    await sweep(NOON)

    assert (await the_message()).state == MessageState.QUEUED
    assert await waiting() == ["messaging.deliver"]


@pytest.mark.parametrize(("is_secret", "job"), [(False, "messaging.deliver"), (True, "messaging.deliver_code")])
async def test_a_message_that_lost_its_job_gets_one_again_and_arrives_once(is_secret: bool, job: str) -> None:
    await decide(is_secret=is_secret, until=datetime.max.replace(tzinfo=NOON.tzinfo))
    await lose_jobs()

    await sweep(NOON)
    await sweep(NOON)
    assert await waiting() == [job]
    await work_off()

    assert len(await texts(MOBILE)) == 1


async def test_a_held_job_stays_held() -> None:
    await decide()
    await hold_jobs()

    await sweep(NOON)

    assert await waiting() == []
    assert (await the_message()).state == MessageState.QUEUED


async def test_left_in_the_middle_without_a_job_it_is_unknown() -> None:
    message = await decide(is_secret=True)
    await cut_in_the_middle(message)
    await lose_jobs()

    await sweep(NOON)
    await work_off()

    message = await the_message()
    assert (message.state, message.reason, message.values) == (MessageState.UNKNOWN, "the worker was lost", "{}")
    assert len(await texts(MOBILE)) == 1


async def test_left_in_the_middle_its_job_decides() -> None:
    await cut_in_the_middle(await decide())

    await sweep(NOON)

    assert (await the_message()).state == MessageState.SENDING


async def test_a_letter_waits_for_its_batch() -> None:
    async with transaction():
        await send_letter(Told("suspended", "sl"), ["Ana Kos", "Glavna ulica 1", "1000 Ljubljana"], at=NOON)

    await sweep(NOON + timedelta(days=365))

    assert (await the_message()).state == MessageState.QUEUED
    assert await waiting() == []


async def test_any_number_are_swept_at_once() -> None:
    async with transaction():
        for _ in range(1_001):
            await send_sms(Told("reconnected", "sl", expires_at=LATER), MOBILE, at=NOON)
    await lose_jobs()

    await sweep(NOON)
    assert len(await waiting()) == 1_001
    await sweep(LATER)

    assert not await Message.exists().where(Message.state == MessageState.QUEUED)
