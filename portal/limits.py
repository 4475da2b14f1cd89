"""Limits counted in PostgreSQL by one atomic statement, so that any number of processes share them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from piccolo.columns import Integer, Timestamptz, Varchar
from piccolo.table import Table

from portal.database import connection


class Counter(Table, tablename="limit_counters"):
    """How often something happened since `began_at`."""

    key = Varchar(200, primary_key=True, default=None)
    began_at = Timestamptz(default=None)
    times = Integer(default=0)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times within `window`, counted from the first; or, for a pause, from the last that fitted."""

    name: str
    most: int
    window: timedelta
    from_the_last: bool = False

    async def take(self, key: str, at: datetime) -> bool:
        """Count one more; False when that is over the limit. Parallel askers queue behind the UPDATE."""
        bound = (self.key(key), at, at - self.window, self.most, self.from_the_last)
        async with connection() as connected:
            count = await connected.fetchval(TAKE, *bound)
        return bool(count <= self.most)

    async def left_until(self, key: str, at: datetime) -> datetime | None:
        """When the window of an exhausted limit ends, or None while there is room."""
        async with connection() as connected:
            began = await connected.fetchval(EXHAUSTED, self.key(key), self.most, at - self.window)
        return began + self.window if began is not None else None

    async def forget(self, key: str) -> None:
        """Begin anew, after a success."""
        await Counter.delete().where(Counter.key == self.key(key))

    def key(self, key: str) -> str:
        return f"{self.name}:{key}"


TAKE = """
    INSERT INTO limit_counters AS counter (key, began_at, times) VALUES ($1, $2, 1)
    ON CONFLICT (key) DO UPDATE SET
        began_at = CASE WHEN counter.began_at <= $3 OR ($5 AND counter.times < $4) THEN excluded.began_at
                        ELSE counter.began_at END,
        times = CASE WHEN counter.began_at <= $3 THEN 1 ELSE counter.times + 1 END
    RETURNING times
"""
EXHAUSTED = "SELECT began_at FROM limit_counters WHERE key = $1 AND times >= $2 AND began_at > $3"
