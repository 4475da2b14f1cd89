"""The steps of a case as its customer meets them: pure functions of the policy and the case's course."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.customers.tables import LineKind
from portal.dunning.policy import Fee, HandOverTo, Policy, SmsTo, Step
from portal.dunning.schedule import Course, added_fees, ahead, current
from portal.messaging.tables import Channel
from portal.network.tables import OPEN


class Rung(StrEnum):
    """What a step is to the customer."""

    REMINDER = "reminder"
    NOTICE = "notice"
    """The last word before services go off."""
    SUSPENSION = "suspension"
    """From open to barred."""
    STEP = "step"
    """Barred already: it gets dearer, and perhaps more is barred."""
    TERMINATION = "termination"
    DEMAND = "demand"
    AGENCY = "agency"
    ENFORCEMENT = "enforcement"


class Bars(StrEnum):
    """What a step bars that was not barred before it, on the lines that the account has."""

    NOTHING = "nothing"
    OUTGOING = "outgoing"
    INCOMING = "incoming"
    """Of a mobile line whose outgoing services are off already."""
    FIXED = "fixed"
    """The fixed connection, beside a mobile line that feels nothing new."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Move:
    """A step on its day, taken or to come. `fees`: what a reconnection costs more from then on."""

    rung: Rung
    on: date
    bars: Bars = Bars.NOTHING
    fees: tuple[Fee, ...] = ()


@dataclass(frozen=True, slots=True)
class Connected:
    """What of an account decides how it meets the steps."""

    kinds: frozenset[LineKind]
    is_suspended: bool


def outlook(policy: Policy, course: Course, connected: Connected, resumes_on: date) -> Iterator[Move]:
    """Each step on its day if nothing is paid; `resumes_on`: today, or the day after what holds the ladder.

    Whose services are on although a bar was taken (on a proof of payment) loses them again before anything else.
    """
    last = current(policy, course)
    if last is not None and not connected.is_suspended:
        yield Move(Rung.SUSPENSION, resumes_on, bars(last, None, connected.kinds))
    for step, on in ahead(policy, course, resumes_on):
        if reaches(policy, step, connected.kinds):
            yield move(policy, step, on, last, connected.kinds)
        last = step if step.suspension else last


def move(policy: Policy, step: Step, on: date, last: Step | None, kinds: Collection[LineKind]) -> Move:
    """`last`: the suspension taken before it."""
    if step.suspension is None:
        return Move(rung(policy, step), on)
    return Move(rung(policy, step), on, bars(step, last, kinds), added_fees(policy, step, last))


RECEIVERS = {HandOverTo.AGENCY: Rung.AGENCY, HandOverTo.ENFORCEMENT: Rung.ENFORCEMENT}


def rung(policy: Policy, step: Step) -> Rung:
    if step.terminates:
        return Rung.TERMINATION
    if step.hands_over_to is not None:
        return RECEIVERS[step.hands_over_to]
    if step.suspension is not None:
        return Rung.SUSPENSION if step == policy.suspensions[0] else Rung.STEP
    return telling(policy, step)


def telling(policy: Policy, step: Step) -> Rung:
    """A step that only tells: of those before the first bar the last is the warning of it."""
    place, first_bar = policy.steps.index(step), policy.steps.index(policy.suspensions[0])
    if place > first_bar:
        return Rung.DEMAND
    return Rung.NOTICE if place == first_bar - 1 else Rung.REMINDER


def bars(step: Step, last: Step | None, kinds: Collection[LineKind]) -> Bars:
    before = last.bars if last else {}
    new = {kind: profile for kind, profile in step.bars.items() if kind in kinds and before.get(kind, OPEN) != profile}
    mobile = new.get(LineKind.MOBILE)
    if mobile is None:
        fixed = Bars.FIXED if LineKind.MOBILE in kinds else Bars.ALL
        return fixed if new else Bars.NOTHING
    if not mobile.voice_in and len(new) == 1:
        return Bars.OUTGOING
    return Bars.INCOMING if LineKind.MOBILE in before else Bars.ALL


def reaches(policy: Policy, step: Step, kinds: Collection[LineKind]) -> bool:
    """Not a warning that goes by SMS alone to somebody who has no mobile line with us."""
    by_sms_alone = step.tells.keys() == {Channel.SMS} and not step.bars
    return not (by_sms_alone and policy.sms_to == SmsTo.MOBILE_SUBSCRIBERS and LineKind.MOBILE not in kinds)
