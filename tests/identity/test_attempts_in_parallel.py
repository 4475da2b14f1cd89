"""Two hundred guesses at once, at two servers: no more than five are looked at."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import httpx

from portal.audit import AuditEntry, Event
from portal.identity import asking
from portal.identity.browsers import Browser
from portal.identity.tables import Session, SignInCode
from portal.settings import ROOT
from tests.identity.phones import wrong
from tests.people import Person

GUESSES = 200


@asynccontextmanager
async def server(database_url: str) -> AsyncIterator[str]:
    """The portal in a process of its own; yields its origin."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    environment = os.environ | {"PORTAL_URL": origin, "PORTAL_SANDBOX": "1", "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "app:create_app", "--no-ws"]
    process = await asyncio.create_subprocess_exec(
        *command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error", cwd=ROOT, env=environment
    )
    try:
        await ready(origin)
        yield origin
    finally:
        process.terminate()
        await process.wait()


async def ready(origin: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{origin}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def guess(client: httpx.AsyncClient, origin: str, cookies: str, code: str) -> int:
    page = await client.get(f"{origin}/sign-in/code", headers={"cookie": cookies})
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = await client.post(
        f"{origin}/sign-in/code",
        data={"csrf_token": token.group(1), "code": code},
        headers={"cookie": cookies, "origin": origin},
    )
    return answer.status_code


async def test_two_servers_look_at_five_of_two_hundred_codes(database: str, bojan: Person) -> None:
    challenge = await asking.ask(
        str(bojan.customer.contact_number),
        Browser(address="203.0.113.7", user_agent=""),
        remember=False,
        at=datetime.now(UTC),
    )
    (asked,) = await SignInCode.objects()
    cookies = f"__Host-visit=visit; __Host-challenge={challenge}"
    async with AsyncExitStack() as servers:
        origins = [await servers.enter_async_context(server(database)) for _ in range(2)]
        client = await servers.enter_async_context(httpx.AsyncClient(timeout=30))
        turns = [origins[turn % 2] for turn in range(GUESSES)]
        statuses = await asyncio.gather(*(guess(client, origin, cookies, wrong(asked.digits)) for origin in turns))
        late = await guess(client, origins[0], cookies, asked.digits)

    assert (statuses.count(400), statuses.count(429)) == (5, GUESSES - 5)
    assert late == 429
    assert await AuditEntry.count().where(AuditEntry.event == Event.SIGN_IN_REFUSED) == 5
    assert not await Session.exists()
