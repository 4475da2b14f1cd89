"""How many SMS a text takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gsm7 import BASIC, EXTENDED
from portal.messaging.segments import segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("č" * 70, 1),
        ("č" * 71, 2),
        ("č" * 134, 2),
        ("č" * 135, 3),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_the_network_does(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_character_of_two_units_is_not_torn_apart() -> None:
    torn_if_summed = "a" * 152 + "€" + "a" * 152

    assert segments(torn_if_summed) == 3


@given(st.text(alphabet=sorted(BASIC | EXTENDED), max_size=500), st.text(max_size=60))
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)
