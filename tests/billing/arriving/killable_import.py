"""An import to be killed: `python -m tests.billing.arriving.killable_import FILE`, in chunks of a few documents."""

from __future__ import annotations

import asyncio
import os
import sys

from portal.billing.arriving import importing
from portal.database import open_database
from portal.ndjson.rows import opened, rows_of
from portal.payments.following_bills import follow_bills
from tests.people import NOON, TODAY


async def run(file: str) -> None:
    importing.CHUNK = 5
    async with open_database(os.environ["DATABASE_URL"], 2):
        with opened(file) as (stream, _):
            async for _ in importing.import_documents(rows_of(stream), follow_bills, today=TODAY, at=NOON):
                pass


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
