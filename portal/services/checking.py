"""What stands in the way of a switch: how it may be set, and what has to be agreed to. Raises refusals."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

from portal import phone
from portal.clock import day_of
from portal.network.lines import LineSeen
from portal.network.tables import OFF, Setting
from portal.services.catalogue import Service, SettingKind
from portal.services.planning import Plan
from portal.services.refusals import (
    BeginNotAsked,
    EmergencyNumber,
    ForwardedToItself,
    LapsesByItself,
    LineEnded,
    NoSuchNumber,
    NotToBePlanned,
    PlannedAlready,
    PremiumNumber,
    PriceChanged,
    StartOutOfRange,
    StillChanging,
    StillChecking,
    UnknownSetting,
)
from portal.services.standing import LineServices, ServiceStanding
from portal.services.withdrawal_terms import WITHDRAWAL_DAYS


def checked_setting(one: ServiceStanding, asked: Setting, line: LineSeen) -> Setting:
    """As the network takes it: numbers in E.164, nothing beside «off»."""
    service, value = one.service, (asked.value or "").strip()
    if not asked.is_on:
        if service.is_counted:
            raise LapsesByItself
        return OFF
    match service.setting:
        case SettingKind.PHONE:
            return Setting(is_on=True, value=forwarding_target(value, line))
        case SettingKind.COUNT:
            return Setting(is_on=True, value=str(next_count(one, value)))
        case SettingKind.CHOICE if service.choice(value) is None:
            raise UnknownSetting
        case SettingKind.NONE if value:
            raise UnknownSetting
    return Setting(is_on=True, value=value or None)


def forwarding_target(typed: str, line: LineSeen) -> str:
    if phone.is_emergency(typed):
        raise EmergencyNumber
    number = phone.read(typed)
    if number is None:
        raise NoSuchNumber
    if phone.is_premium(number):
        raise PremiumNumber
    if not phone.is_whole(number):
        raise NoSuchNumber
    if number == line.number:
        raise ForwardedToItself
    return number


def next_count(one: ServiceStanding, typed: str) -> int:
    """One more, or as many as there are: pressed twice or in two tabs, the same count is one purchase."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 2) or not 1 <= int(typed) <= one.count + 1:
        raise UnknownSetting
    return max(int(typed), one.count)


def check_can(services: LineServices, one: ServiceStanding, target: Setting) -> None:
    """Switching off limits cost: only a line that has ended, or of which nothing is known, cannot do it."""
    if isinstance(one.cannot, (LineEnded, StillChecking)) or (one.cannot is not None and target.is_on):
        raise one.cannot
    plan = services.plan(one.service.code, target)
    for change in plan.changes:
        other = services.of(change.service.code)
        if other.cannot is not None and change.setting.is_on:
            raise other.cannot
        if other.planned is not None:
            raise PlannedAlready
        if other.under_way is not None and change.is_bought:
            raise StillChanging


def check_agreed(plan: Plan, agreed_cents: int | None) -> None:
    if (agreed_cents or 0) != plan.agreed.cents:
        raise PriceChanged


def check_begins(services: LineServices, plan: Plan, day: date, *, begins_at_once: bool) -> None:
    """A person's purchase begins before the time to withdraw is over only where they ask for that expressly.

    Where something is signed for, the documents ask.
    """
    waits = (day - day_of(services.at)).days > WITHDRAWAL_DAYS
    if services.is_consumer and plan.bought and not (begins_at_once or waits or plan.needs_signature):
        raise BeginNotAsked


def checked_start(service: Service, starts_on: date, at: datetime) -> date:
    if service.is_counted:
        raise NotToBePlanned
    first, last = days_ahead(day_of(at))
    if not first <= starts_on <= last:
        raise StartOutOfRange(first, last)
    return starts_on


def days_ahead(today: date) -> tuple[date, date]:
    """The first and the last day that something can be put off to: tomorrow, and a month from today."""
    year, month = divmod(today.year * 12 + today.month, 12)
    length = monthrange(year, month + 1)[1]
    return today + timedelta(days=1), date(year, month + 1, min(today.day, length))
