"""A nightly run to be killed: `python -m tests.dunning.killable_night 2026-11-21`, in chunks of a few cases."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date

from portal.database import open_database
from portal.dunning import moving, nightly
from tests.dunning.nights import moment


async def run(today: date) -> None:
    moving.CHUNK = 5
    async with open_database(os.environ["DATABASE_URL"], 2):
        await nightly.run(today, moment(today))


if __name__ == "__main__":
    asyncio.run(run(date.fromisoformat(sys.argv[1])))
