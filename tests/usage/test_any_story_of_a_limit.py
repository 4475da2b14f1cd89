"""Whatever is measured, corrected, repeated and set, in any order: nobody is told twice or of what is not so, and what
costs extra is off exactly when the limit asks for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.database import connection
from portal.messaging.tables import Message
from portal.messaging.values import load
from portal.money import Money
from portal.network.lines import lines_of
from portal.usage import limits
from portal.usage.jobs import lift_old_blocks_today
from portal.usage.tables import OnReaching, SpendingBlock
from tests.people import NOON, Person, a_person
from tests.usage.measurements import SINCE
from tests.usage.meters import limits_spending, ordered, spends, uses, work
from tests.world import Exchange, exchange

__all__ = ["exchange"]

NEXT_MONTH = timedelta(days=31)


@dataclass
class Story:
    """A person's line, and what ought to be so of it. `limits_set`: how often, because each limit warns anew."""

    person: Person
    at: datetime = NOON
    since: date = SINCE
    spent: int | None = None
    used: float | None = None
    limit: tuple[int, OnReaching] | None = None
    limits_set: int = 0
    told: Counter[Any] = field(default_factory=Counter)
    seen: set[Any] = field(default_factory=set)

    async def spend(self, euros: int) -> None:
        self.spent = euros * 100
        await spends(self.person.line, self.spent, since=self.since, at=self.at)

    async def use(self, gigabytes: int) -> None:
        self.used = gigabytes
        await uses(self.person.line, gigabytes, since=self.since, at=self.at)

    async def repeat(self, _: object) -> None:
        if self.spent is not None:
            await self.spend(self.spent // 100)

    async def set_limit(self, limit: tuple[int, OnReaching]) -> None:
        self.limit, self.limits_set = (limit[0] * 100, limit[1]), self.limits_set + 1
        await limits_spending(self.person, *self.limit, at=self.at)

    async def remove_limit(self, _: object) -> None:
        self.limit = None
        (line,) = await lines_of([self.person.account.id])
        assert self.person.login is not None
        await limits.remove_limit(line, login=self.person.login.id, at=self.at)

    async def work(self, _: object) -> None:
        await work(self.at)
        await self.hear()

    async def begin_period(self, _: object) -> None:
        """The nightly run of the first day comes by."""
        await self.work(None)
        self.at += NEXT_MONTH
        self.since = (self.since + NEXT_MONTH).replace(day=1)
        self.spent = self.used = None
        with clock.stopped_at(self.at):
            await lift_old_blocks_today()
        await self.work(None)

    async def hear(self) -> None:
        """Each new message speaks of what is so, and none repeats another."""
        for message in await Message.objects().order_by(Message.id):
            if message.id in self.seen or message.template == "spending_blocked":
                continue
            self.seen.add(message.id)
            values = load(message.values)
            if message.template == "usage_warning":
                assert self.used is not None
                assert self.used >= (10 if values["is_used_up"] else 8)
                key: tuple[Any, ...] = (self.since, values["is_used_up"])
            else:
                assert self.limit is not None
                assert self.spent is not None
                assert values["limit"] == Money(self.limit[0])
                assert self.spent * 100 >= self.limit[0] * (100 if values["is_reached"] else 80)
                key = (self.since, self.limits_set, values["is_reached"], "spending")
            self.told[key] += 1
            assert self.told[key] == 1, f"{message.template} {key} twice"

    async def holds(self) -> None:
        is_due = (
            self.limit is not None
            and self.spent is not None
            and self.limit[1] == OnReaching.BLOCK
            and self.spent >= self.limit[0]
        )
        blocks = await SpendingBlock.count().where(SpendingBlock.lifted_at.is_null())
        assert blocks == int(is_due)
        orders = await ordered(self.person.line)
        assert orders[-1:] in ([not is_due], [] if not is_due else None)
        assert all(one != other for one, other in pairwise(orders)), orders
        if self.used is not None and self.used >= 8:
            percents = [self.told[self.since, True], self.told[self.since, False]]
            assert percents[0] if self.used >= 10 else any(percents)


LIMIT = st.tuples(st.sampled_from([10, 20, 30]), st.sampled_from(list(OnReaching)))
STEP = st.one_of(
    st.tuples(st.just("spend"), st.sampled_from([0, 7, 8, 10, 16, 20, 24, 31])),
    st.tuples(st.just("use"), st.sampled_from([1, 8, 9, 10, 12])),
    st.tuples(st.just("repeat"), st.none()),
    st.tuples(st.just("set_limit"), LIMIT),
    st.tuples(st.just("remove_limit"), st.none()),
    st.tuples(st.just("work"), st.none()),
    st.tuples(st.just("begin_period"), st.none()),
)


OF_ONE_STORY = (
    *("messages", "usage_warnings", "spending_limits", "spending_blocks", "service_orders", "service_states"),
    *("usage_allowances", "usage_spending", "pgqueuer"),
)


async def begun() -> Story:
    """Deleted, because to truncate so many months takes longer than most stories."""
    async with connection() as connected:
        for table in OF_ONE_STORY:
            await connected.execute(f"DELETE FROM {table}")
    return Story(await a_person("Bojan Kralj"))


@given(st.lists(STEP, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_story_ends_as_the_limit_asks(
    database: str, exchange: Exchange, steps: list[tuple[str, object]]
) -> None:
    story = await begun()

    for step, what in steps:
        await getattr(story, step)(what)
    await story.work(None)

    await story.holds()
