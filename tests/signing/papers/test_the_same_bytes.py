"""The same order gives the same bytes, on any machine and on any day."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.signing.papers.sheet import SORTS
from portal.signing.tables import DocumentKind, OrderKind
from tests.signing.papers.papers import ordered, papers_of

HASHES = """
from tests.signing.papers.papers import ordered, papers_of
print(" ".join(paper.sha256.hex() for paper in papers_of(ordered())))
"""


def test_another_process_on_another_day_makes_the_same_bytes() -> None:
    with clock.stopped_at(datetime(2031, 1, 1, tzinfo=UTC)):
        ours = [paper.sha256.hex() for paper in papers_of(ordered())]

    theirs = subprocess.run([sys.executable, "-c", HASHES], capture_output=True, text=True, check=True).stdout.split()

    assert ours == theirs


def test_another_order_makes_others() -> None:
    later = ordered().order.placed_at + timedelta(seconds=1)

    assert {paper.sha256 for paper in papers_of(ordered())}.isdisjoint(
        paper.sha256 for paper in papers_of(ordered(placed_at=later))
    )


@pytest.mark.parametrize("language", ["sl", "en"])
@pytest.mark.parametrize("kind", OrderKind)
def test_each_is_a_tagged_pdf_a_3a_of_the_moment_of_the_order(kind: OrderKind, language: str) -> None:
    for paper in papers_of(ordered(kind, language=language)):
        assert hashlib.sha256(paper.pdf).digest() == paper.sha256
        for mark in (
            b"<pdfaid:part>3</pdfaid:part>",
            b"<pdfaid:conformance>A</pdfaid:conformance>",
            b"/StructTreeRoot",
            b"/MarkInfo<</Marked true",
            b"/H1",
            b"/Lang(sl-SI)" if language == "sl" else b"/Lang(en)",
            b"<xmp:CreateDate>2026-11-21T11:00:00",
            f">{paper.title}</rdf:li>".encode(),
        ):
            assert mark in paper.pdf, mark


def test_each_names_the_edition_it_is_kept_with() -> None:
    for paper in papers_of(ordered()):
        assert paper.edition == SORTS[paper.kind].edition
        assert len(paper.edition) <= 20
    assert set(SORTS) == set(DocumentKind)
