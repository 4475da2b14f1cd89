"""How the services of a line are shown: in which state, under which headings, with a switch beside them or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.clock import day_of
from portal.network.tables import Setting
from portal.refusals import N_
from portal.services.catalogue import Group, SettingKind
from portal.services.refusals import BarredForDebts, LineEnded, StillChecking
from portal.services.standing import LineServices, ServiceStanding

HEADINGS: dict[Group, str] = {
    Group.CALLS: N_("Calls"),
    Group.MESSAGES: N_("Messages"),
    Group.DATA: N_("Data"),
    Group.ABROAD: N_("Abroad"),
    Group.SAFETY: N_("Safety"),
    Group.INTERNET: N_("Internet"),
    Group.TV: N_("Television"),
}
REFUSAL_IS_NEWS = timedelta(days=7)


class State(StrEnum):
    """What the network has, or that it is being changed or looked at: never what was only wished."""

    ON = "on"
    OFF = "off"
    SWITCHING_ON = "switching_on"
    SWITCHING_OFF = "switching_off"
    CHANGING = "changing"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class Row:
    """One service in the list. `tap`: what its switch asks for, None where there is more to say or to read first."""

    one: ServiceStanding
    state: State
    tap: Setting | None
    since: date | None
    is_barred: bool
    is_refusal_news: bool


def rows_of(services: LineServices) -> list[tuple[str, list[Row]]]:
    """Headings as msgids, in the order of the groups, those without a service left out."""
    rows = [row_of(services, one) for one in services.services]
    grouped = [
        (heading, [row for row in rows if row.one.service.group == group]) for group, heading in HEADINGS.items()
    ]
    return [(heading, found) for heading, found in grouped if found]


def row_of(services: LineServices, one: ServiceStanding) -> Row:
    return Row(
        one,
        state_of(one),
        one_tap(services, one),
        since=day_of(one.since) if one.is_on and one.since else None,
        is_barred=isinstance(one.cannot, BarredForDebts),
        is_refusal_news=is_refusal_news(services, one),
    )


def state_of(one: ServiceStanding) -> State:
    if one.under_way is not None:
        if not one.under_way.setting.is_on:
            return State.SWITCHING_OFF
        return State.CHANGING if one.is_on else State.SWITCHING_ON
    if one.network is None:
        return State.CHECKING
    return State.ON if one.network.is_on else State.OFF


def one_tap(services: LineServices, one: ServiceStanding) -> Setting | None:
    """Only what costs nothing, asks for nothing and changes nothing else is switched right in the list."""
    target, service = one.next_setting, one.service
    is_simple = service.setting == SettingKind.NONE and not service.is_charged_by_use and not service.step_up
    if one.under_way or one.planned or service.is_paid or service.needs_signature or is_stuck(one):
        return None
    if target.is_on and (one.cannot is not None or not is_simple):
        return None
    return None if services.plan(service.code, target).besides else target


def is_stuck(one: ServiceStanding) -> bool:
    """Whether it can be switched neither on nor off."""
    return isinstance(one.cannot, (LineEnded, StillChecking))


def is_refusal_news(services: LineServices, one: ServiceStanding) -> bool:
    return one.refused is not None and services.at - one.refused.at < REFUSAL_IS_NEWS


def has_ended(services: LineServices) -> bool:
    ended_on = services.line.ended_on
    return ended_on is not None and ended_on <= day_of(services.at)


def look_again_seconds(services: LineServices) -> int | None:
    """When the page should look again by itself: the longer it takes, the more seldom. None: nothing will change."""
    asked = [one.under_way.asked_at for one in services.services if one.under_way is not None]
    if asked:
        waited = services.at - max(asked)
        return 2 if waited < timedelta(minutes=1) else 10 if waited < timedelta(minutes=10) else 60
    if has_ended(services) or not services.is_stale:
        return None
    return 3 if services.read_at is None else 15
