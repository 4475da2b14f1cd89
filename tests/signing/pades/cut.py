"""Taking a signed PDF apart by hand, without the library that made it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from asn1crypto import parser

RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]")


@dataclass(frozen=True)
class Part:
    """One signature: what it covers, its CMS (DER), and where in the file its place begins and ends."""

    covered: bytes
    cms: bytes
    begins: int
    ends: int


def parts(pdf: bytes) -> list[Part]:
    """Those of a signed copy: seal, customer's signature, archive time stamp."""
    return [part(pdf, *map(int, found.groups())) for found in RANGE.finditer(pdf)]


def part(pdf: bytes, start: int, length: int, again: int, rest: int) -> Part:
    written = bytes.fromhex(pdf[length + 1 : again - 1].decode())
    covered = pdf[start : start + length] + pdf[again : again + rest]
    return Part(covered, written[: parser.peek(written)], length, again)


def revisions(pdf: bytes) -> list[bytes]:
    """The file as it was after each part that was appended: the document, sealed, signed, archived."""
    return [pdf[: found.end()] for found in re.finditer(rb"%%EOF\r?\n?", pdf)]
