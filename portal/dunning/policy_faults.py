"""What makes a policy unfit for use although each of its parts can be read, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from portal.customers.tables import LineKind
from portal.messaging.tables import Channel
from portal.messaging.templates import template, templates
from portal.money import ZERO, Money
from portal.network.tables import OPEN, Profile

if TYPE_CHECKING:
    from portal.dunning.policy import Policy, Step

BILLS_DAYS = {"issue", "due"}


def faults_of(policy: Policy) -> Iterator[str]:
    yield from names(policy)
    yield from order(policy)
    yield from bars(policy)
    yield from texts(policy)
    yield from money(policy)


def names(policy: Policy) -> Iterator[str]:
    named = [step.name for step in policy.steps]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{name} stands twice"
    if BILLS_DAYS & set(named):
        yield "issue and due are days of the bill, not steps"
    if len({number.replace(" ", "") for number in policy.help_numbers}) < len(policy.help_numbers):
        yield "a help number stands twice"
    if policy.deferral and policy.deferral.after not in named:
        yield f"the deferral follows {policy.deferral.after}, which is no step"


def order(policy: Policy) -> Iterator[str]:
    """Each step may look back only: what looks ahead or at itself is a cycle or unknown."""
    known = {step.name for step in policy.steps}
    before: list[Step] = []
    for step in policy.steps:
        earlier = {one.name for one in before}
        for named in sorted({step.at.after, step.requires or step.at.after} - BILLS_DAYS - earlier):
            yield f"{step.name} waits for {named}, which {'comes later' if named in known else 'is no step'}"
        yield from notices(step, {one.name: one for one in before})
        before.append(step)
    ranks = [step.suspension for step in policy.steps if step.suspension]
    if ranks != sorted(set(ranks)):
        yield "suspensions are numbered upwards, each once"


def notices(step: Step, before: dict[str, Step]) -> Iterator[str]:
    required, counted = before.get(step.requires or ""), before.get(step.at.after)
    if required and Channel.LETTER not in required.tells:
        yield f"{step.name} requires {required.name}, which has no letter for who gets no SMS"
    if required and step.terminates and not required.bars:
        yield f"{step.name} requires {required.name}, which bars nothing"
    if required and step.bars and not required.gives_days:
        yield f"{step.name} requires {required.name}, which gives no days to pay"
    if counted and counted.gives_days and counted != required:
        yield f"{step.name} counts from {counted.name} and does not require it"


def bars(policy: Policy) -> Iterator[str]:
    """What is off stays off at the later steps."""
    before: dict[LineKind, Profile] = {}
    for step in policy.steps:
        for kind, profile in before.items() if step.bars else ():
            if any(was and not now for was, now in zip(profile, step.bars.get(kind, OPEN), strict=True)):
                yield f"{step.name} opens on {kind} lines what was barred before"
        before = step.bars or before


def texts(policy: Policy) -> Iterator[str]:
    known = {one.name for one in templates()}
    for step in policy.steps:
        for channel, name in step.tells.items():
            if name not in known:
                yield f"{step.name} tells {name}, which is no message"
            elif channel not in template(name).channels:
                yield f"{step.name} tells {name} by {channel}, which has no such text"


def money(policy: Policy) -> Iterator[str]:
    used = {kind for step in policy.steps for kind in step.fees}
    if policy.deferral:
        used.add(policy.deferral.fee)
    for kind in sorted(used - set(policy.fees)):
        yield f"{kind} has no amount"
    for kind in sorted(set(policy.fees) - used):
        yield f"{kind} is never charged"
    for kind, fee in sorted(policy.fees.items()):
        if fee > policy.caps.fee:
            yield f"{kind} of {fee.plain} is over the cap of {policy.caps.fee.plain}"
    episode = max((cost(policy, step) for step in policy.steps), default=ZERO)
    if episode > policy.caps.episode:
        yield f"an episode of {episode.plain} is over the cap of {policy.caps.episode.plain}"


def cost(policy: Policy, step: Step) -> Money:
    return Money.sum(policy.fees[kind] for kind in step.fees if kind in policy.fees)
