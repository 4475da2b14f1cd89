"""A form that brings files, as browsers send it (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from multipart import MultipartParser, parse_options_header

MULTIPART = "multipart/form-data"
MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a browser sent it. `field`: of the form; `name`: as it is called there, which says nothing."""

    field: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form held: its fields in order, and the files that were chosen."""

    fields: list[tuple[str, str]]
    files: list[SentFile]


def read_parts(content_type: str, body: bytes) -> Parts:
    """Raises a ValueError for what no browser sends. A file field in which nothing was chosen is not there."""
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise ValueError("a form of parts says what lies between them")
    memory = len(body) + 1
    parser = MultipartParser(
        BytesIO(body), boundary, strict=True, part_limit=MOST_PARTS, spool_limit=memory, memory_limit=memory
    )
    read = Parts([], [])
    for part in parser:
        if part.filename is None:
            read.fields.append((part.name, part.raw.decode()))
        elif part.filename or part.raw:
            read.files.append(SentFile(part.name, part.filename, part.raw))
    return read
