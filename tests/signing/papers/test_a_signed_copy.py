"""The signed copy of a document looks as it was shown, with both stamps in the places that were kept for them."""

from __future__ import annotations

import pytest

from portal import clock
from portal.signing.pades.signing import Wanted, sign
from portal.signing.papers.images import WIDTHS, pixels
from portal.signing.papers.pdfium import opened
from portal.signing.papers.place import CUSTOMER_BOX, OPERATOR_BOX, Box
from portal.signing.papers.text import read
from portal.signing.pki.authority import authority
from portal.signing.tables import OrderKind
from tests.signing.pades.conftest import ana_signs, shared_timestamper, timestamper
from tests.signing.pades.timestamper import OpenSsl
from tests.signing.papers.papers import ordered, papers_of

__all__ = ["ana_signs", "shared_timestamper", "timestamper"]

A4_HIGH, WIDTH = 841.89, WIDTHS[1]
SCALE = WIDTH / 595.28


@pytest.fixture
def change() -> bytes:
    return papers_of(ordered(OrderKind.CHANGE))[0].pdf


def inked(pdf: bytes, box: Box) -> int:
    """How many pixels of a box on the last page are dark."""
    left, bottom, right, top = box
    with opened(pdf) as document:
        drawn, _ = pixels(document, len(document) - 1, WIDTH)
    rows = range(round((A4_HIGH - top) * SCALE) + 2, round((A4_HIGH - bottom) * SCALE) - 2)
    columns = slice(round(left * SCALE) * 4, round(right * SCALE) * 4, 4)
    return sum(level < 128 for row in rows for level in drawn[row * WIDTH * 4 :][: WIDTH * 4][columns])


def test_both_stamps_are_seen_where_nothing_was(change: bytes, ana_signs: Wanted, timestamper: OpenSsl) -> None:
    copy = sign([change], ana_signs, authority(), timestamper.url, clock.now).pdfs[0]

    assert [inked(change, box) for box in (CUSTOMER_BOX, OPERATOR_BOX)] == [0, 0]
    assert all(inked(copy, box) > 100 for box in (CUSTOMER_BOX, OPERATOR_BOX))
    assert copy.startswith(change)
    assert read(copy)[0][: len(read(change)[0])] == read(change)[0]
