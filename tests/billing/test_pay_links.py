"""A payment link proves itself: for its months, for its account, and with our key alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.billing.pay_links import LETTERS, pay_link, pay_token, read_pay_link
from portal.clock import LJUBLJANA
from portal.settings import settings

NUMBERS = st.from_regex(r"\A[0-9A-Z][0-9A-Z-]{0,19}\Z")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.fixture
def another_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "another key for tests, also long enough")
    settings.cache_clear()
    yield
    settings.cache_clear()


def month_of(moment: datetime) -> int:
    local = moment.astimezone(LJUBLJANA)
    return local.year * 12 + local.month


@given(NUMBERS, MOMENTS, MOMENTS)
def test_it_is_good_in_its_month_and_in_the_three_after_it(number: str, made: datetime, read: datetime) -> None:
    is_good = 0 <= month_of(read) - month_of(made) <= 3

    assert read_pay_link(pay_token(number, made), read) == (number if is_good else None)


@given(NUMBERS, MOMENTS, st.integers(0, 3))
def test_every_link_reads_back_in_its_months(number: str, made: datetime, later: int) -> None:
    year, month = divmod(month_of(made) - 1 + later, 12)

    assert read_pay_link(pay_token(number, made), datetime(year, month + 1, 15, tzinfo=UTC)) == number


@given(NUMBERS, MOMENTS, st.integers(0, LETTERS - 1), st.sampled_from(BASE32))
def test_no_changed_letter_does(number: str, made: datetime, place: int, letter: str) -> None:
    kept, given_letters = pay_token(number, made).rsplit("-", 1)
    changed = given_letters[:place] + letter + given_letters[place + 1 :]
    assume(changed != given_letters)

    assert read_pay_link(f"{kept}-{changed}", made) is None


@given(NUMBERS, NUMBERS, MOMENTS)
def test_the_letters_of_one_account_open_no_other(number: str, other: str, made: datetime) -> None:
    assume(number != other)
    letters = pay_token(number, made).rsplit("-", 1)[1]

    assert read_pay_link(f"{other}-{letters}", made) is None


@given(st.text(max_size=80), MOMENTS)
def test_what_was_never_a_link_is_none(token: str, at: datetime) -> None:
    assert read_pay_link(token, at) is None


@pytest.mark.usefixtures("another_key")
def test_another_key_makes_another_link(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    theirs = pay_token("2000413", at)
    monkeypatch.undo()
    settings.cache_clear()

    assert read_pay_link(theirs, at) is None
    assert read_pay_link(pay_token("2000413", at), at) == "2000413"


@pytest.mark.parametrize(
    ("made", "read", "is_good"),
    [
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), datetime(2027, 1, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), datetime(2027, 1, 31, 23, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), datetime(2027, 2, 28, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 9, 30, 21, 59, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 9, 30, 21, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_months_begin_at_midnight_in_ljubljana(made: datetime, read: datetime, is_good: bool) -> None:
    assert (read_pay_link(pay_token("2000413", made), read) == "2000413") is is_good


def test_it_is_short_and_needs_no_escaping() -> None:
    link = pay_link("2000413", datetime(2026, 11, 22, 8, tzinfo=UTC))

    assert link.startswith("https://moj.test/p/2000413-")
    assert len(link.rsplit("-", 1)[1]) == LETTERS
    assert set(link.rsplit("-", 1)[1]) <= set(BASE32)
