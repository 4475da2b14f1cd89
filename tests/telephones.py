"""What came to the telephones, read from what `fakesmsc` writes down: a line for each part of an SMS."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

GOT = re.compile(r"Got message \d+: <(.*)>$", re.MULTILINE)
LINE = re.compile(r"(?P<sender>.*?) (?P<to>\+?\d+) (?P<kind>text|data|ucs-2|udh) (?P<rest>.*)")


@dataclass(frozen=True)
class Arrived:
    """One SMS on one phone, its parts joined; `of`: how many there are of it in all."""

    sender: str
    to: str
    text: str
    parts: int = 1
    of: int = 1


def lines_in(said: str) -> list[str]:
    """What it got, of all that it said."""
    return GOT.findall(said)


def joined(lines: list[str]) -> list[Arrived]:
    """What fakesmsc wrote, as telephones show it, whichever part came first.

    A text with line breaks stands there as so many lines.
    """
    found: list[Parts] = []
    for line in lines:
        if read := LINE.fullmatch(line):
            show(found, read["sender"], read["to"], read["kind"], read["rest"])
        else:
            found[-1].go_on(f"\n{line}")
    return [parts.whole for parts in found]


@dataclass
class Parts:
    """Of one SMS; `reference` is None where it has but one."""

    sender: str
    to: str
    reference: int | None
    of: int
    texts: dict[int, str] = field(default_factory=dict)
    last: int = 1

    def add(self, part: int, text: str) -> None:
        self.texts[part] = text
        self.last = part

    def go_on(self, text: str) -> None:
        self.texts[self.last] += text

    @property
    def whole(self) -> Arrived:
        text = "".join(self.texts[part] for part in sorted(self.texts))
        return Arrived(self.sender, self.to, text, parts=len(self.texts), of=self.of)


def show(found: list[Parts], sender: str, to: str, kind: str, rest: str) -> None:
    header, _, payload = rest.partition(" data ") if kind == "udh" else ("", "", rest)
    text = payload if kind == "text" else decoded(unquote_to_bytes(payload.replace("+", " ")), kind)
    reference, of, part = unquote_to_bytes(header)[3:6] or (None, 1, 1)
    whole = next((one for one in found if reference is not None and is_part_of(one, sender, to, reference, part)), None)
    if whole is None:
        found.append(whole := Parts(sender, to, reference, of))
    whole.add(part, text)


def is_part_of(one: Parts, sender: str, to: str, reference: int, part: int) -> bool:
    return (one.sender, one.to, one.reference) == (sender, to, reference) and part not in one.texts


def decoded(payload: bytes, kind: str) -> str:
    """A part of a long text does not say its alphabet; the upper bytes of UCS-2 are no characters of GSM-7."""
    is_ucs2 = kind == "ucs-2" or any(byte < ord("\n") for byte in payload)
    return payload.decode("utf-16-be" if is_ucs2 else "utf-8")
