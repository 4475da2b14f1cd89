"""What a document says, as a screen reader is told it: headings, paragraphs and rows in their order.

It is read from the PDF itself, by its tags: so it is the text of these very bytes, and what only decorates a page (its
header, its footer, its lines) is left out. Source: ISO 32000-1, 14.7 and 14.8.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from portal.signing.papers.pdfium import opened

Element = Any
"""PDFium's handle of a tag."""
HEADINGS = {f"H{level}" for level in range(1, 7)}
TEXTS = {"P", "Span", "LBody", "TH", "TD"}


class PassageKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


class Passage(NamedTuple):
    """A row of a table is written out: `Paket L, Na mesec: 34,99 €, Enkratno: –`."""

    kind: PassageKind
    text: str


async def text_of(pdf: bytes) -> list[str]:
    """Of each page, a line for each passage."""
    return ["\n".join(passage.text for passage in page) for page in await passages_of(pdf)]


async def passages_of(pdf: bytes) -> list[list[Passage]]:
    """Of each page, in the order of reading."""
    return await asyncio.to_thread(read, pdf)


def read(pdf: bytes) -> list[list[Passage]]:
    with opened(pdf) as document:
        return [list(PageRead(document[number]).passages()) for number in range(len(document))]


@dataclass(frozen=True, slots=True)
class Run:
    """Words that were set in one go, and how high they stand."""

    words: str
    bottom: float
    top: float

    def is_below(self, other: Run) -> bool:
        return self.top < (other.bottom + other.top) / 2


class PageRead:
    """One page: its tags, and what is written under each."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
        self.runs: dict[int, list[Run]] = {}
        written = page.get_textpage()
        for shape in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            _left, bottom, _right, top = shape.get_bounds()
            run = Run(words_of(shape, written), bottom, top)
            self.runs.setdefault(pdfium.FPDFPageObj_GetMarkedContentID(shape.raw), []).append(run)

    def passages(self) -> Iterator[Passage]:
        for place in range(pdfium.FPDF_StructTree_CountChildren(self.tree)):
            yield from self.within(pdfium.FPDF_StructTree_GetChildAtIndex(self.tree, place))

    def within(self, element: Element) -> Iterator[Passage]:
        tag = tag_of(element)
        if tag == "Table":
            yield from self.rows(element)
        elif tag in HEADINGS:
            yield from self.passage(PassageKind.HEADING, element)
        elif tag in TEXTS:
            yield from self.passage(PassageKind.ITEM if tag == "LBody" else PassageKind.PARAGRAPH, element)
        elif tag != "Lbl":
            for child in children(element):
                yield from self.within(child)

    def passage(self, kind: PassageKind, element: Element) -> Iterator[Passage]:
        if text := self.text(element):
            yield Passage(kind, text)

    def rows(self, table: Element) -> Iterator[Passage]:
        heads = [row for part in children(table) if tag_of(part) == "THead" for row in children(part)]
        head = [self.text(cell) for row in heads[:1] for cell in children(row)]
        for part in children(table):
            for row in children(part) if tag_of(part) == "TBody" else [part] if tag_of(part) == "TR" else []:
                if text := spoken(head, [self.text(cell) for cell in children(row)]):
                    yield Passage(PassageKind.ROW, text)

    def text(self, element: Element) -> str:
        said, before = "", None
        for run in self.runs_of(element):
            said += " " + run.words if before and run.is_below(before) else run.words
            before = run
        return " ".join(filter(None, said.split(" ")))

    def runs_of(self, element: Element) -> Iterator[Run]:
        for place in range(pdfium.FPDF_StructElement_CountChildren(element)):
            if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, place):
                yield from self.runs_of(child)
            elif (mark := pdfium.FPDF_StructElement_GetChildMarkedContentID(element, place)) >= 0:
                yield from self.runs.get(mark, [])


def spoken(head: list[str], cells: list[str]) -> str:
    """Each cell after the first with the head of its column. Without such heads, labels and facts take turns."""
    if len(head) != len(cells):
        pairs = zip_longest(cells[::2], cells[1::2], fillvalue="")
        return ", ".join(": ".join(filter(None, pair)) for pair in pairs if any(pair))
    named = (f"{title}: {cell}" for title, cell in zip(head[1:], cells[1:], strict=True))
    return ", ".join([cells[0], *named])


def children(element: Element) -> list[Element]:
    count = pdfium.FPDF_StructElement_CountChildren(element)
    found = (pdfium.FPDF_StructElement_GetChildAtIndex(element, place) for place in range(count))
    return [child for child in found if child]


def tag_of(element: Element) -> str:
    return utf_16(lambda buffer, size: pdfium.FPDF_StructElement_GetType(element, buffer, size))


def words_of(shape: pypdfium2.PdfObject, written: pypdfium2.PdfTextPage) -> str:
    return utf_16(
        lambda buffer, size: pdfium.FPDFTextObj_GetText(
            shape.raw, written.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
        )
    )


def utf_16(ask: Callable[[Any, int], int]) -> str:
    """PDFium says first how many bytes it takes, the closing zero included."""
    size = ask(None, 0)
    buffer = ctypes.create_string_buffer(size)
    ask(buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le")
