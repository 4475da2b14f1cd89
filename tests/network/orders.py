"""Ordering in a story: the people's lines, and what came after."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal import clock
from portal.database import transaction
from portal.jobs import job
from portal.network import barring, switching
from portal.network.reconciling import reconcile
from portal.network.tables import (
    BarringOrder,
    LineState,
    OrderState,
    Profile,
    ServiceOrder,
    ServicesRead,
    ServiceState,
    Setting,
)
from tests.people import NOON, Person
from tests.working import work_off

ON = Setting(is_on=True)
afterwards: list[str] = []
"""The occasions that were told to be done, and the orders of services that were told to have ended."""


@job("network.test_done")
async def done(occasion: str) -> None:
    afterwards.append(occasion)


@job("network.test_ended")
async def ended(order: str) -> None:
    afterwards.append(order)


async def order(
    profile: Profile, *people: Person, then: str | None = "network.test_done", at: datetime = NOON
) -> uuid.UUID:
    """One occasion for the lines of these people."""
    occasion = uuid.uuid4()
    async with transaction():
        await barring.order([person.line.id for person in people], profile, occasion=occasion, then=then, at=at)
    return occasion


async def orders_of(person: Person) -> list[BarringOrder]:
    """Oldest first."""
    return await BarringOrder.objects().where(BarringOrder.line == person.line.id).order_by(BarringOrder.id)


async def states_of(person: Person) -> list[OrderState]:
    return [OrderState(order.state) for order in await orders_of(person)]


async def observed(person: Person) -> Profile | None:
    """What we noted that the network said."""
    state = await LineState.objects().get(LineState.line == person.line.id)
    return state.profile if state is not None else None


async def wish(
    person: Person, service: str, setting: Setting, *, then: str | None = "network.test_ended", at: datetime = NOON
) -> str:
    """The id of the order."""
    async with transaction():
        return str(await switching.switch(person.line.id, service, setting, then=then, at=at))


async def wishes_of(person: Person, service: str) -> list[ServiceOrder]:
    """Oldest first."""
    mine = (ServiceOrder.line == person.line.id) & (ServiceOrder.service == service)
    return await ServiceOrder.objects().where(mine).order_by(ServiceOrder.id)


async def wish_states_of(person: Person, service: str) -> list[OrderState]:
    return [OrderState(order.state) for order in await wishes_of(person, service)]


async def noted(person: Person, service: str) -> ServiceState | None:
    """What we noted that the network said."""
    return await ServiceState.objects().get((ServiceState.line == person.line.id) & (ServiceState.service == service))


async def setting_noted(person: Person, service: str) -> Setting | None:
    state = await noted(person, service)
    return state.setting if state is not None else None


async def read_at(person: Person) -> datetime | None:
    read = await ServicesRead.objects().get(ServicesRead.line == person.line.id)
    return read.read_at if read is not None else None


async def sweep(at: datetime) -> int:
    """The reconciliation comes round, and what it enqueued is done. Returns how many jobs that were."""
    with clock.stopped_at(at):
        await reconcile(at)
        return await work_off(later=True)
