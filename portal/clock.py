"""The one place that asks the system for the time. Activities take `today` or `at` instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LJUBLJANA = ZoneInfo("Europe/Ljubljana")

_ask: Callable[[], datetime] = lambda: datetime.now(UTC)


def now() -> datetime:
    """The present moment, in UTC."""
    return _ask()


def today() -> date:
    """The calendar day in Slovenia."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    return moment.astimezone(LJUBLJANA).date()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock still, for tests."""
    global _ask
    before, _ask = _ask, lambda: moment
    try:
        yield
    finally:
        _ask = before
