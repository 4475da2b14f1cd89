"""Ordering in a story: the people's lines, and what came after."""

from __future__ import annotations

import uuid

from portal.database import transaction
from portal.jobs import job
from portal.network import barring
from portal.network.tables import BarringOrder, LineState, OrderState, Profile
from tests.people import NOON, Person

afterwards: list[str] = []
"""The occasions that were told to be done."""


@job("network.test_done")
async def done(occasion: str) -> None:
    afterwards.append(occasion)


async def order(profile: Profile, *people: Person, then: str | None = "network.test_done") -> uuid.UUID:
    """One occasion for the lines of these people."""
    occasion = uuid.uuid4()
    async with transaction():
        await barring.order([person.line.id for person in people], profile, occasion=occasion, then=then, at=NOON)
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
