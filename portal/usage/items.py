"""Itemised use: which calls, messages and connections are asked for, and a page of them with the sums of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from portal.customers.quantities import CallKind
from portal.money import Money
from portal.refusals import N_
from portal.statements import Statement, row_of
from portal.usage.measured import UsageRecord
from portal.usage.months import RECORDS
from portal.usage.pace import midnight
from portal.usage.periods import DAY, YEARS, Span, day_typed

PAGE = 100
AS_A_RULE = timedelta(days=30)
"""So far back if nobody says."""
FIELDS = ("from", "to", "kind", "abroad")


class Place(NamedTuple):
    """A place among a line's records: before the one of this moment, source and number."""

    began_at: datetime
    source: str
    record: str

    @classmethod
    def read(cls, text: str) -> Place | None:
        """As `str()` writes it; anything else: None."""
        moment, _, rest = text.partition("~")
        source, _, record = rest.partition("~")
        try:
            began_at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        is_ours = began_at.tzinfo and began_at.year in YEARS
        return cls(began_at, source[:20], record[:40]) if is_ours else None

    def __str__(self) -> str:
        return f"{self.began_at.isoformat()}~{self.source}~{self.record}"


@dataclass(frozen=True, slots=True)
class Asked:
    """`typed`: what stands in the form's fields; `errors`: by field, English msgids; then nothing is looked for.

    `is_cut`: it was asked for days before `kept_since`, of which nothing is kept.
    """

    span: Span
    kind: CallKind | None
    abroad: bool | None
    kept_since: date
    is_cut: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def address(self, line: UUID, path: str = "/usage/items", **more: object) -> str:
        return f"{path}?{urlencode({'line': line, **self.typed, **more})}"


def read(query: Mapping[str, str], today: date) -> Asked:
    """From the address. Empty fields ask for nothing."""
    typed = {name: query[name].strip()[:40] for name in FIELDS if query.get(name, "").strip()}
    kept_since, errors = RECORDS.begins(today), dict[str, str]()
    last = day_in("to", typed, errors) or today
    first = day_in("from", typed, errors) or last - AS_A_RULE
    if not errors and first > last:
        errors["from"] = N_("The first day is after the last one. Please exchange them.")
    kind = choice_in("kind", typed, errors, {kind.value: kind for kind in CallKind})
    abroad = choice_in("abroad", typed, errors, {"yes": True, "no": False})
    span = Span(max(first, kept_since), last)
    typed = {"from": str(first), "to": str(last)} | typed
    return Asked(span, kind, abroad, kept_since, first < kept_since, typed, errors)


def day_in(name: str, typed: Mapping[str, str], errors: dict[str, str]) -> date | None:
    if name not in typed:
        return None
    try:
        return day_typed(typed[name])
    except ValueError:
        errors[name] = N_("Please choose a day, such as 2026-11-30.")
        return None


def choice_in(name: str, typed: Mapping[str, str], errors: dict[str, str], values: Mapping[str, Any]) -> Any:
    """None where nothing is chosen."""
    if name in typed and typed[name] not in values:
        errors[name] = N_("Please choose one of those in the list.")
    return values.get(typed.get(name, ""))


class Sum(NamedTuple):
    """Of one kind. `records`: how many."""

    kind: CallKind
    records: int
    quantity: int
    cents: int

    @property
    def amount(self) -> Money:
        return Money(self.cents)


RECORD = (
    *("source", "record", "kind", "began_at", "other_party", "place"),
    *("quantity", "amount_cents", "is_abroad"),
)
"""The columns of a record that the page shows."""


class Items:
    """A page of records, the newest first, and the sums of all that were asked for."""

    def __init__(self, *, records: Iterable[Any], sums: Iterable[Any]) -> None:
        found = [row_of(UsageRecord, zip(RECORD, row, strict=True)) for row in records]
        self.sums = [Sum(*row) for row in sums]
        self.records, self.older = found[:PAGE], place_of(found)

    @property
    def count(self) -> int:
        return sum(one.records for one in self.sums)

    @property
    def total(self) -> Money:
        return Money.sum(one.amount for one in self.sums)


def place_of(found: Sequence[UsageRecord]) -> Place | None:
    """Where the rest goes on, if one more was found than fits."""
    if len(found) <= PAGE:
        return None
    last = found[PAGE - 1]
    return Place(last.began_at, last.source, last.record)


NOTHING_FOUND = Items(records=(), sums=())


async def items_of(line: UUID, asked: Asked, before: Place | None) -> Items:
    """Of a line that the asker may see: that is the caller's to know."""
    since, until = bounds(asked)
    start = before or Place(until, "", "")
    [found] = await ITEMS.all(
        line=line,
        since=since,
        until=until,
        kind=asked.kind,
        abroad=asked.abroad,
        moment=start.began_at,
        source=start.source,
        record=start.record,
        most=PAGE + 1,
    )
    return found


def bounds(asked: Asked) -> tuple[datetime, datetime]:
    """The first moment and the one after the last."""
    return midnight(asked.span.first), midnight(asked.span.last + DAY)


TAKEN = """
    line = $1 AND began_at >= $2 AND began_at < $3 AND NOT is_taken_back
    AND ($4::text IS NULL OR kind = $4) AND ($5::boolean IS NULL OR is_abroad = $5)
"""
ITEMS = Statement(
    f"""
    SELECT
        ARRAY(
            SELECT ROW({", ".join(RECORD)}) FROM usage_records
            WHERE {TAKEN} AND (began_at, source, record) < ($6, $7, $8)
            ORDER BY began_at DESC, source DESC, record DESC LIMIT $9
        ) AS records,
        ARRAY(
            SELECT ROW(kind, count(*)::int, sum(quantity)::bigint, sum(amount_cents)::bigint)
            FROM usage_records WHERE {TAKEN}
            GROUP BY kind ORDER BY array_position(ARRAY['call', 'sms', 'mms', 'data'], kind::text)
        ) AS sums
    """,  # noqa: S608 - our own words
    Items,
    ("line", "since", "until", "kind", "abroad", "moment", "source", "record", "most"),
)
SAVED = f"""
    SELECT l.number, l.kind AS number_kind, r.began_at, r.kind, r.other_party, r.place, r.quantity, r.amount_cents
    FROM (SELECT * FROM usage_records WHERE {TAKEN}) r JOIN lines l ON l.id = r.line
    ORDER BY r.began_at, r.source, r.record
"""  # noqa: S608 - our own words
"""All of them for a file, the oldest first."""
