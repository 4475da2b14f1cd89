"""Decides on messages in the database of the environment: `python -m tests.faults.decide COUNT`."""

from __future__ import annotations

import asyncio
import sys

from portal import clock
from portal.database import open_database, transaction
from portal.messaging.sending import Told, send_sms
from portal.settings import settings


def number_of(n: int) -> str:
    """Nobody's in the demo."""
    return f"+38651{n:06d}"


async def decide(count: int) -> None:
    url = settings().database_url
    assert url is not None
    async with open_database(url.get_secret_value(), 2), transaction():
        for n in range(count):
            await send_sms(Told("reconnected", "sl"), number_of(n), at=clock.now())


if __name__ == "__main__":
    asyncio.run(decide(int(sys.argv[1])))
