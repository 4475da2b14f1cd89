"""A message is decided with the fact it tells of, and reaches the phone once."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest
from jinja2 import UndefinedError

from portal import clock
from portal.database import connection, transaction
from portal.messaging import gateways
from portal.messaging.delivering import deliver
from portal.messaging.gateways import GatewayUnavailable, MessageExpired
from portal.messaging.sending import Told, send_sms
from portal.messaging.tables import Message, MessageState
from portal.sandbox.phone import SandboxPhone
from portal.settings import ROOT
from tests.messaging.trouble import CutAfterYes, PowerCut, Refusing, Troubled
from tests.people import NOON
from tests.working import waiting, work_off
from tests.world import texts

MOBILE = "+38641555100"


async def decide(*, once: str | None = None, secret_until: timedelta | None = None) -> None:
    async with transaction():
        told = Told(
            "reconnected",
            "sl",
            {"code": "123456"} if secret_until else {},
            once=once,
            is_secret=secret_until is not None,
            expires_at=NOON + secret_until if secret_until else clock.now() + timedelta(days=1),
        )
        await send_sms(told, MOBILE, at=NOON)


async def the_message() -> Message:
    [message] = await Message.objects()
    return message


async def the_state() -> str:
    return (await the_message()).state


@pytest.fixture(autouse=True)
def world(database: str, phone: SandboxPhone) -> None:
    """An empty database and a phone."""


async def test_it_arrives_and_what_was_sent_is_kept() -> None:
    await decide()

    await work_off()

    message = await the_message()
    assert message.state == MessageState.SENT
    assert await texts(MOBILE) == [message.body]
    assert message.body.startswith("Hvala, plačilo je knjiženo")


async def test_it_is_gone_with_a_transaction_that_fails() -> None:
    with pytest.raises(RuntimeError):
        async with transaction():
            await decide()
            raise RuntimeError

    assert not await Message.exists()
    assert await waiting() == []


async def test_one_fact_is_told_once() -> None:
    await decide(once="reconnected 1")
    await decide(once="reconnected 1")
    await decide(once="reconnected 2")

    await work_off()

    assert len(await texts(MOBILE)) == 2


async def test_of_a_secret_nothing_is_kept() -> None:
    await decide(secret_until=timedelta(days=999))

    await work_off()

    message = await the_message()
    assert message.state == MessageState.SENT
    assert (message.body is None, message.values) == (True, "{}")


async def test_it_waits_while_the_gateway_is_away(phone: SandboxPhone) -> None:
    gateways.use_sms(Troubled(phone, GatewayUnavailable("at lunch"), GatewayUnavailable("gone for lunch")))
    await decide()

    await work_off()
    assert await the_state() == MessageState.QUEUED
    await work_off(later=True)
    assert await texts(MOBILE) == []
    assert (await the_message()).reason == "gone for lunch"
    await work_off(later=True)

    message = await the_message()
    assert message.state == MessageState.SENT
    assert not message.reason
    assert message.attempts == 3
    assert len(await texts(MOBILE)) == 1


async def test_a_code_is_not_sent_after_it_expired(phone: SandboxPhone) -> None:
    gateways.use_sms(Troubled(phone, GatewayUnavailable("away")))
    await decide(secret_until=timedelta(minutes=5))
    message = await the_message()

    with pytest.raises(Exception, match="away"):
        await deliver(message.id, NOON)
    await deliver(message.id, NOON + timedelta(minutes=5))

    message = await the_message()
    assert message.state == MessageState.EXPIRED
    assert message.values == "{}"
    assert await texts(MOBILE) == []


async def test_one_that_the_gateway_cannot_bring_in_time_expires(phone: SandboxPhone) -> None:
    gateways.use_sms(Troubled(phone, MessageExpired("less than a minute was left")))
    await decide(secret_until=timedelta(days=999))

    await work_off()

    message = await the_message()
    assert (message.state, message.reason) == (MessageState.EXPIRED, "less than a minute was left")
    assert message.values == "{}"
    assert await waiting() == []
    assert await texts(MOBILE) == []


async def test_a_refused_one_ends() -> None:
    gateways.use_sms(Refusing())
    await decide(secret_until=timedelta(days=999))

    await work_off()

    message = await the_message()
    assert message.state == MessageState.REFUSED
    assert message.values == "{}"
    assert await waiting() == []


async def test_what_cannot_be_written_has_not_left_and_is_tried_again() -> None:
    async with transaction():
        await send_sms(Told("pre_suspension", "sl", is_secret=True), MOBILE, at=clock.now())

    with pytest.raises(UndefinedError):
        await work_off()

    message = await the_message()
    assert (message.state, message.reason) == (MessageState.QUEUED, "cannot be written: UndefinedError")
    assert await waiting() == ["messaging.deliver_code"]


async def test_ten_workers_at_once_send_it_once(phone: SandboxPhone) -> None:
    gateway = CutAfterYes(phone, is_idempotent=False)
    gateway.taken = 1
    gateways.use_sms(gateway)
    await decide()
    message = await the_message()

    await asyncio.gather(*(deliver(message.id, NOON) for _ in range(10)))

    assert gateway.taken == 2
    assert len(await texts(MOBILE)) == 1
    assert await the_state() == MessageState.SENT


async def killed_after_the_yes(message: UUID) -> None:
    with pytest.raises(PowerCut):
        await deliver(message, NOON)


async def test_an_unsure_one_is_never_sent_again_by_itself(phone: SandboxPhone) -> None:
    gateway = CutAfterYes(phone, is_idempotent=False)
    gateways.use_sms(gateway)
    await decide()
    message = await the_message()

    await killed_after_the_yes(message.id)
    await work_off()
    await work_off(later=True)

    assert await the_state() == MessageState.UNKNOWN
    assert gateway.taken == 1


async def test_a_gateway_that_knows_references_is_asked_again(phone: SandboxPhone) -> None:
    gateway = CutAfterYes(phone, is_idempotent=True)
    gateways.use_sms(gateway)
    await decide()
    message = await the_message()

    await killed_after_the_yes(message.id)
    await work_off()

    assert await the_state() == MessageState.SENT
    assert gateway.taken == 2
    assert len(await texts(MOBILE)) == 1


async def test_a_code_left_in_the_middle_is_not_repeated_once_it_expired(phone: SandboxPhone) -> None:
    gateways.use_sms(CutAfterYes(phone, is_idempotent=True))
    await decide(secret_until=timedelta(minutes=5))
    message = await the_message()

    await killed_after_the_yes(message.id)
    await deliver(message.id, NOON + timedelta(minutes=6))

    message = await the_message()
    assert message.state == MessageState.UNKNOWN
    assert message.values == "{}"


async def test_without_a_gateway_it_waits() -> None:
    gateways.use_sms(None)
    await decide()

    await work_off()

    assert await the_state() == MessageState.QUEUED
    assert await waiting() == ["messaging.deliver"]


async def test_what_waited_in_a_backup_does_not_leave_again_once_the_readme_was_followed() -> None:
    await decide(secret_until=timedelta(days=999))
    [statement] = re.findall(
        r"^    (UPDATE messages .*?;)$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )

    async with connection() as connected:
        await connected.execute(statement)
    await work_off()

    message = await the_message()
    assert (message.state, message.values) == (MessageState.UNKNOWN, "{}")
    assert await texts(MOBILE) == []
    assert await waiting() == []
