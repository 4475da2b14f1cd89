"""The policy of use is checked when it is read: nothing in it is guessed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from portal.money import Money
from portal.usage.policy import FILE, SHOWN_PERIODS, parse, policy

WRITTEN: dict[str, Any] = tomllib.loads(FILE.read_text())


def test_what_it_says() -> None:
    assert policy().warnings.percents == (80, 100)
    assert policy().measured.stale_after.total_seconds() == 3600


def test_the_legal_limit_abroad_is_held_with_vat_because_spending_is_measured_so() -> None:
    assert policy().roaming.limit_without_vat == Money(5_000)
    assert policy().roaming.limit == Money(6_100)


def test_of_a_limit_that_does_not_come_out_even_the_cent_is_the_customers() -> None:
    assert parse(WRITTEN | {"roaming": {"limit_without_vat": "49.99", "vat_percent": 22}}).roaming.limit == Money(6_098)


@pytest.mark.parametrize(
    ("section", "changes", "because"),
    [
        ("roaming", {"limit_without_vat": 50.0}, "money is a positive amount as a string"),
        ("roaming", {"limit_without_vat": "0.00"}, "money is a positive amount as a string"),
        ("roaming", {"currency": "EUR"}, "Extra inputs are not permitted"),
        ("warnings", {"percents": [100, 80]}, "percents rise, each stands once"),
        ("warnings", {"percents": [80, 80]}, "percents rise, each stands once"),
        ("warnings", {"percents": [80, 101]}, "less than or equal to 100"),
        ("warnings", {"percents": []}, "at least 1 item"),
        ("months_kept", {"allowances": SHOWN_PERIODS - 1}, f"greater than or equal to {SHOWN_PERIODS}"),
        ("months_kept", {"records": 0}, "greater than or equal to 1"),
        ("months_kept", {"records": "6"}, "valid integer"),
        ("measured", {"stale_after_minutes": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_odd_stops_it(section: str, changes: dict[str, Any], because: str) -> None:
    with pytest.raises(ValidationError, match=because):
        parse(WRITTEN | {section: WRITTEN[section] | changes})
