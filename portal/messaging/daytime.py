"""What can wait is told by day only: nobody is woken by a bill."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from portal.clock import LJUBLJANA

FROM, UNTIL = time(8), time(20)
"""Of Slovenia's day."""


def until_morning(at: datetime) -> timedelta | None:
    """How long to wait until people may be told; None: they may now."""
    here = at.astimezone(LJUBLJANA)
    if FROM <= here.time() < UNTIL:
        return None
    day = here.date() + timedelta(days=here.time() >= UNTIL)
    return datetime.combine(day, FROM, LJUBLJANA).astimezone(at.tzinfo) - at
