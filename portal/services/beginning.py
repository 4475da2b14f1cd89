"""What waited begins: its day has come, or its documents were signed. What can have changed meanwhile is looked at
again, and nothing happens on other terms than those that were shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from portal import audit
from portal.clock import day_of
from portal.database import connection, transaction
from portal.jobs import enqueue
from portal.network.lines import LineSeen
from portal.refusals import Refusal
from portal.services import occasions, telling
from portal.services.planning import Plan
from portal.services.refusals import SwitchRefused
from portal.services.standing import LineServices
from portal.services.tables import Switch, SwitchState

log = structlog.get_logger()


async def find_due(at: datetime) -> None:
    """A job for everything whose day has come in Slovenia, however long ago."""
    async with transaction() as connected:
        for row in await connected.fetch(DUE, day_of(at)):
            occasion = str(row["occasion"])
            await enqueue("services.begin", once=f"services.begin {occasion}", occasion=occasion)


async def begin(occasion: UUID, at: datetime) -> None:
    """Order what was put off to a day that has come. What was cancelled in the same moment stays cancelled."""
    async with transaction():
        services = await held_of(occasion, at)
        rows = await waiting(occasion, SwitchState.SCHEDULED)
        if rows and rows[-1].starts_on <= day_of(at):
            await go_ahead(services, rows)


async def signed(switch: UUID, at: datetime) -> bool:
    """Its documents are signed: it is ordered, or waits for its day. False: it no longer waited for them."""
    async with transaction():
        rows = await unsigned(switch)
        if rows and rows[-1].starts_on and rows[-1].starts_on > day_of(at):
            await Switch.update({Switch.state: SwitchState.SCHEDULED}).where(Switch.occasion == rows[-1].occasion)
        elif rows:
            await go_ahead(await held_of(rows[-1].occasion, at), rows)
        return bool(rows)


async def lapsed(switch: UUID, at: datetime) -> bool:
    """The documents of a switch can no longer be signed: it is given up, and the customer is told."""
    async with transaction():
        rows = await unsigned(switch)
        if rows:
            await give_up(await held_of(rows[-1].occasion, at), rows, "signature")
        return bool(rows)


async def unsigned(switch: UUID) -> list[Switch]:
    row = await Switch.objects().get(Switch.id == switch)
    if row is None:
        return []
    await occasions.hold(row.line)
    return await waiting(row.occasion, SwitchState.TO_SIGN)


async def held_of(occasion: UUID, at: datetime) -> LineServices:
    async with connection() as connected:
        place = await connected.fetchrow(PLACE, occasion)
    return await occasions.held(place["line"], place["account"], at)


async def waiting(occasion: UUID, state: SwitchState) -> list[Switch]:
    """Read with the line held, so that nobody changes it meanwhile."""
    return await Switch.objects().where(Switch.occasion == occasion, Switch.state == state).order_by(Switch.position)


async def go_ahead(services: LineServices, rows: Sequence[Switch]) -> None:
    """What is so already needs no order. Otherwise as it was shown, or not at all."""
    plan, code = still_possible(services, rows)
    if plan is None:
        await give_up(services, rows, code)
        return
    changed = {change.service.code for change in plan.changes}
    overtaken = await occasions.overtake(services.line.id, plan.changes, services.at)
    for row in rows:
        row.state = SwitchState.QUEUED if row.service in changed else SwitchState.OVERTAKEN
        row.ended_at = None if row.service in changed else services.at
        await row.save([Switch.state, Switch.ended_at])
    await occasions.advance(services.line.id, services.at)
    for occasion in overtaken:
        await telling.tell_if_ended(occasion, services.at)


def still_possible(services: LineServices, rows: Sequence[Switch]) -> tuple[Plan | None, str]:
    """What it takes today; without a plan, the catalogue's code of why it cannot be."""
    asked, shown = rows[-1], {row.service: row for row in rows}
    try:
        one = services.of(asked.service)
        plan = services.plan(asked.service, asked.setting)
        refuse_barred(services, plan)
    except SwitchRefused as refusal:
        return None, refusal.code
    except Refusal:
        return None, "not_offered"
    for change in plan.changes:
        row = shown.get(change.service.code)
        if row is None or (change.is_bought and row.price != change.service.price):
            return None, "price_changed"
    return plan, one.service.code


def refuse_barred(services: LineServices, plan: Plan) -> None:
    for change in plan.changes:
        cannot = services.of(change.service.code).cannot
        if cannot is not None and (change.setting.is_on or cannot.code == "ended"):
            raise cannot


async def give_up(services: LineServices, rows: Sequence[Switch], code: str) -> None:
    for row in rows:
        row.state, row.refused_as, row.ended_at = SwitchState.REFUSED, code, services.at
        await row.save([Switch.state, Switch.refused_as, Switch.ended_at])
    log.info("planned switch given up", switch=str(rows[-1].id), reason=code)
    await note_refused(services.line, rows[-1], code)
    await telling.tell_refused(rows[-1].occasion, services.at)


async def note_refused(line: LineSeen, row: Switch, code: str) -> None:
    await audit.note(
        audit.Event.SERVICE_REFUSED, account=line.account, switch=str(row.id), service=row.service, reason=code
    )


DUE = "SELECT DISTINCT occasion FROM switches WHERE state = 'scheduled' AND starts_on <= $1 LIMIT 5000"
PLACE = """
    SELECT l.id AS line, l.account FROM switches s JOIN lines l ON l.id = s.line WHERE s.occasion = $1 LIMIT 1
"""
