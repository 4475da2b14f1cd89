"""The canonical form of JSON: one text for one value, and the one that RFC 8785 asks for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.signing.evidence.canonical import LARGEST, NotCanonical, canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LONG_AGO = datetime.fromisoformat("1900-01-01")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


def test_it_is_written_as_the_standard_writes_it() -> None:
    """RFC 8785, 3.2.2 and 3.2.3, without their fractions."""
    value = {"string": '€$\u000f\nA\'B"\\\\"/', "literals": [None, True, False], "numbers": [333333333, -4, 0]}

    assert canonical(value).decode() == (
        r'{"literals":[null,true,false],"numbers":[333333333,-4,0],"string":"€$\u000f\nA' + r"'B\"\\\\\"/" + '"}'
    )


def test_names_are_sorted_by_their_utf_16_units() -> None:
    """RFC 8785, 3.2.3: an emoji stands before a letter of a higher code unit, though its code point is higher."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]

    assert list(json.loads(canonical(dict.fromkeys(names)))) == [
        "\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33",
    ]  # fmt: skip


@given(VALUES)
def test_reading_it_gives_the_same_value_and_writing_that_the_same_text(value: Any) -> None:
    text = canonical(value)

    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(TEXTS, st.integers(-5, 5), min_size=2))
def test_the_order_in_which_it_was_put_together_does_not_show(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(VALUES, VALUES)
def test_different_values_have_different_texts(one: Any, other: Any) -> None:
    is_same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (canonical(one) == canonical(other)) is is_same


@given(st.datetimes(LONG_AGO, timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])))
def test_a_moment_is_the_same_text_wherever_the_clock_stands(moment: datetime) -> None:
    text = canonical(moment)

    assert canonical(moment.astimezone(UTC)) == text
    assert datetime.fromisoformat(json.loads(text)) == moment


@pytest.mark.parametrize("value", [1.0, float("nan"), LARGEST + 1, "\ud800", {1: "a"}, {None: 1}, object(), LONG_AGO])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical({"a": [value]} if not isinstance(value, dict) else value)
