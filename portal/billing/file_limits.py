"""How many files one person may save: enough for everybody who wants theirs, too few to keep the portal busy with."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from portal.limits import Limit
from portal.refusals import N_, Refusal

YEARS_SAVED = Limit("bill_years", 20, timedelta(hours=1))
CALLS_SAVED = Limit("bill_calls", 60, timedelta(hours=1))


class ManyFilesSaved(Refusal):
    status = 429
    message = N_("That was very often in a short time. Please try again in an hour.")


async def count_one(saved: Limit, login: UUID, at: datetime) -> None:
    if not await saved.take(str(login), at):
        raise ManyFilesSaved
