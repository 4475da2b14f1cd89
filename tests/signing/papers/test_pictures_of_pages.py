"""A page as a picture: the width that was asked for, small, with what stands on it in its colours."""

from __future__ import annotations

import asyncio
import struct
import zlib

import pypdfium2
import pytest

from portal.signing.papers.images import WIDTHS, page_png
from tests.pictures import chunks_of
from tests.signing.papers.papers import contract_of, ordered

MOST = {360: 25_000, 720: 90_000, 1080: 150_000, 1440: 220_000, 2160: 350_000}
INK, TINT = (0, 87, 102), (238, 252, 255)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return contract_of(ordered(amount_cents=131_976)).pdf


@pytest.mark.parametrize("width", WIDTHS)
async def test_it_is_as_wide_as_asked_as_high_as_a4_and_small(pdf: bytes, width: int) -> None:
    picture = await page_png(pdf, 1, width)

    [(name, header), *_] = chunks_of(picture)
    assert name == b"IHDR"
    wide, high = struct.unpack(">II", header[:8])
    assert wide == width
    assert abs(high - width * 297 / 210) < 2
    assert len(picture) < MOST[width]


async def test_it_has_the_colours_of_the_page(pdf: bytes) -> None:
    colours = colours_of(await page_png(pdf, 1, 720))

    assert {(0, 0, 0), (255, 255, 255), INK, TINT} <= colours


async def test_no_pixel_is_far_from_what_was_drawn(pdf: bytes) -> None:
    width = 360
    drawn = pypdfium2.PdfDocument(pdf)[0].render(scale=width / (210 * 72 / 25.4), prefer_bgrx=True)
    pixels = bytes(drawn.buffer)
    shown = pixels_of(await page_png(pdf, 1, width), width)

    far = [
        n
        for n, (red, green, _) in enumerate(shown)
        if abs(red - pixels[4 * n + 2]) > 9 or abs(green - pixels[4 * n + 1]) > 40
    ]
    assert len(shown) == len(pixels) // 4
    assert far == []


async def test_many_at_once_are_what_one_at_a_time_is(pdf: bytes) -> None:
    one = await page_png(pdf, 1, 360)

    assert set(await asyncio.gather(*(page_png(pdf, 1, 360) for _ in range(8)))) == {one}


@pytest.mark.parametrize("page", [0, -1, 9])
async def test_a_page_that_is_not_there_is_no_picture(pdf: bytes, page: int) -> None:
    with pytest.raises(IndexError):
        await page_png(pdf, page, 720)


async def test_only_a_few_widths_are_made(pdf: bytes) -> None:
    with pytest.raises(ValueError, match="99999"):
        await page_png(pdf, 1, 99_999)


def pixels_of(picture: bytes, width: int) -> list[tuple[int, ...]]:
    chunks = dict(chunks_of(picture))
    rows, palette = zlib.decompress(chunks[b"IDAT"]), chunks[b"PLTE"]
    indices = b"".join(rows[at + 1 : at + 1 + width] for at in range(0, len(rows), width + 1))
    return [tuple(palette[3 * n : 3 * n + 3]) for n in indices]


def colours_of(picture: bytes) -> set[tuple[int, ...]]:
    return set(pixels_of(picture, 720))
