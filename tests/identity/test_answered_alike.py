"""Whether a number is known to us cannot be told from the answer, its status, or what the database has to do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from portal.clock import stopped_at
from portal.database import connection, pool
from portal.identity.tables import Login
from tests.identity.phones import Phones, ask
from tests.people import NOON, Person
from tests.visiting import Page, Visitor
from tests.working import work_off

# What asyncpg asks of its own once a connection, when it first meets a type.
OF_THE_DRIVER = ("typeinfo_tree", "set_config('jit'")
NOBODYS = {"number": "041 999 999", "e-mail": "nobody@example.test", "customer number": "9999999"}


def names_of(person: Person) -> dict[str, str]:
    assert person.login is not None
    return {
        "number": person.login.contact_number,
        "e-mail": person.login.email or "",
        "customer number": person.customer.number,
    }


@asynccontextmanager
async def statements() -> AsyncIterator[list[str]]:
    """The SQL that runs meanwhile, whichever connection runs it."""
    heard: list[str] = []
    loggers = [await pool().acquire() for _ in range(pool().get_max_size())]
    connections = [proxy._con for proxy in loggers]

    def note(query: asyncpg.connection.LoggedQuery) -> None:
        if not any(word in query.query for word in OF_THE_DRIVER):
            heard.append(" ".join(query.query.split()))

    for connected, proxy in zip(connections, loggers, strict=True):
        connected.add_query_logger(note)
        await pool().release(proxy)
    yield heard
    for connected in connections:
        connected.remove_query_logger(note)


async def rows() -> dict[str, int]:
    async with connection() as connected:
        names = await connected.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return {row["name"]: await connected.fetchval(f'SELECT count(*) FROM "{row["name"]}"') for row in names}


def unmasked(page: Page) -> str:
    """A page without what differs each time: tokens, and the name that was typed."""
    html = re.sub(r'name="csrf_token" value="[^"]+"', "", page.html)
    return re.sub(r"[\w+.]*•+[\w@. •]*", "NAME", html)


@pytest.mark.parametrize("kind", NOBODYS)
async def test_asking_failing_and_asking_again_are_alike(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones, kind: str
) -> None:
    await Login.update({Login.email: "bojan@example.test"}, force=True)
    assert bojan.login is not None
    await bojan.login.refresh()
    stories = []
    for browser, name in ((visit, names_of(bojan)[kind]), (stranger, NOBODYS[kind])):
        before = await rows()
        async with statements() as sql:
            with stopped_at(NOON):
                pages = [await ask(browser, name)]
                pages.append(await browser.submit(pages[0].form_to("/sign-in/code"), code="000000", status=400))
            with stopped_at(NOON + timedelta(minutes=1)):
                pages.append(await browser.submit(pages[1].form_to("/sign-in/code/resend")))
        after = await rows()
        added = {table: after[table] - before[table] for table in after if after[table] != before[table]}
        cookies = [sorted(cookie.split("=")[0] for cookie in p.response.headers.get_list("set-cookie")) for p in pages]
        stories.append((list(sql), added, cookies, [unmasked(page) for page in pages]))

    known, unknown = stories
    assert len(known[0]) > 20
    assert known == unknown


@pytest.mark.parametrize("kind", NOBODYS)
async def test_the_pause_after_five_tries_is_alike(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones, kind: str
) -> None:
    await Login.update({Login.email: "bojan@example.test"}, force=True)
    assert bojan.login is not None
    await bojan.login.refresh()
    told = []
    for browser, name in ((visit, names_of(bojan)[kind]), (stranger, NOBODYS[kind])):
        with stopped_at(NOON):
            page = await ask(browser, name)
            answers = [
                await browser.submit(page.form_to("/sign-in/code"), code="000000", status=status)
                for status in (400, 400, 400, 400, 400, 429)
            ]
            asked_again = await ask(browser, name, status=429)
        told.append([unmasked(answer) for answer in (*answers, asked_again)])

    assert told[0] == told[1]
    assert "21. 11. 2026 ob 12.15" in told[0][-1].replace("\xa0", " ")


async def test_nobody_gets_an_sms_for_nobodys_number(visit: Visitor, bojan: Person, phones: Phones) -> None:
    for name in NOBODYS.values():
        await ask(visit, name)

    assert await work_off() == len(NOBODYS)
    assert not phones.received
