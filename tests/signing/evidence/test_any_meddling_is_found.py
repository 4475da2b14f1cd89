"""Whatever is changed in a chain, in any entry and any field of it, the chain is no longer whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from portal.signing.evidence.canonical import canonical
from portal.signing.evidence.chain import GENESIS, Entry, Event
from portal.signing.evidence.checking import Stored, fault_of

FACTS = st.dictionaries(st.sampled_from(["number", "page", "sha256"]), st.integers(0, 9) | st.text(max_size=3))
EVENTS = st.lists(
    st.tuples(st.uuids(), st.datetimes(timezones=st.just(UTC)), st.sampled_from(Event), FACTS), min_size=1, max_size=8
)
DIGESTS = st.binary(min_size=32, max_size=32)
INSTEAD: dict[str, st.SearchStrategy[Any]] = {
    "position": st.integers(-3, 12),
    "envelope": st.uuids(),
    "at": st.datetimes(timezones=st.just(UTC)),
    "event": st.sampled_from([str(event) for event in Event]),
    "facts": FACTS.map(lambda facts: canonical(facts).decode()) | st.just("{ }"),
    "previous": DIGESTS,
}

Row = tuple[Entry, bytes]


def chain_of(events: Sequence[tuple[UUID, datetime, str, dict[str, Any]]]) -> list[Row]:
    rows: list[Row] = []
    for position, (envelope, at, event, facts) in enumerate(events, 1):
        before = rows[-1][1] if rows else GENESIS
        entry = Entry(position, envelope, at, str(event), canonical(facts).decode(), before)
        rows.append((entry, entry.digest))
    return rows


def is_whole(rows: Sequence[Row]) -> bool:
    """What the check makes of these rows, joined as its SQL joins them."""
    by_position = {entry.position: digest for entry, digest in rows}
    return not any(fault_of(Stored(entry, digest, by_position.get(entry.position - 1))) for entry, digest in rows)


@given(EVENTS)
def test_a_chain_that_nobody_touched_is_whole(events: list[Any]) -> None:
    assert is_whole(chain_of(events))


@given(EVENTS, st.data())
def test_any_other_value_in_any_field_of_any_entry_is_found(events: list[Any], data: st.DataObject) -> None:
    rows = chain_of(events)
    at, field = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(sorted(INSTEAD)))
    entry, digest = rows[at]
    value = data.draw(INSTEAD[field])
    assume(getattr(entry, field) != value)
    rows[at] = replace(entry, **{field: value}), digest

    assert not is_whole(rows)


@given(EVENTS, st.data())
def test_another_hash_is_found_wherever_it_stands(events: list[Any], data: st.DataObject) -> None:
    rows = chain_of(events)
    at, other = data.draw(st.integers(0, len(rows) - 1)), data.draw(DIGESTS)
    assume(rows[at][1] != other)
    rows[at] = rows[at][0], other

    assert not is_whole(rows)


@given(EVENTS.filter(lambda events: len(events) > 1), st.data())
def test_an_entry_written_again_with_a_right_hash_is_found_by_the_next(events: list[Any], data: st.DataObject) -> None:
    rows = chain_of(events)
    at = data.draw(st.integers(0, len(rows) - 2))
    forged = replace(rows[at][0], at=rows[at][0].at + timedelta(microseconds=1))
    rows[at] = forged, forged.digest

    assert not is_whole(rows)


@given(EVENTS.filter(lambda events: len(events) > 1), st.data())
def test_an_entry_taken_out_is_found(events: list[Any], data: st.DataObject) -> None:
    rows = chain_of(events)
    del rows[data.draw(st.integers(0, len(rows) - 2))]

    assert not is_whole(rows)


@given(EVENTS.filter(lambda events: len(events) > 1), st.data())
def test_two_entries_that_changed_places_are_found(events: list[Any], data: st.DataObject) -> None:
    rows = chain_of(events)
    one, other = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    first, second = rows[one][0], rows[other][0]
    rows[one] = replace(second, position=first.position), rows[other][1]
    rows[other] = replace(first, position=second.position), rows[one][1]

    assert not is_whole(rows)
