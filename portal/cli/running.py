"""What every command needs: settings that are right, and the open database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from pydantic import ValidationError

from portal.settings import Settings, settings

T = TypeVar("T")

POOL = 4


def checked_settings() -> Settings:
    """The settings, or an end with what is wrong with them, one sentence a line."""
    try:
        return settings()
    except ValidationError as invalid:
        raise click.ClickException("\n".join(["The settings are not right:", *sentences(invalid)])) from None


def sentences(invalid: ValidationError) -> list[str]:
    return [line for error in invalid.errors() for line in _sentences(error["loc"], error["msg"])]


def _sentences(place: tuple[int | str, ...], message: str) -> list[str]:
    if place:
        variable = str(place[0]).upper()
        return [f"{variable} is missing" if message == "Field required" else f"{variable}: {message}"]
    return message.removeprefix("Value error, ").split("; ")


def in_database(work: Callable[[], Awaitable[T]], *, is_patient: bool = False) -> T:
    """Run `work` with the database open; `is_patient`: without limits on its statements."""
    from portal.database import open_database  # here: Piccolo takes half a second, which `--help` can do without

    url = checked_settings().database_url

    async def opened() -> T:
        async with open_database(url.get_secret_value() if url else None, POOL, is_patient=is_patient):
            await follow_the_demo()
            return await work()

    return asyncio.run(opened())


async def follow_the_demo() -> None:
    """In the sandbox it is the demo's day, also for commands."""
    if checked_settings().portal_sandbox:
        from portal.sandbox import offset  # here, because production has no use for it

        await offset.follow()
