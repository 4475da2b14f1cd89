"""Which bills of an account are asked for, as the address says: of one line, in one state, found by a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from portal import phone
from portal.billing.listing import searching
from portal.billing.listing.searching import Sought
from portal.refusals import N_


class Wanted(StrEnum):
    """What bills can be filtered by; overdue ones are unpaid, too."""

    UNPAID = "unpaid"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDIT_NOTES = "credit_notes"


_CONNECTION = re.compile(r"[A-Z][A-Z0-9-]{0,19}", re.ASCII | re.IGNORECASE)
"""The number of what is no telephone."""
NO_SUCH_CHOICE = N_("Please choose one of those in the list.")
NOT_A_LINE_OF_THIS_ACCOUNT = N_("This number is not among those of this account. Please choose another.")


@dataclass(frozen=True, slots=True)
class Filter:
    """`typed`: what stands in the fields `q`, `line` and `state`; `errors`: by field, English msgids.

    A line is meant by its id or, where somebody typed it, by its `number`.
    """

    sought: Sought | None = None
    line: UUID | None = None
    number: str | None = None
    state: Wanted | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_on(self) -> bool:
        return bool(self.typed)

    def is_of_one_of(self, lines: Iterable[tuple[UUID, str]]) -> bool:
        """By ids and numbers; whoever asks for no line asks for any."""
        asked = {self.line, self.number} - {None}
        return not asked or any(asked & set(line) for line in lines)

    def with_error(self, name: str, message: str) -> Filter:
        return replace(self, errors={**self.errors, name: message})

    def address(self, **more: object) -> str:
        """The list with this filter, and perhaps from another place on."""
        query = urlencode({**self.typed, **more})
        return f"/bills?{query}" if query else "/bills"


NOTHING_ASKED = Filter()


def read(query: Mapping[str, str]) -> Filter:
    """From the address. Empty fields ask for nothing."""
    typed = {name: query[name].strip() for name in ("q", "line", "state") if query.get(name, "").strip()}
    if not typed:
        return NOTHING_ASKED
    known = Filter(typed=typed)
    for name, take in (("q", with_text), ("line", with_line), ("state", with_state)):
        if name in typed:
            known = take(known, typed[name])
    return known


def with_text(known: Filter, text: str) -> Filter:
    try:
        return replace(known, sought=searching.read(text))
    except searching.Unclear as unclear:
        return known.with_error("q", str(unclear))


def with_line(known: Filter, text: str) -> Filter:
    try:
        return replace(known, line=UUID(text))
    except ValueError:
        number = text.upper() if _CONNECTION.fullmatch(text) else phone.read(text)
    if number is None:
        return known.with_error("line", NO_SUCH_CHOICE)
    return replace(known, number=number)


def with_state(known: Filter, text: str) -> Filter:
    try:
        return replace(known, state=Wanted(text))
    except ValueError:
        return known.with_error("state", NO_SUCH_CHOICE)
