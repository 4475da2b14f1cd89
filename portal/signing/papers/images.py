"""A page as a picture, for telephones: a PNG of a few colours, small enough for a slow connection.

A page has no more than letters of a few inks on white. So sixteen steps of red and sixteen of blue make an index of 256
colours, in which the green follows from both: a third of the bytes of all colours, with the inks still told apart.
Source: PNG (ISO/IEC 15948), 11.2.
"""

from __future__ import annotations

import asyncio
import struct
import zlib

import pypdfium2

from portal.signing.papers.pdfium import opened

WIDTHS = (360, 720, 1080, 1440, 2160)
"""In pixels, the only ones that are made."""
BLUE, RED, PIXEL = 0, 2, 4
"""Where each stands among the bytes of a pixel."""
GREEN_OF_COLD, GREEN_OF_WARM = 0.85, 0.45
"""How far green is on the way from red to blue: in the ink of headings, and in the brownish one of labels."""
COMPRESSION = 6
INDEXED, DEPTH = 3, 8


async def page_png(pdf: bytes, page: int, width: int) -> bytes:
    """`page`: 1, 2, 3 … `width`: one of WIDTHS. Raises IndexError for a page that is not there, ValueError for a width
    that is not made.
    """
    if width not in WIDTHS:
        raise ValueError(f"no pictures {width} pixels wide are made")
    return await asyncio.to_thread(picture, pdf, page, width)


def picture(pdf: bytes, page: int, width: int) -> bytes:
    with opened(pdf) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"no page {page}")
        drawn, height = pixels(document, page - 1, width)
    return png(width, height, indices(drawn))


def pixels(document: pypdfium2.PdfDocument, page: int, width: int) -> tuple[bytes, int]:
    """Four bytes a pixel, row after row, and how many rows."""
    shown = document[page]
    drawn = shown.render(scale=width / shown.get_width(), prefer_bgrx=True)
    rows = bytes(drawn.buffer)
    return b"".join(rows[at : at + width * PIXEL] for at in range(0, len(rows), drawn.stride)), drawn.height


def indices(drawn: bytes) -> bytes:
    """A byte a pixel: red above, blue below. Whole planes at once, because there are millions."""
    red, blue = drawn[RED::PIXEL].translate(UPPER), drawn[BLUE::PIXEL].translate(LOWER)
    both = int.from_bytes(red, "little") | int.from_bytes(blue, "little")
    return both.to_bytes(len(red), "little")


UPPER = bytes(round(level / 17) << 4 for level in range(256))
LOWER = bytes(round(level / 17) for level in range(256))


def png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, DEPTH, INDEXED, 0, 0, 0)
    unfiltered = b"".join(b"\0" + rows[at : at + width] for at in range(0, len(rows), width))
    chunks = (b"IHDR", header), (b"PLTE", PALETTE), (b"IDAT", zlib.compress(unfiltered, COMPRESSION)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, content) for name, content in chunks)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def colour(index: int) -> bytes:
    red, blue = (index >> 4) * 17, (index & 15) * 17
    green = red + (blue - red) * (GREEN_OF_COLD if blue > red else GREEN_OF_WARM)
    return bytes((red, round(green), blue))


PALETTE = b"".join(map(colour, range(256)))
