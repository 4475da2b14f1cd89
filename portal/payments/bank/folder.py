"""The folder into which the bank's files are laid: each is imported and moved to `done/`, or to `refused/` with why.

Whoever is killed between the two leaves a file that is imported again, which changes nothing, and is moved then.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_ISREG

import structlog

from portal import clock
from portal.payments.bank.importing import ImportingAlready, import_file
from portal.payments.bank.refused import StatementRefused
from portal.settings import settings
from portal.whole_folder import sync

log = structlog.get_logger()

DONE, REFUSED = "done", "refused"
UNFINISHED = (".part", ".tmp", ".filepart", ".reason.txt")
STILL = 60.0
"""Seconds for which nobody has written to a file that is taken; one that is renamed into the folder when it is whole is
as old as it is.
"""
IMPORTER = "bank folder"


@dataclass(frozen=True, slots=True)
class Run:
    imported: int
    refused: int


async def import_waiting(at: datetime) -> Run:
    """Import what lies in BANK_DIR, the oldest first. Where that is unset, or somebody else is at it, nothing is done.

    What is not the file's fault, such as a database that is away, leaves it where it is and is raised.
    """
    root = settings().bank_dir
    if root is None:
        return Run(0, 0)
    imported = refused = 0
    for file in await asyncio.to_thread(whole_files, root):
        try:
            is_done = await take(root, file, at)
        except ImportingAlready:
            break
        imported += is_done
        refused += not is_done
    return Run(imported, refused)


def whole_files(root: Path) -> Sequence[Path]:
    """Those to which nobody writes any more, the longest there first. Raises OSError where the folder is not there."""
    now = clock.system().timestamp()
    found = [(entry.stat(follow_symlinks=False), entry) for entry in os.scandir(root) if is_whole_name(entry.name)]
    still = [
        (state.st_mtime, entry.name)
        for state, entry in found
        if S_ISREG(state.st_mode) and now - max(state.st_mtime, 0) >= STILL
    ]
    return [root / name for _, name in sorted(still)]


def is_whole_name(name: str) -> bool:
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED)


async def take(root: Path, file: Path, at: datetime) -> bool:
    """False: it was refused."""
    try:
        done = await import_file(file, by=IMPORTER, at=at)
    except FileNotFoundError:
        return True  # somebody else has moved it
    except StatementRefused as no:
        log.warning("statement refused", file=file.name, reason=str(no))
        await asyncio.to_thread(put, file, root / REFUSED, f"{no}.\n")
        return False
    log.info("statement taken", file=file.name, booked=done.booked.count, waiting=len(done.waiting))
    await asyncio.to_thread(put, file, root / DONE)
    return True


def put(file: Path, folder: Path, reason: str | None = None) -> None:
    """Move it there under a name of its own. The reason stands there before the file does."""
    folder.mkdir(mode=0o750, exist_ok=True)
    place = free_place(folder, file.name)
    if reason is not None:
        place.with_name(f"{place.name}.reason.txt").write_text(reason)
    file.rename(place)
    sync(folder)
    sync(file.parent)


def free_place(folder: Path, name: str) -> Path:
    place, number = folder / name, 1
    while place.exists():
        number += 1
        place = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return place
