"""While the gateway is slow, codes and everything that is no message go on; and no page waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from portal import clock, jobs
from portal.database import transaction
from portal.messaging import gateways
from portal.messaging.sending import Told, send_email, send_sms
from portal.messaging.smtp import SmtpServer
from portal.messaging.templates import template
from portal.sandbox.phone import SandboxPhone
from portal.worker import MOST_JOBS_AT_ONCE
from tests.mail_server import HANG, Running, mail_server
from tests.messaging.trouble import Slow
from tests.people import a_person
from tests.visiting import Visitor
from tests.working import PATIENCE, a_worker, claim

MANY, ANA = "+38641555100", "+38641555200"
BULK = MOST_JOBS_AT_ONCE + 6

connected_again = asyncio.Event()


@jobs.job("tests.connect_again")
async def connect_again() -> None:
    connected_again.set()


@pytest.fixture(autouse=True)
def world(database: str, phone: SandboxPhone) -> Iterator[None]:
    """An empty database and a phone."""
    connected_again.clear()
    yield


async def have_sent(to: str, times: int, *, is_secret: bool = False) -> None:
    until = clock.now() + timedelta(minutes=5)
    async with transaction():
        for _ in range(times):
            told = Told("reconnected", "sl", is_secret=is_secret, expires_at=until)
            assert await send_sms(told, to, at=clock.now())


async def have_connected_again() -> None:
    async with transaction():
        await jobs.enqueue("tests.connect_again")


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), PATIENCE)


@pytest_asyncio.fixture
async def slow_mail() -> AsyncIterator[Running]:
    """A mail server that says nothing once it has heard whom a mail is to."""
    async with mail_server() as running:
        running.postbox.answers = {"RCPT": HANG}
        gateways.use_mail(server := SmtpServer(running.at(), "moj@localhost", name="moj.test"))
        yield running
        gateways.use_mail(None)
        await server.close()


async def have_written_codes(times: int) -> None:
    until = clock.now() + timedelta(minutes=5)
    async with transaction():
        for _ in range(times):
            told = Told("contact_code", "sl", template("contact_code").example, is_secret=True, expires_at=until)
            assert await send_email(told, "ana@example.test", at=clock.now())


class Arriving:
    """Tells when a message has arrived on a phone that is not slow."""

    def __init__(self, phone: SandboxPhone) -> None:
        self.phone = phone
        self.is_idempotent = phone.is_idempotent
        self.arrived = asyncio.Event()

    async def send(self, sms: gateways.Sms) -> None:
        await self.phone.send(sms)
        self.arrived.set()


async def test_a_code_overtakes_all_that_hangs_in_a_slow_gateway(phone: SandboxPhone) -> None:
    gateways.use_sms(slow := Slow(arriving := Arriving(phone), MANY))
    await have_sent(MANY, BULK)

    async with a_worker():
        await until(slow.somebody_waits)
        await have_sent(ANA, 1, is_secret=True)
        await until(arriving.arrived)
        assert not slow.let_go.is_set()
        slow.let_go.set()


async def test_a_code_by_sms_leaves_while_codes_by_mail_hang(phone: SandboxPhone, slow_mail: Running) -> None:
    gateways.use_sms(arriving := Arriving(phone))
    await have_written_codes(16)

    async with a_worker():
        await until(slow_mail.postbox.somebody_waits)
        await have_sent(ANA, 1, is_secret=True)
        await until(arriving.arrived)
        assert not slow_mail.postbox.released.is_set()
        slow_mail.postbox.answers.clear()
        slow_mail.postbox.released.set()


async def test_all_that_is_no_message_goes_on_while_messages_and_codes_hang(phone: SandboxPhone) -> None:
    gateways.use_sms(slow := Slow(phone, MANY))
    await have_sent(MANY, BULK)
    await have_sent(MANY, BULK, is_secret=True)

    async with a_worker():
        await until(slow.somebody_waits)
        await have_connected_again()
        await until(connected_again)
        assert not slow.let_go.is_set()
        slow.let_go.set()


async def test_a_code_is_taken_before_what_waited_longer() -> None:
    await have_connected_again()
    await have_sent(MANY, 20)
    await have_sent(ANA, 1, is_secret=True)

    async with transaction() as connected:
        first, *_ = await claim(jobs.worker(connected))

    assert first.entrypoint == "messaging.deliver_code"


async def test_while_the_gateway_hangs_a_page_answers_at_once(phone: SandboxPhone, visit: Visitor) -> None:
    ana = await a_person("Ana Kos")
    number = ana.customer.contact_number
    gateways.use_sms(slow := Slow(phone, number))

    async with a_worker():
        page = await visit.submit((await visit.get("/sign-in")).form, identifier=number)
        assert "Vpišite kodo" in page.text
        await until(slow.somebody_waits)
        assert "Vpišite kodo" in (await visit.get("/sign-in/code")).text
        assert not slow.let_go.is_set()
        slow.let_go.set()
