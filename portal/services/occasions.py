"""Changes that were asked for together: written down and ordered one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat

from portal.clock import day_of
from portal.database import connection
from portal.network import switching as network
from portal.network.lines import LineSeen, lines_of
from portal.network.tables import Setting
from portal.refusals import NotFound
from portal.services import catalogue
from portal.services.catalogue import Catalogue
from portal.services.planning import Change, is_related
from portal.services.standing import LineServices, standing_of
from portal.services.tables import Switch, SwitchState
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Terms:
    """How and by whom an occasion was asked for; `login` is None where we put something back.

    `undoes`: by service, the switch that is taken back.
    """

    at: datetime
    catalogue: Catalogue
    login: UUID | None = None
    begins_at_once: bool = False
    starts_on: date | None = None
    state: SwitchState = SwitchState.QUEUED
    undoes: Mapping[str, UUID] = field(default_factory=dict)


async def hold(line: UUID) -> None:
    """Whoever changes what is wished of a line does it one after the other, to the end of the transaction."""
    async with connection() as connected:
        await connected.execute(HOLD, line)


async def held(line: UUID, account: UUID, at: datetime) -> LineServices:
    """Hold the line, and read it as it is then."""
    await hold(line)
    return await standing_of(await line_now(line, account), at)


async def line_now(line: UUID, account: UUID) -> LineSeen:
    """Raises NotFound where the account does not have the line any more."""
    found = next((one for one in await lines_of([account]) if one.id == line), None)
    if found is None:
        raise NotFound
    return found


async def write(line: UUID, changes: Sequence[Change], terms: Terms) -> list[Switch]:
    """A row for each change, in order."""
    occasion = uuid_utils.compat.uuid7()
    rows = [
        Switch(
            line=line,
            occasion=occasion,
            position=position,
            service=change.service.code,
            is_on=change.setting.is_on,
            value=change.setting.value,
            state=terms.state,
            catalogue=terms.catalogue.name,
            billed=change.service.billed,
            price_cents=change.service.price.cents,
            asked_at=terms.at,
            asked_by=terms.login,
            begins_at_once=terms.begins_at_once,
            starts_on=terms.starts_on,
            undoes=terms.undoes.get(change.service.code),
        )
        for position, change in enumerate(changes)
    ]
    await Switch.insert(*rows)
    return rows


async def overtake(line: UUID, changes: Sequence[Change], at: datetime) -> set[UUID]:
    """What is open for these services counts no more. Returns the occasions it belonged to."""
    async with connection() as connected:
        rows = await connected.fetch(OVERTAKE, line, [change.service.code for change in changes], at)
    return {row["occasion"] for row in rows}


async def advance(line: UUID, at: datetime) -> None:
    """Order what waits for nothing any more. A change waits for those before it of its occasion, and for every
    earlier one of a service that it needs, excludes or is needed by: two wishes at once go in the order they came.
    """
    edition = catalogue.current(day_of(at))
    ahead: list[Open] = []
    for one in await OPEN.all(line=line):
        if one.state == SwitchState.QUEUED and not any(waits_for(edition, one, other) for other in ahead):
            await order(one, at)
        ahead.append(one)


def waits_for(edition: Catalogue, one: Open, other: Open) -> bool:
    return one.occasion == other.occasion or is_related(edition, one.service, other.service)


async def order(one: Open, at: datetime) -> None:
    placed = await network.switch(one.line, one.service, Setting(one.is_on, one.value), then="services.go_on", at=at)
    async with connection() as connected:
        await connected.execute(ORDERED, one.id, placed)


@dataclass(frozen=True, slots=True)
class Open:
    """A switch that is ordered, or waits to be."""

    id: UUID
    line: UUID
    occasion: UUID
    service: str
    is_on: bool
    value: str | None
    state: SwitchState


HOLD = "SELECT id FROM lines WHERE id = $1 FOR NO KEY UPDATE"
OVERTAKE = """
    UPDATE switches SET state = 'overtaken', ended_at = $3
    WHERE line = $1 AND service = ANY($2) AND state IN ('queued', 'ordered') RETURNING occasion
"""
OPEN = Statement(
    """
    SELECT id, line, occasion, service, is_on, value, state FROM switches
    WHERE line = $1 AND state IN ('queued', 'ordered') ORDER BY asked_at, occasion, position
    """,
    Open,
    ("line",),
)
ORDERED = """UPDATE switches SET state = 'ordered', "order" = $2 WHERE id = $1"""
