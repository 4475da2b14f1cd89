"""The first pass over a file: all of it is read and held to its own sums before anything of it is booked.

What it tells of is laid aside on the disk, and from there it is booked: whatever happens to the file meanwhile, what
was checked is what is booked, and no memory grows with it.
"""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from portal.payments.bank.movements import Movement
from portal.payments.bank.reading import Reader
from portal.payments.bank.unsafe import refuse_unsafe

LONGEST_FILE_NAME = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """`laid_aside`: its movements, gone when it is closed. `skipped`: what is not for us to book, by why."""

    name: str
    sha256: str
    message: str
    entries: int
    movements: int
    skipped: Counter[str]
    laid_aside: BinaryIO

    def chunks(self, size: int) -> Iterator[list[Movement]]:
        self.laid_aside.seek(0)
        movements = (pickle.load(self.laid_aside) for _ in range(self.movements))  # noqa: S301 - we wrote it ourselves
        while chunk := list(islice(movements, size)):
            yield chunk


class Digested:
    """A file whose bytes are summed up as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.sha256.update(piece)
        return piece


def check(path: Path, ours: frozenset[str]) -> Checked:
    """Raises StatementRefused, or OSError where `path` cannot be read."""
    laid_aside = tempfile.TemporaryFile(prefix="portal-bank-")  # noqa: SIM115 - the caller's to close
    try:
        with path.open("rb") as file:
            refuse_unsafe(file)
            digested = Digested(file)
            reader = Reader(digested, ours)
            count = lay_aside(reader, laid_aside)
    except BaseException:
        laid_aside.close()
        raise
    return Checked(
        name=path.name[-LONGEST_FILE_NAME:],
        sha256=digested.sha256.hexdigest(),
        message=reader.message,
        entries=reader.entries,
        movements=count,
        skipped=reader.skipped,
        laid_aside=laid_aside,
    )


def lay_aside(reader: Reader, file: BinaryIO) -> int:
    count = 0
    for movement in reader:
        pickle.dump(movement, file, pickle.HIGHEST_PROTOCOL)
        count += 1
    return count
