"""What a file has to be before it is parsed at all: no archive, no encoding in which markup could hide, and no document
type, with which every entity goes that could grow or reach outside. Its beginning is read as bytes for that.
"""

from __future__ import annotations

import re
from os import SEEK_END
from typing import BinaryIO

from portal.payments.bank.refused import StatementRefused

LARGEST = 1 << 30
"""Bytes: a year of a large operator, and far more than a day."""
BEGINNING = 1 << 16
ARCHIVES = {b"\x1f\x8b": "gzip", b"PK": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z"}
WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
ENCODINGS = frozenset(
    {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1250", "windows-1252"}
)
"""In all of them a letter of ASCII is the byte it looks like, so that a document type cannot hide."""
DECLARED = re.compile(rb"\A\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
ASIDE = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)


def refuse_unsafe(file: BinaryIO) -> None:
    """Leaves the file at its beginning."""
    if file.seek(0, SEEK_END) > LARGEST:
        raise StatementRefused(f"the file is larger than {LARGEST >> 20} MiB")
    file.seek(0)
    refuse_beginning(file.read(BEGINNING))
    file.seek(0)


def refuse_beginning(beginning: bytes) -> None:
    if not beginning.strip():
        raise StatementRefused("the file is empty")
    for magic, name in ARCHIVES.items():
        if beginning.startswith(magic):
            raise StatementRefused(f"this is a {name} archive: unpack it first")
    if beginning.startswith(WIDE):
        raise StatementRefused("line 1: the encoding is none that statements come in; UTF-8 is asked for")
    refuse_encoding(beginning)
    refuse_document_type(beginning.removeprefix(b"\xef\xbb\xbf"))


def refuse_encoding(beginning: bytes) -> None:
    declared = DECLARED.match(beginning.removeprefix(b"\xef\xbb\xbf"))
    if declared is not None and (name := declared.group(1).decode().lower()) not in ENCODINGS:
        raise StatementRefused(f"line 1: the encoding {name} is none that statements come in; UTF-8 is asked for")


def refuse_document_type(beginning: bytes) -> None:
    place = 0
    while aside := ASIDE.match(beginning, place):
        place = aside.end()
    line = beginning.count(b"\n", 0, place) + 1
    if beginning[place : place + 2] == b"<!":
        raise StatementRefused(f"line {line}: a document type (DTD) stands in the file, and no statement needs one")
    if not re.match(rb"<[A-Za-z_]", beginning[place:]):
        raise StatementRefused(f"line {line}: this is no XML")
