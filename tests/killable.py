"""A worker to be killed: `python -m tests.killable`. Its job notes each beginning and each end in `worker_marks`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal import jobs, worker
from portal.database import connection

MARK = "INSERT INTO worker_marks (mark) VALUES ($1)"
LET_GO = "SELECT EXISTS (SELECT FROM worker_marks WHERE mark = 'let go')"


@jobs.job("tests.hold")
async def hold() -> None:
    """Takes until the test lets go."""
    await mark("began")
    while not await is_let_go():  # noqa: ASYNC110 - the test is another process
        await asyncio.sleep(0.05)
    await mark("ended")


async def mark(what: str) -> None:
    async with connection() as connected:
        await connected.execute(MARK, what)


async def is_let_go() -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(LET_GO))


if __name__ == "__main__":
    worker.DEAD_AFTER = timedelta(seconds=2)
    asyncio.run(worker.work())
