"""Switching services of a line: asking for it, cancelling what waits, withdrawing from what was bought.

The forms carry targets, so that the same asked twice, or in two tabs, is one wish with one outcome. Everything is
decided with the line's row held, from what stands then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from portal import audit
from portal.clock import day_of
from portal.database import transaction
from portal.jobs import enqueue
from portal.network.lines import LineSeen
from portal.network.tables import OFF, Setting
from portal.refusals import NotFound
from portal.services import documents, occasions, telling
from portal.services.checking import check_agreed, check_begins, check_can, checked_setting, checked_start
from portal.services.occasions import Terms
from portal.services.planning import Plan
from portal.services.refusals import NotToBeWithdrawn, StillChanging, TooLateToCancel
from portal.services.standing import LineServices, ServiceStanding
from portal.services.tables import Switch, SwitchState
from portal.services.withdrawal_terms import Bought


class Outcome(StrEnum):
    """`already`: the network has it so. `under_way`: the same was asked for a moment ago. Neither made a new order."""

    ORDERED = "ordered"
    SCHEDULED = "scheduled"
    TO_SIGN = "to_sign"
    ALREADY = "already"
    UNDER_WAY = "under_way"


@dataclass(frozen=True, slots=True)
class Asked:
    """`switch`: what was written down, None where it is so already. `documents`: the path where they are signed."""

    outcome: Outcome
    setting: Setting
    switch: UUID | None = None
    starts_on: date | None = None
    documents: str | None = None


async def ask(
    line: LineSeen,
    code: str,
    setting: Setting,
    *,
    login: UUID,
    begins_at_once: bool,
    starts_on: date | None,
    agreed_cents: int | None,
    at: datetime,
) -> Asked:
    """Have a service set as wished, with all that has to change for it. Of a counted one `setting.value` is the count.

    `agreed_cents`: the sum of the prices that were confirmed (`Plan.agreed`), nothing for what is free. Raises a
    Refusal of portal.services.refusals, or NotFound.
    """
    async with transaction():
        services = await occasions.held(line.id, line.account, at)
        one = services.of(code)
        target = checked_setting(one, setting, services.line)
        if starts_on is not None:
            checked_start(one.service, starts_on, at)
        if one.desired == target and one.network is not None:
            return Asked(Outcome.UNDER_WAY if one.under_way else Outcome.ALREADY, target)
        check_can(services, one, target)
        plan = services.plan(code, target)
        check_agreed(plan, agreed_cents)
        check_begins(services, plan, starts_on or day_of(at), begins_at_once=begins_at_once)
        terms = Terms(at, services.catalogue, login, begins_at_once, starts_on, state_of(plan, starts_on))
        return await write_down(services, plan, terms)


def state_of(plan: Plan, starts_on: date | None) -> SwitchState:
    if plan.needs_signature:
        documents.connected()
        return SwitchState.TO_SIGN
    return SwitchState.SCHEDULED if starts_on else SwitchState.QUEUED


async def write_down(services: LineServices, plan: Plan, terms: Terms) -> Asked:
    """Of a wish that goes to the network now, what was under way for the same services is overtaken."""
    line, path = services.line, None
    overtaken = await occasions.overtake(line.id, plan.changes, terms.at) if terms.state == SwitchState.QUEUED else ()
    rows = await occasions.write(line.id, plan.changes, terms)
    asked = rows[-1]
    if terms.state == SwitchState.TO_SIGN:
        path = await documents.connected().prepare(asked.id, at=terms.at)
        await Switch.update({Switch.documents: path}).where(Switch.occasion == asked.occasion)
    if terms.state == SwitchState.QUEUED:
        await occasions.advance(line.id, terms.at)
    for occasion in overtaken:
        await telling.tell_if_ended(occasion, terms.at)
    await note(audit.Event.SERVICE_ASKED, line, asked, terms.login)
    outcome = Outcome.ORDERED if terms.state == SwitchState.QUEUED else Outcome(terms.state)
    return Asked(outcome, plan.changes[-1].setting, asked.id, terms.starts_on, path)


async def cancel(line: LineSeen, switch: UUID, at: datetime, *, login: UUID | None = None) -> None:
    """Before its day, or before it is signed, with all that was asked together. Twice is as once."""
    async with transaction():
        await occasions.hold(line.id)
        row = await switch_of(line, switch)
        if row.state == SwitchState.CANCELLED:
            return
        cancelled = (
            await Switch.update({Switch.state: SwitchState.CANCELLED, Switch.ended_at: at})
            .where(Switch.occasion == row.occasion, Switch.state.is_in([SwitchState.TO_SIGN, SwitchState.SCHEDULED]))
            .returning(Switch.id)
        )
        if not cancelled:
            raise TooLateToCancel
        if row.documents is not None:
            if await documents.connected().are_accepted(row.occasion):
                raise TooLateToCancel
            await enqueue("signing.withdraw", occasion=str(row.occasion))
        await note(audit.Event.SERVICE_CANCELLED, line, row, login)


async def withdraw(line: LineSeen, switch: UUID, *, login: UUID, at: datetime) -> Bought:
    """Take a purchase back, within fourteen days: it is switched off, and only what was used of it is owed.

    Of packages bought one by one the last comes first. Raises NotToBeWithdrawn, StillChanging.
    """
    async with transaction():
        services = await occasions.held(line.id, line.account, at)
        row = await switch_of(line, switch)
        one = services.of(row.service)
        if one.bought is None or one.bought.id != switch:
            raise NotToBeWithdrawn
        if one.service.is_counted and one.under_way is not None:
            raise StillChanging
        plan = services.plan(row.service, without(one))
        await Switch.update({Switch.withdrawn_at: at}).where(Switch.id == switch)
        await give_up_plans(services, plan, at)
        if not plan.is_empty:
            await write_down(services, plan, Terms(at, services.catalogue, login, undoes={row.service: switch}))
        await telling.tell_withdrawn(services, row, one.bought, plan, at)
        await note(audit.Event.SERVICE_WITHDRAWN, line, row, login)
        return one.bought


def without(one: ServiceStanding) -> Setting:
    """One package less; of anything else, off."""
    return Setting(is_on=True, value=str(one.count - 1)) if one.service.is_counted and one.count > 1 else OFF


async def give_up_plans(services: LineServices, plan: Plan, at: datetime) -> None:
    """What was planned for services that are taken back has no object any more."""
    for change in plan.changes:
        planned = services.of(change.service.code).planned
        if planned is not None:
            await cancel(services.line, planned.id, at)


async def switch_of(line: LineSeen, switch: UUID) -> Switch:
    """Raises NotFound, also for one of another line."""
    row = await Switch.objects().where(Switch.id == switch, Switch.line == line.id).first()
    if row is None:
        raise NotFound
    return row


async def note(event: audit.Event, line: LineSeen, switch: Switch, login: UUID | None) -> None:
    target = "on" if switch.is_on else "off"
    await audit.note(
        event, login=login, account=line.account, switch=str(switch.id), service=switch.service, target=target
    )
