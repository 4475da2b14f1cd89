"""However rows come, repeated, late, disordered, in chunks of any size: they end in what plain Python says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.database import connection
from portal.money import Money
from portal.usage.arriving import importing
from tests.people import Person, a_person
from tests.usage.arriving.feeds import Row, bring_in, everything

ANY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

sources = st.sampled_from(["ocs-1", "OCS-2"])
"""Which PostgreSQL and Python would put in different order."""
minutes = st.integers(0, 3)
"""Few, so that they fall together."""
people = st.integers(0, 1)
periods = st.sampled_from([("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("2026-11-01", "2026-11-20")])


def moment(minute: int) -> str:
    return f"2026-11-21T11:0{minute}:00+01:00"


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Without its sequence, and with a person's number in the place of a line."""
    kind = draw(st.sampled_from(["allowance", "spending", "record"]))
    row: Row = {"type": kind, "source": draw(sources), "line": draw(people)}
    if kind == "record":
        record = {"record": draw(st.sampled_from("ab")), "began_at": moment(draw(st.integers(0, 1)))}
        return row | record | {"kind": "call", "quantity": draw(st.integers(0, 9)), "taken_back": draw(st.booleans())}
    first, last = draw(periods)
    row |= {"period_from": first, "period_to": last, "measured_at": moment(draw(minutes))}
    if kind == "spending":
        return row | {"spent": Money(draw(st.integers(0, 10**6))).plain}
    return row | {"code": draw(st.sampled_from(["data", "calls"])), "kind": "data", "used": draw(st.integers(0, 10**9))}


@st.composite
def feeds(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """What was measured, each with a sequence of its source's own, and how it comes: everything once at least."""
    given: Counter[str] = Counter()
    measured = []
    for row in draw(st.lists(rows(), min_size=1, max_size=25)):
        given[row["source"]] += 1
        measured.append(row | {"sequence": given[row["source"]]})
    again = draw(st.lists(st.sampled_from(measured), max_size=10))
    return measured, draw(st.permutations([*measured, *again]))


KEYS = {"allowance": ("line", "code", "period_from"), "spending": ("line", "period_from")}
RECORD = ("source", "record", "began_at")


def newest(measured: list[Row]) -> dict[tuple[Any, ...], Row]:
    """The model: of each thing what is newest."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in measured:
        key = (row["type"], *(row[name] for name in KEYS.get(row["type"], RECORD)))
        found[key] = max(found.get(key, row), row, key=order)
    return found


def order(row: Row) -> tuple[str, int, str]:
    return row.get("measured_at", ""), row["sequence"], row["source"]


def expected(measured: list[Row], lines: list[Any]) -> set[tuple[Any, ...]]:
    return {said(row | {"line": lines[row["line"]]}) for row in newest(measured).values()}


def said(row: Row) -> tuple[Any, ...]:
    what = row.get("used", row.get("spent", row.get("quantity")))
    last = row.get("period_to", row.get("taken_back"))
    return row["type"], row["source"], row["sequence"], row["line"], what, last


async def here() -> set[tuple[Any, ...]]:
    used, spent, records = await everything()
    return {
        *(("allowance", *who(row), row["used"], str(row["period_to"])) for row in used),
        *(("spending", *who(row), Money(row["spent_cents"]).plain, str(row["period_to"])) for row in spent),
        *(("record", *who(row), row["quantity"], row["is_taken_back"]) for row in records),
    }


def who(row: Row) -> tuple[Any, ...]:
    return row["source"], row["sequence"], row["line"]


async def come(people: list[Person], feed: list[Row], size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", size)
    async with connection() as connected:
        await connected.execute("DELETE FROM usage_allowances; DELETE FROM usage_spending; DELETE FROM usage_records")
    done = await bring_in(*(row | {"line": people[row["line"]].line.number} for row in feed))
    assert done.set_aside == []


@ANY
@given(feed=feeds(), size=st.integers(1, 12))
@pytest.mark.usefixtures("database")
async def test_any_order_ends_in_the_newest(
    feed: tuple[list[Row], list[Row]], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, coming = feed
    people = [await a_person("Ana Zupan"), await a_person("Bojan Kralj")]

    await come(people, coming, size, monkeypatch)

    assert await here() == expected(measured, [person.line.id for person in people])
