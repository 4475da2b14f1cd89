"""The notice of a suspension: what is off, what is owed, what it costs and what comes next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.dunning.contacting import Contact, contact_of
from portal.dunning.owing import debt_of
from portal.dunning.policy import Policy, Step, ToldBy
from portal.dunning.tables import Suspension
from portal.dunning.telling import tell
from portal.messaging.sending import Told
from portal.network.tables import Profile


async def tell_of(suspension: Suspension, barred: Collection[Profile], issued_on: date) -> None:
    """`barred`: the different profiles that the account's lines were given; `issued_on`: of the unpaid bill."""
    policy, today = Policy.named(suspension.policy), clock.day_of(suspension.started_at)
    contact, step = await contact_of(suspension.account), policy.step(suspension.step)
    terms = ending if step.is_final else going_on
    told = Told(
        "termination_notice" if step.is_final else "suspended",
        contact.language,
        {
            **await debt_of(suspension.account, today),
            **situation(contact, policy, barred),
            **terms(policy, step.number, issued_on, today),
        },
        customer=contact.customer,
        once=f"suspended {suspension.id} {step.number}",
    )
    await tell(contact, told, by_letter=is_told_by_letter(step, contact), at=suspension.started_at)


def is_told_by_letter(step: Step, contact: Contact) -> bool:
    """Also where the step is told by SMS: who has no mobile line of ours is written to by post."""
    return step.told_by == ToldBy.LETTER or contact.mobile is None


def situation(contact: Contact, policy: Policy, barred: Collection[Profile]) -> dict[str, Any]:
    return {
        "customer_number": contact.customer_number,
        "barred": "all" if any(profile.voice_in for profile in barred) else "outgoing",
        "help_numbers": list(policy.help_numbers) if contact.mobile else [],
    }


def going_on(policy: Policy, step: int, issued_on: date, today: date) -> dict[str, Any]:
    """What it costs to be connected again, and the fee that the next step adds with the last day to avoid it.

    After the last step: the day on which the contract ends.
    """
    avoidable = policy.avoidable_at(step, issued_on, today)
    return {
        "cost": policy.fee_at(step),
        "added": avoidable.fee if avoidable else None,
        "last_day": avoidable.last_day if avoidable else None,
        "terminated_on": policy.termination_at(step, issued_on, today),
    }


def ending(policy: Policy, step: int, issued_on: date, today: date) -> dict[str, Any]:
    """Each fee by its kind, and until when the end of the contract can be prevented."""
    ends_on = policy.termination_at(step, issued_on, today)
    assert ends_on is not None, "no policy is read whose final suspension ends nothing"
    fees = {str(fee.kind): fee.amount for fee in policy.fees_at(step)}
    return fees | {"cost": policy.fee_at(step), "terminated_on": ends_on, "last_day": ends_on - timedelta(days=1)}
