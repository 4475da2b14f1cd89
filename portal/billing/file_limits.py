"""How many files one person may save: enough for everybody who wants theirs, too few to keep the portal busy with."""

from __future__ import annotations

from datetime import timedelta

from portal.limits import Limit

YEARS_SAVED = Limit("bill_years", 20, timedelta(hours=1))
CALLS_SAVED = Limit("bill_calls", 60, timedelta(hours=1))
