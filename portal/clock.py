"""The one place that asks the system for the time. Activities take `today` or `at` instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LJUBLJANA = ZoneInfo("Europe/Ljubljana")


def system() -> datetime:
    """The machine's own time, in UTC."""
    return datetime.now(UTC)


_ask: Callable[[], datetime] = system


def now() -> datetime:
    """The present moment, in UTC."""
    return _ask()


def today() -> date:
    """The calendar day in Slovenia."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    return moment.astimezone(LJUBLJANA).date()


def use(source: Callable[[], datetime]) -> None:
    """Ask `source` from now on: in the sandbox the time can be ahead of the system's."""
    global _ask
    _ask = source


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock still, for tests."""
    global _ask
    before, _ask = _ask, lambda: moment
    try:
        yield
    finally:
        _ask = before
