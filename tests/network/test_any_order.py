"""Any mix of wishes, faults, late arrivals, killed workers and drift ends in the last wish, unless it was refused.

Who asked is told once of each order that was confirmed or refused, and never of one that was superseded. Nothing is
ordered again without looking first, or while the network has it under way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.database import connection
from portal.network import port
from portal.network.reconciling import reconcile
from portal.network.tables import (
    ALL_BARRED,
    OPEN,
    OUTGOING_BARRED,
    BarringOrder,
    OrderState,
    Profile,
    ServiceOrder,
    Setting,
)
from portal.sandbox.network import bar, finish, set_service
from portal.sandbox.network.state import profile_on, services_on
from tests.network.orders import (
    ON,
    afterwards,
    observed,
    order,
    orders_of,
    setting_noted,
    wish,
    wishes_of,
)
from tests.network.unreliable import Fault, PowerCut, UnreliableNetwork
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange

OFF = Setting(is_on=False)
SERVICES = {
    "own_barring": (ON, OFF),
    "forwarding": (OFF, Setting(is_on=True, value="+38640111222"), Setting(is_on=True, value="+38640333444")),
}
FIVE_MINUTES = timedelta(minutes=5)
TEN_MINUTES = timedelta(minutes=10)


@dataclass
class Story:
    person: Person
    network: UnreliableNetwork
    at: datetime = NOON
    occasions: list[str] = field(default_factory=list)

    async def switches(self, what: tuple[str, Setting]) -> None:
        service, setting = what
        await wish(self.person, service, setting, at=self.at)

    async def bars(self, profile: Profile) -> None:
        with clock.stopped_at(self.at):
            self.occasions.append(str(await order(profile, self.person, at=self.at)))

    async def befalls(self, fault: Fault) -> None:
        self.network.faults.append(fault)

    async def is_silent(self, times: int) -> None:
        self.network.silences += times

    async def works(self, times: int) -> None:
        for _ in range(times):
            await self.work()

    async def work(self) -> None:
        """A worker that dies leaves its job to another."""
        with clock.stopped_at(self.at):
            try:
                await work_off(later=True)
            except PowerCut:
                async with connection() as connected:
                    await connected.execute("UPDATE pgqueuer SET status = 'queued' WHERE status = 'picked'")

    async def finishes(self, _: None) -> None:
        await finish(self.person.line.number)

    async def sweeps(self, times: int) -> None:
        """What is on the road arrives before, and the network answers questions: so much is promised of it."""
        for _ in range(times):
            await self.sweep(FIVE_MINUTES)

    async def sweep(self, after: timedelta) -> None:
        await self.network.arrive()
        self.network.silences = 0
        self.at += after
        with clock.stopped_at(self.at):
            await reconcile(self.at)
        await self.work()

    async def drifts(self, _: None) -> None:
        """A moment after our last wish was confirmed, somebody else sets everything to something else."""
        line = self.person.line.number
        for service, choices in SERVICES.items():
            if await is_settled(await wishes_of(self.person, service), self.at):
                now = (await services_on(line)).get(service, OFF)
                await set_service(line, service, next(choice for choice in choices if choice != now))
        if await is_settled(await orders_of(self.person), self.at):
            await bar(line, OPEN if await profile_on(line) != OPEN else ALL_BARRED)
        await self.sweeps(1)

    async def heals(self) -> None:
        """No more faults, and time passes."""
        self.network.faults.clear()
        await self.finishes(None)
        await self.sweeps(2)
        for _ in range(3):
            await self.sweep(timedelta(hours=1))
        await self.sweeps(1)


async def is_settled(orders: list[ServiceOrder] | list[BarringOrder], at: datetime) -> bool:
    """Confirmed, and the wish sent so lately that it is put right when the next sweep comes round."""
    sent = [order.sent_at for order in orders if not order.is_correction and order.state == OrderState.CONFIRMED]
    return bool(orders) and orders[-1].state == OrderState.CONFIRMED and bool(sent) and sent[-1] > at - TEN_MINUTES


STEP = st.one_of(
    st.tuples(st.just("switches"), st.sampled_from([(s, setting) for s, some in SERVICES.items() for setting in some])),
    st.tuples(st.just("bars"), st.sampled_from([OPEN, ALL_BARRED, OUTGOING_BARRED])),
    st.tuples(st.just("befalls"), st.sampled_from(Fault)),
    st.tuples(st.just("is_silent"), st.integers(1, 3)),
    st.tuples(st.just("works"), st.integers(1, 8)),
    st.tuples(st.just("finishes"), st.none()),
    st.tuples(st.just("sweeps"), st.integers(1, 4)),
    st.tuples(st.just("drifts"), st.none()),
)


@given(st.lists(STEP, min_size=3, max_size=25))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_order_ends_in_the_last_wish(
    database: str, exchange: Exchange, steps: list[tuple[str, object]]
) -> None:
    story = await begun()

    for step, what in steps:
        await getattr(story, step)(what)
    await story.heals()

    await ends_in_the_last_wishes(story)
    await told_once(story)


async def begun() -> Story:
    afterwards.clear()
    async with connection() as connected:
        await connected.execute("TRUNCATE pgqueuer, pgqueuer_log")
    port.use(network := UnreliableNetwork())
    return Story(await a_person("Bojan Kralj", registered=False), network)


async def ends_in_the_last_wishes(story: Story) -> None:
    line = story.person.line.number
    for service in SERVICES:
        orders = await wishes_of(story.person, service)
        has = (await services_on(line)).get(service, OFF)
        if orders and orders[-1].state != OrderState.REFUSED:
            assert orders[-1].state == OrderState.CONFIRMED
            assert has == orders[-1].setting
        assert not orders or (await setting_noted(story.person, service) or OFF) == has
    barrings = await orders_of(story.person)
    if barrings and barrings[-1].state != OrderState.REFUSED:
        assert barrings[-1].state == OrderState.CONFIRMED
        assert await profile_on(line) == barrings[-1].profile == await observed(story.person)


async def told_once(story: Story) -> None:
    ended = (OrderState.CONFIRMED, OrderState.REFUSED)
    told = Counter(afterwards)
    asked = [one for service in SERVICES for one in await wishes_of(story.person, service) if one.then_job]
    assert {str(one.id): told[str(one.id)] for one in asked} == {str(one.id): int(one.state in ended) for one in asked}
    barred = await orders_of(story.person)
    done = {str(one.occasion) for one in barred if one.then_job and one.state == OrderState.CONFIRMED}
    assert {occasion: told[occasion] for occasion in story.occasions} == {
        occasion: int(occasion in done) for occasion in story.occasions
    }
