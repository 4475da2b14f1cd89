"""The files of proofs, in PROOFS_DIR, outside of what is served: each named by its row's id and readable by us alone.

A file is whole on the disk before its row is written, so no row is without one. What a crash between the two leaves
behind is swept away. A disk is waited for in a thread.
"""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID

from portal.settings import Settings, settings

P = ParamSpec("P")
T = TypeVar("T")

FOLDER_MODE, FILE_MODE = 0o700, 0o600
OURS = re.compile(r"\.?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.part)?")
LONGEST_NAME = 120
LONGEST_EXTENSION = 5
NAMELESS = "potrdilo"


async def keep(proof: UUID, content: bytes, at: datetime) -> None:
    await on_disk(write, proof, content, at)


async def content_of(proof: UUID) -> bytes:
    """Raises FileNotFoundError where the folder has lost it."""
    return await on_disk(place_of(proof).read_bytes)


async def discard(proof: UUID) -> None:
    """Whole or in part."""
    for path in (part_of(proof), place_of(proof)):
        await on_disk(path.unlink, missing_ok=True)


async def written_between(since: datetime, before: datetime) -> list[UUID]:
    """Whose files, whole or in part, were last written then."""
    return await on_disk(find, since.timestamp(), before.timestamp())


async def on_disk(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    return await asyncio.to_thread(work, *arguments, **named)


def write(proof: UUID, content: bytes, at: datetime) -> None:
    """Under its name it is whole or not there. Its time is ours, which in the demo is not the disk's."""
    folder = make_ready()
    part = part_of(proof)
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(opened)
    os.utime(part, (at.timestamp(), at.timestamp()))
    part.rename(place_of(proof))
    sync(folder)


def make_ready() -> Path:
    """Only the default folder is made: where a mounted one is missing, nothing is written beneath its mount point."""
    folder = settings().proofs_dir
    if folder == Settings.model_fields["proofs_dir"].default:
        folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    return folder


def place_of(proof: UUID) -> Path:
    return settings().proofs_dir / str(proof)


def part_of(proof: UUID) -> Path:
    return settings().proofs_dir / f".{proof}.part"


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def find(since: float, before: float) -> list[UUID]:
    """What else lies in the folder is not ours."""
    named = [(entry, OURS.fullmatch(entry.name)) for entry in os.scandir(make_ready())]
    return [UUID(name[1]) for entry, name in named if name and since <= entry.stat().st_mtime < before]


def clean_name(name: str, extension: str) -> str:
    """What a customer called a file, as it may be shown: one line without folders, marks that turn its direction or
    dots at its ends, and with the extension of what it is.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in last)
    stem = without_extension(" ".join(shown.split()).strip(" ."))
    room = LONGEST_NAME - len(extension) - 1
    return f"{stem[:room].strip(' .') or NAMELESS}.{extension}"


def without_extension(name: str) -> str:
    """A day at the end is none."""
    stem, _, ending = name.rpartition(".")
    is_one = ending.isalnum() and not ending.isdigit() and len(ending) <= LONGEST_EXTENSION
    return stem if stem and is_one else name
