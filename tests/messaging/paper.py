"""A letter as it lies on the table: its words and where each character stands."""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2

MM = 25.4 / 72


@dataclass(frozen=True)
class Box:
    """In millimetres from the sheet's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def touches(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Character:
    is_: str
    box: Box


class Sheet:
    """One side of paper."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        read = page.get_textpage()
        self.width, self.height = (side * MM for side in page.get_size())
        self.text = read.get_text_bounded().replace("\r\n", "\n")
        self.characters = [
            Character(read.get_text_range(index, 1), self.box(read.get_charbox(index)))
            for index in range(read.count_chars())
            if read.get_text_range(index, 1).strip()
        ]

    def box(self, found: tuple[float, float, float, float]) -> Box:
        left, bottom, right, top = (edge * MM for edge in found)
        return Box(left, self.height - top, right, self.height - bottom)

    def within(self, box: Box) -> str:
        """What stands wholly in a box, without blanks."""
        return "".join(one.is_ for one in self.characters if box.holds(one.box))

    def touching(self, box: Box) -> str:
        return "".join(one.is_ for one in self.characters if box.touches(one.box))

    def ends_of(self, character: str) -> list[float]:
        """How far to the right each such character reaches."""
        return [round(one.box.right, 1) for one in self.characters if one.is_ == character]


def sheets(pdf: bytes) -> list[Sheet]:
    read = pypdfium2.PdfDocument(pdf)
    return [Sheet(page) for page in read]


def text_of(pdf: bytes) -> str:
    """Everything on it, each run of blanks as one."""
    return " ".join(" ".join(sheet.text for sheet in sheets(pdf)).split())
