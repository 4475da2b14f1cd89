"""A failure is written down with its place and its kind, and without the values it happened to."""

from __future__ import annotations

import logging

import asyncpg
import pytest

from portal import failures, logs
from portal.database import connection
from portal.settings import Settings
from tests.test_settings import RIGHT

CODE, NUMBER = "482913", "+38641555100"


async def broken_rule() -> None:
    async with connection() as connected:
        await connected.execute("CREATE TEMPORARY TABLE rules (code text CHECK (length(code) < 2), number text)")
        try:
            await connected.execute("INSERT INTO rules VALUES ($1, $2)", CODE, NUMBER)
        finally:
            await connected.execute("DROP TABLE rules")


async def wrong_argument() -> None:
    async with connection() as connected:
        await connected.fetchval("SELECT $1::int", CODE)


async def unreadable_argument() -> None:
    async with connection() as connected:
        await connected.fetchval("SELECT $1::text::uuid", f"abc {CODE} def")


async def no_number() -> None:
    int(f"{CODE}x")


async def wrapped() -> None:
    try:
        await wrong_argument()
    except asyncpg.DataError as first:
        raise RuntimeError(f"could not send {CODE} to {NUMBER}") from first


@pytest.mark.parametrize(
    "work", [broken_rule, wrong_argument, unreadable_argument, no_number, wrapped], ids=lambda work: work.__name__
)
async def test_nothing_that_it_choked_on_is_told(database: str, work: object) -> None:
    with pytest.raises(Exception) as caught:
        await work()  # type: ignore[operator]

    told = failures.told(caught.value)

    assert CODE in str(caught.value)
    assert CODE not in told
    assert NUMBER[1:] not in told
    assert f"in {work.__name__}" in told  # type: ignore[attr-defined]
    assert type(caught.value).__name__ in told


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (RuntimeError("the database is not open"), "RuntimeError: the database is not open"),
        (KeyError("code"), "KeyError: 'code'"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("no message 0197a1b2-0000-7000-8000-1234567890ab"), None),
        (FileNotFoundError(2, "No such file", "/srv/moj/templates/messages/nothing/sms.txt"), None),
    ],
)
def test_what_helps_is_kept(failure: Exception, words: str | None) -> None:
    assert failures.words(failure) == (words or f"{type(failure).__name__}: {failure}")


async def test_a_broken_rule_is_named(database: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await broken_rule()

    assert 'violates check constraint "rules_code_check"' in failures.words(caught.value)


def test_each_of_a_group_is_told() -> None:
    told = failures.told(ExceptionGroup("two", [ValueError("first"), TypeError(f"second {CODE}")]))

    assert "ValueError: first" in told
    assert "TypeError: second …" in told


def test_our_own_keys_are_written_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Settings(
        **RIGHT | {"sms_gateway_password": "kannel & co", "database_url": "postgresql://moj:p%40ss-word@db"}
    )
    monkeypatch.setattr(logs, "settings", lambda: known)
    logs.secrets.cache_clear()
    write = logs.written_by(logs.as_json)

    line = write(None, "info", {"event": "GET http://sms/?password=kannel+%26+co", "tried": "p@ss-word p%40ss-word"})

    logs.secrets.cache_clear()
    assert line == '{"event":"GET http://sms/?password=…","tried":"… …"}'


def test_libraries_do_not_tell_of_the_wire() -> None:
    logs.silence_libraries()

    assert not any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in ("httpx", "httpcore.http11"))
