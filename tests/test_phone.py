"""Telephone numbers as people type and read them."""

from __future__ import annotations

import pytest

from portal import phone


@pytest.mark.parametrize("typed", ["041 123 456", "041123456", "+386 41 123-456", "0038641123456", "(041) 123 456"])
def test_one_number_however_it_is_typed(typed: str) -> None:
    assert phone.read(typed) == "+38641123456"


@pytest.mark.parametrize("typed", ["", "ana@example.test", "12", "041 123 456 789 012 345", "🙂"])
def test_what_is_no_number(typed: str) -> None:
    assert phone.read(typed) is None


def test_a_number_is_shown_as_at_home_and_hidden_but_for_its_ends() -> None:
    assert phone.show("+38641123456") == "041 123 456"
    assert phone.mask("+38641123456") == "041 ••• •56"
    assert phone.show("+4366412345678").startswith("+43")


@pytest.mark.parametrize(
    ("number", "mobile"),
    [("+38641123456", True), ("+38612345678", False), ("+38690123456", False), ("+43664123456", False)],
)
def test_only_slovenian_mobile_numbers_get_codes(number: str, *, mobile: bool) -> None:
    assert phone.is_slovenian_mobile(number) is mobile
