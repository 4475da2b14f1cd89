"""SI12 references: thirteen digits, of which the last proves the others."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal import reference

numbers = st.integers(min_value=0, max_value=10**12 - 1)


@given(numbers)
def test_every_reference_we_make_is_read_back(number: int) -> None:
    made = reference.si12(number)

    assert reference.read_si12(made) == made
    assert reference.read_si12(reference.show(made)) == made


@given(numbers)
def test_leading_zeros_that_a_bank_strips_come_back(number: int) -> None:
    made = reference.si12(number)

    assert reference.read_si12(made[4:].lstrip("0") or "0") == made


@given(numbers, st.integers(min_value=0, max_value=11), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_noticed(number: int, place: int, shift: int) -> None:
    """Modulo 11 misses two things: the place whose weight is 11, and a check digit 0 that stands for 10 or 11."""
    digits = list(reference.si12(number)[4:])
    digits[place] = str((int(digits[place]) + shift) % 10)
    wrong = "".join(digits)
    assume(place != 2 and digits[12] != "0")

    assert reference.read_si12(wrong) is None


@pytest.mark.parametrize("written", ["SI121033842574531", "SI12 1033842574531", "si129990000359896", "1033842574531"])
def test_references_of_the_standard_are_valid(written: str) -> None:
    assert reference.read_si12(written) is not None


@pytest.mark.parametrize("written", ["SI121033842574532", "SI11123", "", "SI12", "12345678901234", "RF18539007547034"])
def test_what_is_no_reference_is_refused(written: str) -> None:
    assert reference.read_si12(written) is None


def test_a_number_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        reference.si12(10**12)
