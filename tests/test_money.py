"""Money is whole cents, read strictly and written as people read it."""

from __future__ import annotations

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from portal.money import NO_BREAK_THIN_SPACE, Money

cents = st.integers(min_value=-(10**12), max_value=10**12)


@given(cents, cents, cents)
def test_sums_do_not_depend_on_their_order(a: int, b: int, c: int) -> None:
    assert Money.sum([Money(a), Money(b), Money(c)]) == Money(c) + Money(a) + Money(b)


@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_what_is_written_plainly_is_read_back(amount: int) -> None:
    assert Money.parse(Money(amount).plain) == Money(amount)


@given(cents)
def test_the_customer_reads_what_cldr_prescribes(amount: int) -> None:
    money = Money(amount)

    slovenian = (
        format_currency(money.decimal, "EUR", locale="sl").replace("\xa0", NO_BREAK_THIN_SPACE).replace("-", "−")
    )
    english = format_currency(money.decimal, "EUR", locale="en").replace("-", "−")

    assert money.format("sl") == slovenian
    assert money.format("en") == english


@pytest.mark.parametrize(("typed", "read"), [("86,45", 8645), ("86.45", 8645), ("86", 8600), ("0,5", 50), (" 7 ", 700)])
def test_amounts_as_people_type_them(typed: str, read: int) -> None:
    assert Money.parse(typed) == Money(read)


@pytest.mark.parametrize("typed", ["", "-5", "+5", "1e3", "1.234,56", "5,123", "٣", "9" * 26, "NaN", "5 €", "0x10"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(typed)
