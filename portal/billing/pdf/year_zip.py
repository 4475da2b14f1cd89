"""Files as one zip that is written while it is sent: of its content only one file is ever in memory.

Nothing is compressed, because PDFs are already; so its size is known before, and each file's own before its content,
as readers of streams want it. Source: PKWARE's APPNOTE 6.3, 4.3.6 to 4.3.16.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date

LOCAL_HEADER, CENTRAL_HEADER, END = 30, 46, 22
READABLE = 0o100644


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the zip. `size`: of the content that will come, in bytes."""

    name: str
    day: date
    size: int


def size_of(entries: Iterable[Entry]) -> int:
    """Of the whole zip, in bytes."""
    return END + sum(LOCAL_HEADER + CENTRAL_HEADER + 2 * len(entry.name.encode()) + entry.size for entry in entries)


async def zipped(files: AsyncIterator[tuple[Entry, bytes]]) -> AsyncIterator[bytes]:
    """The zip, a file at a time. The same files make the same bytes."""
    passing = Passing()
    archive = zipfile.ZipFile(passing, "w")
    async for entry, content in files:
        archive.writestr(described(entry), content)
        yield passing.taken()
    archive.close()
    yield passing.taken()


def described(entry: Entry) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.name, (entry.day.year, entry.day.month, entry.day.day, 0, 0, 0))
    info.external_attr = READABLE << 16
    return info


class Passing(io.BytesIO):
    """A file from whose beginning what is written is taken away. What is not taken yet can be gone back in: zipfile
    writes a file's sum and size into its header afterwards.
    """

    gone = 0

    def taken(self) -> bytes:
        content = self.getvalue()
        self.gone += len(content)
        super().seek(0)
        self.truncate()
        return content

    def tell(self) -> int:
        return self.gone + super().tell()

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        return self.gone + super().seek(place - self.gone, whence)
