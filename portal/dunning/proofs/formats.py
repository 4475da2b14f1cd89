"""What some bytes are, by their structure alone: a name and a browser's word for it say nothing.

Each reader walks through a file as its format is laid out, without decoding it, and returns where it ends. What stands
behind that end (a phone's moving picture, or a file of another kind that hides there) is not kept.
Sources: ISO 32000-1, 7.5 (PDF); ITU-T T.81, annex B (JPEG); W3C PNG 3rd edition, 5; RFC 9649 (WebP);
ISO/IEC 14496-12, 4.2 and 23008-12 (HEIC).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

MOST_PIXELS = 250_000_000
"""More than any phone takes. Whoever opens a picture needs memory for all of them."""

MOST_PARTS = 10_000
"""Segments, chunks or boxes of one picture: a file of nothing else would keep us busy."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that is what it should be. `extension`: by which computers open it."""

    media_type: str
    extension: str
    content: bytes


def recognise(content: bytes) -> Recognised | None:
    """None where it is neither a PDF nor a picture of a kind we take, or is damaged or cut off."""
    for media_type, extension, end_of in FORMATS:
        end = end_of(content)
        if end is not None:
            return Recognised(media_type, extension, content[:end])
    return None


PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")
PDF_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\r\n\t \0]*")
PDF_TABLE = re.compile(rb"\s*xref\s+\d+\s+\d+\s")
PDF_STREAM = re.compile(rb"\s*\d+\s+\d+\s+obj\b")
PDF_ROOT = re.compile(rb"/Root\s+\d+\s+\d+\s+R\b")
PDF_PAGES = re.compile(rb"/Type\s*/(?:Pages|ObjStm)\b")
LONGEST_DICTIONARY = 16_384


def end_of_pdf(content: bytes) -> int | None:
    """It begins at once, its last cross-reference is where it says, names the root, and there are pages."""
    end = PDF_END.match(content, max(content.rfind(b"startxref"), 0))
    if end is None or not PDF_HEADER.match(content):
        return None
    trailer = trailer_at(content, int(end[1]))
    is_whole = trailer is not None and PDF_ROOT.search(content, trailer, trailer + LONGEST_DICTIONARY)
    return end.end() if is_whole and PDF_PAGES.search(content) else None


def trailer_at(content: bytes, place: int) -> int | None:
    """Where the dictionary that names the root begins: behind a table, or that of a cross-reference stream."""
    if PDF_TABLE.match(content, place):
        found = content.find(b"trailer", place)
        return None if found < 0 else found
    stream = PDF_STREAM.match(content, place)
    is_reference = stream and b"/XRef" in content[place : place + LONGEST_DICTIONARY]
    return place if is_reference else None


class Part(NamedTuple):
    """A segment, chunk or box: what lies between `start` and `end` is its content."""

    kind: bytes
    start: int
    end: int


JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_SCAN, JPEG_END = 0xDA, 0xD9
JPEG_MARKER = re.compile(rb"\xff++([^\x00])")
JPEG_SCAN_ENDS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""Within a scan a zero or a restart follows every 0xFF."""


def end_of_jpeg(content: bytes) -> int | None:
    """From its beginning to its end marker, with the size of the picture and at least one scan of it."""
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    seen: set[int] = set()
    for segment in islice(jpeg_segments(content), MOST_PARTS):
        kind = segment.kind[0]
        if kind == JPEG_END:
            return segment.end if JPEG_SCAN in seen and seen & JPEG_FRAMES else None
        if kind in JPEG_FRAMES and not is_picture(
            number(content, segment.start + 5, 2), number(content, segment.start + 3, 2)
        ):
            return None
        seen.add(kind)
    return None


def jpeg_segments(content: bytes) -> Iterator[Part]:
    place = 2
    while marker := JPEG_MARKER.match(content, place):
        start, kind = marker.end(), marker[1]
        place = start if kind[0] == JPEG_END else start + number(content, start, 2)
        if kind[0] == JPEG_SCAN:
            ends = JPEG_SCAN_ENDS.search(content, place)
            place = ends.start() if ends else len(content)
        yield Part(kind, start, place)


PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
PNG_HEADER_SIZE = 13


def end_of_png(content: bytes) -> int | None:
    """Every chunk with its checksum right, from the header to the end."""
    if not content.startswith(PNG_BEGIN):
        return None
    seen: set[bytes] = set()
    for chunk in islice(png_chunks(content), MOST_PARTS):
        if not seen and not is_png_header(content, chunk):
            return None
        seen.add(chunk.kind)
        if chunk.kind == b"IEND":
            return chunk.end + 4 if b"IDAT" in seen else None
    return None


def png_chunks(content: bytes) -> Iterator[Part]:
    """Up to the first that is cut off or damaged."""
    place, looked_at = len(PNG_BEGIN), memoryview(content)
    while place + 12 <= len(content):
        chunk = Part(content[place + 4 : place + 8], place + 8, place + 8 + number(content, place, 4))
        if zlib.crc32(looked_at[place + 4 : chunk.end]) != number(content, chunk.end, 4):
            return
        yield chunk
        place = chunk.end + 4


def is_png_header(content: bytes, chunk: Part) -> bool:
    is_header = chunk.kind == b"IHDR" and chunk.end - chunk.start == PNG_HEADER_SIZE
    return is_header and is_picture(number(content, chunk.start, 4), number(content, chunk.start + 4, 4))


WEBP_STILL = (b"VP8 ", b"VP8L")
VP8_BEGIN = b"\x9d\x01\x2a"
VP8L_BEGIN = 0x2F
FOURTEEN_BITS = 0x3FFF


def end_of_webp(content: bytes) -> int | None:
    end = 8 + number(content, 4, 4, "little")
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or end > len(content):
        return None
    parts = islice(webp_chunks(content, end), MOST_PARTS)
    still = next((part for part in parts if part.kind in WEBP_STILL), None)
    return end if still and is_picture(*webp_size(content, still)) else None


def webp_chunks(content: bytes, end: int) -> Iterator[Part]:
    place = 12
    while place + 8 <= end:
        chunk = Part(content[place : place + 4], place + 8, place + 8 + number(content, place + 4, 4, "little"))
        if chunk.end > end:
            return
        yield chunk
        place = chunk.end + chunk.end % 2


def webp_size(content: bytes, still: Part) -> tuple[int, int]:
    """Width and height; zero where it does not begin as a picture."""
    if still.kind == b"VP8 ":
        if content[still.start + 3 : still.start + 6] != VP8_BEGIN:
            return 0, 0
        width, height = (number(content, still.start + offset, 2, "little") for offset in (6, 8))
        return width & FOURTEEN_BITS, height & FOURTEEN_BITS
    if number(content, still.start, 1) != VP8L_BEGIN:
        return 0, 0
    bits = number(content, still.start + 1, 4, "little")
    return (bits & FOURTEEN_BITS) + 1, (bits >> 14 & FOURTEEN_BITS) + 1


HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis"))
HEIC_SIZE = b"ispe"
HEIC_NEEDS = {b"meta", b"mdat"}


def end_of_heic(content: bytes) -> int | None:
    """Boxes from the first to the last whole one: its brand, what it says of the picture with its size, the picture."""
    boxes = list(islice(heic_boxes(content), MOST_PARTS))
    if not boxes or boxes[0].kind != b"ftyp" or not is_heic(content[boxes[0].start : boxes[0].end]):
        return None
    if not {box.kind for box in boxes} >= HEIC_NEEDS:
        return None
    said = next(box for box in boxes if box.kind == b"meta")
    size = content.find(HEIC_SIZE, said.start, said.end) + len(HEIC_SIZE)
    has_size = size >= len(HEIC_SIZE) and is_picture(number(content, size + 4, 4), number(content, size + 8, 4))
    return boxes[-1].end if has_size else None


def heic_boxes(content: bytes) -> Iterator[Part]:
    place = 0
    while place + 8 <= len(content):
        size, head = number(content, place, 4), 8
        if size == 1:
            size, head = number(content, place + 8, 8), 16
        elif size == 0:
            size = len(content) - place
        if size < head or place + size > len(content):
            return
        yield Part(content[place + 4 : place + 8], place + head, place + size)
        place += size


def is_heic(brands: bytes) -> bool:
    """Among the names of the formats that it keeps to, the second of which is a version."""
    return any(brands[place : place + 4] in HEIC_BRANDS for place in range(0, len(brands), 4) if place != 4)


def is_picture(width: int, height: int) -> bool:
    return width > 0 and height > 0 and width * height <= MOST_PIXELS


def number(content: bytes, place: int, size: int, order: str = "big") -> int:
    """As much of it as is there: behind the end it is zero."""
    return int.from_bytes(content[place : place + size], "little" if order == "little" else "big")


FORMATS: tuple[tuple[str, str, Callable[[bytes], int | None]], ...] = (
    ("application/pdf", "pdf", end_of_pdf),
    ("image/jpeg", "jpg", end_of_jpeg),
    ("image/png", "png", end_of_png),
    ("image/webp", "webp", end_of_webp),
    ("image/heic", "heic", end_of_heic),
)
