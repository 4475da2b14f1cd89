"""A portal and its worker in one process that log all they can: `python -m tests.talkative json|readable`.

People sign in, and whatever can fail fails. The codes that were issued are written to standard output, the log goes to
standard error.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import structlog

import app
from portal import clock, jobs, logs
from portal.database import connection, transaction
from portal.messaging.sending import Told, send_email, send_sms
from portal.settings import settings
from tests.people import Person, a_person
from tests.visiting import Page, Visitor
from tests.working import a_worker

CODE = "482913"
PATIENCE = 30
BREAK_A_RULE = "INSERT INTO limit_counters (key, began_at, times) VALUES ($1, now(), NULL)"

issued: list[str] = [CODE]


@jobs.job("tests.break_a_rule", attempts=0)
async def break_a_rule(code: str) -> None:
    async with connection() as connected:
        await connected.execute(BREAK_A_RULE, f"code {code}")


@jobs.job("tests.choke", attempts=0)
async def choke(code: str) -> None:
    async with connection() as connected:
        await connected.fetchval("SELECT $1::int", code)


class Gateway:
    """Answers in Kannel's place with the next of `answers`; None: it hangs up without a word."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).decode()
                issued.extend(re.findall(r"#(\d{6})", parse_qs(urlsplit(asked.split()[1]).query)["text"][0]))
                said = self.answers.pop(0) if self.answers else b"202 Accepted"
                if said is None:
                    break
                writer.write(b"HTTP/1.1 %s\r\ncontent-length: 9\r\n\r\nForbidden" % said)
        writer.close()


async def main() -> None:
    gateway = Gateway()
    port = urlsplit(settings().sms_gateway_url or "").port
    server = await asyncio.start_server(gateway.answer, "127.0.0.1", port)
    async with app.database(None), a_worker():
        log_everything(is_readable=sys.argv[1] == "readable")
        asyncio.get_running_loop().set_debug(True)
        await signs_in(await a_person("Ana Kos"))
        gateway.answers = [b"403 Forbidden", None, b"500 Oh"]
        for name in ("Bojan Kralj", "Cvetka Zupan", "Dejan Novak"):
            await asks(await a_person(name))
        server.close()
        await asks(await a_person("Eva Hribar"))
        await breaks_everything(await a_person("Filip Gorenc"))
    sys.stdout.write(" ".join(issued))


def log_everything(*, is_readable: bool) -> None:
    logging.getLogger().handlers.clear()
    logs.configure(readable=is_readable)
    logging.getLogger().setLevel(logging.DEBUG)


async def signs_in(person: Person) -> None:
    async with Visitor(app.create_app()) as visitor:
        page = await asked_by(visitor, person)
        await until(lambda: there("SELECT true FROM messages WHERE state = 'sent'"))
        wrong = f"{(int(issued[-1]) + 1) % 1_000_000:06d}"
        page = await visitor.submit(page.form_to("/sign-in/code"), code=wrong, status=400)
        await visitor.submit(page.form_to("/sign-in/code"), code=issued[-1], status=303, follow=False)


async def asks(person: Person) -> None:
    """And the gateway does something bad with the code."""
    assert person.login is not None
    whose = person.login.id
    async with Visitor(app.create_app()) as visitor:
        await asked_by(visitor, person)
    tried = "SELECT true FROM messages WHERE login_id = $1 AND attempts > 0 AND state <> 'sending'"
    await until(lambda: there(tried, whose))


async def asked_by(visitor: Visitor, person: Person) -> Page:
    return await visitor.submit((await visitor.get("/sign-in")).form, identifier=person.customer.contact_number)


async def breaks_everything(person: Person) -> None:
    """Templates without their values or with wrong ones, rules of the database, a mail server that knows us not."""
    at, number = clock.now(), person.customer.contact_number
    async with transaction():
        await send_sms(Told("sign_in_code", "sl", {"digits": CODE}, is_secret=True), number, at=at)
        await send_sms(Told("pre_suspension", "sl", {"total": CODE, "days": CODE}, is_secret=True), number, at=at)
        await send_email(Told("contact_code", "sl", {"code": CODE}, is_secret=True), "eva@example.test", at=at)
        await jobs.enqueue("tests.break_a_rule", code=CODE)
        await jobs.enqueue("tests.choke", code=CODE)
    await until(lambda: there("SELECT count(*) = 2 FROM pgqueuer WHERE status = 'failed'"))
    await until(lambda: there("SELECT count(*) = 0 FROM messages WHERE state = 'queued' AND attempts = 0"))
    try:
        await break_a_rule(CODE)
    except Exception:
        structlog.get_logger().exception("broken")
        logging.getLogger("somebody").exception("broken")
    await asyncio.wait({asyncio.ensure_future(choke(CODE))})  # and nobody asks what became of it


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110 - the worker tells nobody
            await asyncio.sleep(0.02)


async def there(question: str, *values: object) -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(question, *values))


if __name__ == "__main__":
    asyncio.run(main())
