"""How far the demo's clock is ahead of the machine's: eight bytes of a file that each of its processes has mapped.

Reading them costs nothing, and whoever is told to begin by another process sees them already. See
docs/decisions/sandbox.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from mmap import mmap
from pathlib import Path

from portal import clock
from portal.database import connection, transaction
from portal.settings import ROOT

FOLDER = ROOT / "var" / "sandbox-clock"
BYTES = 8
NONE = timedelta()


class Offset:
    """The file behind it outlives the demo's processes: a demo that starts again goes on where it stood."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.truncate(BYTES)
            self.shared = memoryview(mmap(file.fileno(), BYTES)).cast("q")

    @property
    def ahead(self) -> timedelta:
        return timedelta(microseconds=self.shared[0])

    def set(self, ahead: timedelta) -> None:
        """One store of eight aligned bytes: nobody reads half of it."""
        self.shared[0] = ahead // timedelta(microseconds=1)

    def now(self) -> datetime:
        return clock.system() + self.ahead


async def follow() -> Offset:
    """From now on this process lives by the demo's clock."""
    offset = await of_this_database()
    clock.use(offset.now)
    return offset


async def of_this_database() -> Offset:
    """A clock belongs to the people who live by it: databases beside each other have one each."""
    async with connection() as connected:
        return Offset(FOLDER / await connected.fetchval(WHICH))


async def move_to(moment: datetime) -> None:
    """Move the clock forward for everybody. What ran by it yesterday, and is no customer's, runs on as long."""
    offset = await of_this_database()
    by = moment - offset.now()
    if by <= NONE:
        return
    async with transaction() as connected:
        for statement in TAKEN_ALONG:
            await connected.execute(statement, by)
    offset.set(offset.ahead + by)


WHICH = "SELECT system_identifier || '-' || current_database() FROM pg_control_system()"
# Whoever is signed in stays so: sessions first, so that no request in between finds its own too old. The queue goes
# by the database's time: what waits there for its hour waits so much less.
TAKEN_ALONG = (
    """
    UPDATE sessions SET created_at = created_at + $1::interval, seen_at = seen_at + $1,
        idle_ends_at = idle_ends_at + $1, ends_at = ends_at + $1, stepped_up_at = stepped_up_at + $1
    WHERE ended_at IS NULL
    """,
    "UPDATE devices SET created_at = created_at + $1::interval, seen_at = seen_at + $1",
    "UPDATE pgqueuer SET execute_after = execute_after - $1::interval WHERE status = 'queued'",
)
