"""Importing a file of the bank: checked whole, then booked a few hundred movements at a time.

Whoever dies over it has lost nothing and doubled nothing: each chunk is one transaction, and the next import of the
same file finds what is there.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog

from portal.alone import alone
from portal.audit import Event, note
from portal.database import connection, transaction
from portal.money import Money
from portal.payments.allocating import BillMoved
from portal.payments.bank.checking import Checked, check
from portal.payments.bank.movements import Movement
from portal.payments.bank.refused import StatementRefused
from portal.payments.bank.storing import Stored, store
from portal.payments.bank.tables import BankFile, EntryState
from portal.settings import settings

log = structlog.get_logger()

Progress = Callable[[int, int], None]
"""How many movements are done, and of how many."""

CHUNK = 500
LOCK = 4_071_2029
"""Any number: one process imports at a time."""
MOST_TRIES = 5
PASSING = (BillMoved, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, asyncpg.UniqueViolationError)
"""Somebody else was quicker: what they did is seen the next time."""


class ImportingAlready(Exception):
    """Another process is at it."""


class Undone(Exception):
    """Takes back a chunk that was only to be looked at."""

    def __init__(self, became: list[Stored]) -> None:
        super().__init__()
        self.became = became


@dataclass
class Imported:
    """What became of a file. `stored`: by what became of each movement, how many and how much."""

    message: str
    entries: int
    skipped: Counter[str]
    stored: dict[Stored, Sum] = field(default_factory=dict)

    def add(self, what: Stored, cents: int) -> None:
        known = self.stored.setdefault(what, Sum())
        known.count += 1
        known.cents += cents

    @property
    def booked(self) -> Sum:
        return self.stored.get(Stored(EntryState.BOOKED), Sum())

    @property
    def known(self) -> Sum:
        return self.stored.get(Stored(None), Sum())

    @property
    def waiting(self) -> dict[str, Sum]:
        """By why."""
        return {
            what.why: one for what, one in sorted(self.stored.items(), key=lambda item: item[0].why or "") if what.why
        }


@dataclass
class Sum:
    """How many, and how much in cents, of whatever currency."""

    count: int = 0
    cents: int = 0

    @property
    def amount(self) -> Money:
        return Money(self.cents)


async def import_file(
    path: Path, *, by: str, at: datetime, is_dry: bool = False, progress: Progress | None = None
) -> Imported:
    """Raises StatementRefused with nothing changed, ImportingAlready, or OSError where the file cannot be read.

    `is_dry`: nothing is kept, and a movement is looked at as if those of other chunks were not there.
    """
    async with alone(LOCK, ImportingAlready("the bank's files are being imported already")):
        checked = await asyncio.to_thread(check, path, accounts())
        with checked.laid_aside:
            file = None if is_dry else await noted(checked, by, at)
            done = await book_all(checked, file, at, progress or (lambda _, __: None))
        if not is_dry:
            log.info("statement imported", file=checked.name, booked=done.booked.count, known=done.known.count)
        return done


def accounts() -> frozenset[str]:
    if not settings().our_ibans:
        raise StatementRefused("it is not said which accounts are ours: set BANK_IBANS or PAYEE_IBAN")
    return settings().our_ibans


async def noted(checked: Checked, by: str, at: datetime) -> UUID:
    """The row of the file, once by what it holds."""
    row = BankFile(
        sha256=checked.sha256,
        name=checked.name,
        message=checked.message,
        entries=checked.entries,
        imported_at=at,
        imported_by=by[:60],
    )
    async with transaction() as connected:
        if await BankFile.insert(row).on_conflict(BankFile.sha256, "DO NOTHING").returning(BankFile.id):
            await note(Event.BANK_FILE_IMPORTED, file=str(row.id), sha256=row.sha256, entries=row.entries, by=by)
            return row.id
        known: UUID = await connected.fetchval("SELECT id FROM bank_files WHERE sha256 = $1", checked.sha256)
    return known


async def book_all(checked: Checked, file: UUID | None, at: datetime, progress: Progress) -> Imported:
    """The second pass."""
    done, finished = Imported(checked.message, checked.entries, checked.skipped), 0
    for chunk in checked.chunks(CHUNK):
        for what, movement in zip(await tried(chunk, file, done.message, at), chunk, strict=True):
            done.add(what, movement.cents)
        finished += len(chunk)
        progress(finished, checked.movements)
    return done


async def tried(chunk: Sequence[Movement], file: UUID | None, message: str, at: datetime) -> list[Stored]:
    for tries in range(1, MOST_TRIES + 1):
        try:
            return await booked(chunk, file, message, at)
        except PASSING as passing:
            if tries == MOST_TRIES:
                raise
            log.warning("a chunk of a statement is tried again", reason=type(passing).__name__)
    raise AssertionError


async def booked(chunk: Sequence[Movement], file: UUID | None, message: str, at: datetime) -> list[Stored]:
    """One chunk, all or nothing. Without a file it is taken back."""
    try:
        async with transaction() as connected:
            became = await store(connected, chunk, file or await a_file(message, at), message, at)
            keep_unless(file is None, became)
    except Undone as undone:
        return undone.became
    return became


def keep_unless(is_dry: bool, became: list[Stored]) -> None:
    if is_dry:
        raise Undone(became)


async def a_file(message: str, at: datetime) -> UUID:
    """Of a transaction that is taken back."""
    row = BankFile(sha256="", name="", message=message, entries=0, imported_at=at, imported_by="")
    await BankFile.insert(row)
    return row.id


async def newest_import() -> datetime | None:
    async with connection() as connected:
        newest: datetime | None = await connected.fetchval("SELECT max(imported_at) FROM bank_files")
    return newest
