"""An import to be killed: `python -m tests.usage.arriving.killable_import FILE`, in chunks of a few rows."""

from __future__ import annotations

import asyncio
import os
import sys

from portal.database import open_database
from portal.ndjson.rows import opened, rows_of
from portal.usage.arriving import importing
from tests.people import NOON


async def run(file: str) -> None:
    importing.CHUNK = 5
    async with open_database(os.environ["DATABASE_URL"], 2):
        with opened(file) as (stream, _):
            async for _ in importing.import_usage(rows_of(stream), lambda: NOON):
                pass


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
