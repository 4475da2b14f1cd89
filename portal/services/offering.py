"""What the page of one service offers: switching it on or setting it anew, switching it off, and on which terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.clock import day_of
from portal.network.tables import OFF, Setting
from portal.refusals import Refusal
from portal.services import documents
from portal.services.catalogue import Service, SettingKind
from portal.services.checking import check_can, days_ahead
from portal.services.planning import NextBill, Plan
from portal.services.standing import LineServices, ServiceStanding


@dataclass(frozen=True, slots=True)
class Offer:
    """`setting`: what the form asks for; a telephone number or a choice is filled in there. `bill`: of the month in
    which it starts. `is_short`: nothing to fill in, because another wish is under way. `can_be_withdrawn`: from what is
    bought right here; where something is signed for, the documents say so. `refusal`: why not now.
    """

    service: Service
    setting: Setting
    plan: Plan
    bill: NextBill
    starts_on: date
    can_wait_from: date
    can_wait_to: date
    is_short: bool
    can_be_withdrawn: bool
    refusal: Refusal | None

    @property
    def can_wait(self) -> bool:
        return not self.is_short and not self.service.is_counted and not self.plan.needs_signature

    @property
    def is_change(self) -> bool:
        """Whether it is on already, and set anew."""
        return self.setting.is_on and self.plan.changes[-1].was.is_on and not self.service.is_counted

    @property
    def costs_nothing(self) -> bool:
        return not any(change.service.is_paid for change in self.plan.changes)


@dataclass(frozen=True, slots=True)
class Offers:
    on: Offer | None
    off: Offer | None


def offers_of(services: LineServices, one: ServiceStanding, starts_on: date | None = None) -> Offers:
    """None beside a plan. `starts_on`: the day that was typed, for which the next bill is told."""
    if one.planned is not None:
        return Offers(None, None)
    day = starts_on or day_of(services.at)
    on = offer(services, one, on_target(one), day) if can_be_asked_on(one) else None
    if on is not None and on.is_short and on.plan.bought:
        on = None
    is_off_asked = one.desired.is_on and not one.service.is_counted
    return Offers(on, offer(services, one, OFF, day) if is_off_asked else None)


def can_be_asked_on(one: ServiceStanding) -> bool:
    """Of what is under way only the opposite is asked for."""
    if not one.desired.is_on:
        return True
    return one.under_way is None and one.service.setting != SettingKind.NONE


def on_target(one: ServiceStanding) -> Setting:
    if one.service.is_counted:
        return one.next_setting
    return Setting(is_on=True, value=None if one.service.setting == SettingKind.NONE else "")


def offer(services: LineServices, one: ServiceStanding, target: Setting, day: date) -> Offer:
    plan = services.plan(one.service.code, target)
    first, last = days_ahead(day_of(services.at))
    return Offer(
        service=one.service,
        setting=target,
        plan=plan,
        bill=plan.next_bill(day),
        starts_on=day,
        can_wait_from=first,
        can_wait_to=last,
        is_short=one.under_way is not None,
        can_be_withdrawn=services.is_consumer and bool(plan.bought) and not plan.needs_signature,
        refusal=in_the_way(services, one, target, plan),
    )


def in_the_way(services: LineServices, one: ServiceStanding, target: Setting, plan: Plan) -> Refusal | None:
    try:
        check_can(services, one, target)
        if plan.needs_signature:
            documents.connected()
    except Refusal as refusal:
        return refusal
    return None
