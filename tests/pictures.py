"""A PNG as levels of grey, which is all that a reader of QR codes wants of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 6: 4}
"""By colour type: grey, colours, colours and how much they cover."""


def grey(png: bytes) -> memoryview:
    """Rows of bytes, 0 is black. Of colours only the green is taken, of grey also one bit a pixel."""
    chunks = list(chunks_of(png))
    width, height, depth, colours = struct.unpack(">IIBB", chunks[0][1][:10])
    bits = depth * CHANNELS[colours]
    packed = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    rows = unfiltered(packed, -(-width * bits // 8), max(1, bits // 8))
    levels = b"".join(unpacked(row, width) if depth == 1 else row[CHANNELS[colours] // 2 :: bits // 8] for row in rows)
    return memoryview(levels).cast("B", (height, width))


def chunks_of(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    assert png.startswith(SIGNATURE)
    at = len(SIGNATURE)
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        yield name, png[at + 8 : at + 8 + size]
        at += size + 12


def unfiltered(packed: bytes, row_size: int, step: int) -> Iterator[bytes]:
    """Each row says how it was foretold from its left and upper neighbours (PNG, 9)."""
    above = bytes(row_size)
    for at in range(0, len(packed), row_size + 1):
        kind, row = packed[at], bytearray(packed[at + 1 : at + 1 + row_size])
        for n in range(row_size):
            left, upper, corner = (row[n - step], above[n], above[n - step]) if n >= step else (0, above[n], 0)
            row[n] = (row[n] + (0, left, upper, (left + upper) // 2, paeth(left, upper, corner))[kind]) % 256
        above = bytes(row)
        yield above


def paeth(left: int, upper: int, corner: int) -> int:
    guess = left + upper - corner
    return min((left, upper, corner), key=lambda near: abs(guess - near))


def unpacked(row: bytes, width: int) -> bytes:
    return bytes(255 * (row[n // 8] >> (7 - n % 8) & 1) for n in range(width))
