"""The rows of a file, one after the other, with memory for one: however long a line is, and packed or not."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

LONGEST_ROW = 16 * 1024 * 1024
"""As long as a company's bill with 100,000 calls; what is longer is no bill."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """`content`: without its line's end; None where it is longer than `LONGEST_ROW`."""

    line: int
    content: bytes | None


class Cut(Exception):
    """A packed file is damaged or ends in its middle: what stood before that has been read."""


def rows_of(stream: BinaryIO) -> Iterator[Row]:
    """Empty lines are counted and left out; a BOM at the start and CRLF are no part of a row."""
    line = 0
    while content := limited(stream):
        line += 1
        if len(content) == LONGEST_ROW and not content.endswith(b"\n"):
            read_past(stream)
            yield Row(line, None)
        elif stripped := (content.removeprefix(BYTE_ORDER_MARK) if line == 1 else content).strip(b" \t\r\n"):
            yield Row(line, stripped)


def limited(stream: BinaryIO) -> bytes:
    try:
        return stream.readline(LONGEST_ROW)
    except (EOFError, OSError, zlib.error) as damage:
        raise Cut(str(damage)) from damage


def read_past(stream: BinaryIO) -> None:
    """The rest of a line that is too long."""
    while (rest := limited(stream)) and not rest.endswith(b"\n"):
        pass


@contextmanager
def opened(name: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The stream of rows, and the file whose position says how far it is: the same one, unless it is packed (.gz)."""
    if name == "-":
        yield sys.stdin.buffer, sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        if name.endswith(".gz"):
            with gzip.open(file) as unpacked:
                yield cast(BinaryIO, unpacked), file
        else:
            yield file, file
