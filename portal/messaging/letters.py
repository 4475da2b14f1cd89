"""A letter on paper: a writing, set by Typst as a tagged PDF/A-3a.

The same letter is the same bytes, whenever and wherever it is set: its day is the letter's own, and Typst derives the
document's identifiers from what stands in it. Fonts are those of the typst wheel, never the machine's.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID

import typst

from portal import clock
from portal.messaging import values
from portal.messaging.letter_blocks import block
from portal.messaging.tables import Channel, Message
from portal.messaging.writing import Writing, write
from portal.settings import ROOT, settings
from portal.web.templating import TEMPLATES, unbroken
from portal.web.wording import long_date, say

SHEET = TEMPLATES / "letters" / "letter.typ"
STANDARD: Final = "a-3a"
DOTS_PER_INCH = 96
"""Of a picture, for screens."""
REGION = {"sl": "SI"}
POSTCODE = re.compile(r"\A\d{4}\s+")
PAGES = re.compile(rb"<xmpTPg:NPages>(\d+)<")


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on the sheets. `address`: its lines, name first; `number`: our reference."""

    writing: Writing
    language: str
    address: Sequence[str]
    number: str
    written_on: date
    customer_number: str | None = None


def letter_of(message: Message) -> Letter:
    """The letter of a message that was decided. Whatever its template cannot do with the values is raised."""
    filled = values.load(message.values)
    return Letter(
        writing=write(message.template, Channel.LETTER, message.language, filled),
        language=message.language,
        address=message.recipient.splitlines(),
        number=number_of(message.id),
        written_on=clock.day_of(message.created_at),
        customer_number=filled.get("customer_number"),
    )


def number_of(message: UUID) -> str:
    """Our reference, `9F3C-21AB-77D0`: the random end of the message's id, short enough to read out."""
    end = message.hex[-12:].upper()
    return f"{end[:4]}-{end[4:8]}-{end[8:]}"


async def pdf_of(letter: Letter) -> bytes:
    """Its PDF. Typst lets go of the interpreter while it works, so a thread keeps the event loop free."""
    return await asyncio.to_thread(typeset, letter)


def typeset(letter: Letter, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """Its PDF, or its first side as a picture. Raises typst.TypstError, for instance when the address does not fit the
    window.
    """
    made: bytes | list[bytes] = typst.compile(
        SHEET,
        root=ROOT,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(sheet(letter), ensure_ascii=False)},
        format=form,
        ppi=DOTS_PER_INCH,
        pdf_standards=STANDARD if form == "pdf" else [],
        timestamp=datetime.combine(letter.written_on, time(), UTC),
    )
    return made[0] if isinstance(made, list) else made


def pages_of(pdf: bytes) -> int:
    """How many sides it has, as its metadata says."""
    said = PAGES.search(pdf)
    if said is None:
        raise ValueError("no PDF of ours")
    return int(said.group(1))


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def sheet(letter: Letter) -> dict[str, Any]:
    """What the Typst template is given."""
    language = letter.language
    return {
        "language": language,
        "region": REGION.get(language),
        "subject": letter.writing.subject,
        "address": letter.address,
        "operator": {"name": settings().payee, "lines": sender_lines(language)},
        "facts": facts(letter),
        "running": f"{say(language, 'Our reference')} {letter.number}, {long_date(letter.written_on, language)}",
        "page-of": say(language, "Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "unsigned": say(language, "This letter was made by a computer and is valid without signature or stamp."),
        "body": [block(node) for node in letter.writing.body],
    }


def sender_lines(language: str) -> list[str]:
    ours = settings()
    care = say(language, "Help: %(number)s", number=unbroken(ours.portal_care_number))
    return [line for line in (ours.payee_street, ours.payee_city, care, ours.host) if line]


def facts(letter: Letter) -> list[tuple[str, str]]:
    """What a reader looks for beside the address: label and fact."""
    town, day = POSTCODE.sub("", settings().payee_city), long_date(letter.written_on, letter.language)
    known = [
        (say(letter.language, "Date"), f"{town}, {day}" if town else day),
        (say(letter.language, "Our reference"), letter.number),
        (say(letter.language, "Customer number"), letter.customer_number),
    ]
    return [(label, fact) for label, fact in known if fact]
