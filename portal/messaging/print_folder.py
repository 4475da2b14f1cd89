"""The folder from which the print house takes letters: a folder a batch, whole or not there at all.

A run writes a batch to its own `.<number>.<run>.part` and moves that to `<number>` when every file of it is on the
disk. Whoever reads the folder, or carries it on into a bucket, leaves alone what begins with a dot.
"""

from __future__ import annotations

import asyncio
import csv
import errno
import io
import json
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import ParamSpec, TypeVar

from portal.settings import Settings, settings

P = ParamSpec("P")
T = TypeVar("T")

FOLDER_MODE, FILE_MODE = 0o750, 0o640
"""Letters are nobody's but the portal's and the print house's."""
CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)
"""What mounted buckets answer when a folder is to be brought to the disk."""
ANY_BATCH = "2[0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]-[0-9]*"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""To a spreadsheet."""


class LettersNotLaidOut(Exception):
    """The folder for letters does not take them; nothing is lost, and the batch goes on where it stood."""


@dataclass(frozen=True, slots=True)
class Item:
    """A letter in the manifest. `recipient`: the lines in the window; `message`: its id here."""

    file: str
    sha256: str
    pages: int
    bytes: int
    recipient: list[str]
    language: str
    template: str
    message: str


@dataclass(frozen=True, slots=True)
class PrintFolder:
    """The two names of a batch's folder: `part` while a run writes it, `place` when it is whole.

    Whoever took over from a run that is not dead, only cut off, is not disturbed by it: each has its own part. Once a
    batch is begun, some part of it stands until one is published, whoever dies in between.
    """

    number: str
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def part(self) -> Path:
        return settings().letters_dir / f".{self.number}.{self.run}.part"

    @property
    def place(self) -> Path:
        return settings().letters_dir / self.number

    def parts(self) -> list[Path]:
        """Of all runs. A folder that cannot be read is an error and not an empty one, as it is to `glob`."""
        begins, ends = f".{self.number}.", ".part"
        found = settings().letters_dir.iterdir()
        return [path for path in found if path.name.startswith(begins) and path.name.endswith(ends)]

    def stands(self) -> bool:
        """Under either name."""
        return self.place.exists() or bool(self.parts())

    def begin(self) -> None:
        """A part for this run. Those of others are moved into it before they are emptied, so that nobody who is still
        at one publishes what is left of it.
        """
        others = self.parts()
        self.part.mkdir(mode=FOLDER_MODE)
        sync(self.part.parent)
        for other in others:
            shutil.rmtree(other.rename(self.part / other.name))
        self.refuse_published()

    def put(self, name: str, content: bytes) -> None:
        written = os.open(self.part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(written, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def list(self, made_at: str, items: Sequence[Item]) -> None:
        """Say what is in it: `manifest.json`, and `manifest.csv` for who prefers tables."""
        self.put("manifest.json", manifest(self.number, made_at, items))
        self.put("manifest.csv", table(items))
        sync(self.part)

    def publish(self) -> None:
        """The moment from which the print house sees it. Nothing else makes the last part of a batch vanish."""
        self.refuse_published()
        self.part.rename(self.place)
        sync(self.place.parent)

    def refuse_published(self) -> None:
        if self.place.exists():
            raise FileExistsError(errno.EEXIST, f"{self.place.name} is there already")

    def settle(self) -> None:
        """Published by a run that may not have come back from it: its name is on the disk, and no part is left."""
        sync(self.place.parent)
        for left in self.parts():
            shutil.rmtree(left)

    def discard(self) -> None:
        shutil.rmtree(self.part)


async def on_disk(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Off the event loop, which a slow disk would hold up. Whatever is wrong with the folder becomes one sentence."""
    try:
        return await asyncio.to_thread(work, *arguments, **named)
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise LettersNotLaidOut(f"letters cannot be laid into {settings().letters_dir}: {reason}") from trouble


def make_ready() -> None:
    """Only the folder that we name ourselves is made: one of the operator's may be a mount that is away just now."""
    folder = settings().letters_dir
    if folder == Settings.model_fields["letters_dir"].default:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is not there; make it, or mount it")


def clear() -> None:
    """Remove every batch, whole or not, and nothing else."""
    folder = settings().letters_dir
    for batch in (*folder.glob(ANY_BATCH), *folder.glob(f".{ANY_BATCH}.part")):
        shutil.rmtree(batch)


def manifest(number: str, made_at: str, items: Sequence[Item]) -> bytes:
    whole = {
        "batch": number,
        "made_at": made_at,
        "operator": settings().payee,
        "letters": len(items),
        "pages": sum(item.pages for item in items),
        "bytes": sum(item.bytes for item in items),
        "items": [asdict(item) for item in items],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def table(items: Sequence[Item]) -> bytes:
    """A line a letter, its recipient in one cell; semicolons, as spreadsheets here expect. JSON is the exact one."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(column.name for column in fields(Item))
    for item in items:
        writer.writerow(map(cell, (asdict(item) | {"recipient": ", ".join(item.recipient)}).values()))
    return lines.getvalue().encode("utf-8-sig")


def cell(value: str | int) -> str | int:
    """No name is a formula: it is marked as text."""
    return f"'{value}" if str(value).startswith(BEGINS_A_FORMULA) else value


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as trouble:
        if trouble.errno not in CANNOT_SYNC:
            raise
    finally:
        os.close(opened)
