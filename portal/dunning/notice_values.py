"""What the messages of the ladder say of a case: one set of values for each of their templates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.billing.pay_links import pay_link
from portal.billing.tables import Charge
from portal.customers.tables import Line
from portal.dunning.case_tables import DunningCase, Notice
from portal.dunning.cases import course_of, policy_of
from portal.dunning.contacting import Contact
from portal.dunning.endings.terminating import final_demand_values
from portal.dunning.owing import debt_of
from portal.dunning.policy import Step
from portal.dunning.schedule import ahead, avoidable
from portal.money import ZERO, Money
from portal.network.tables import OPEN

Values = dict[str, Any]
ONE_DAY = timedelta(days=1)


async def values_of(template: str, case: DunningCase, step: Step, notice: Notice, contact: Contact) -> Values:
    today = clock.day_of(notice.at)
    told: Values = {
        **await debt_of(case.account, today),
        "customer_number": contact.customer_number,
        "pay_link": pay_link(contact.account_number, notice.at),
    }
    if step.bars:
        told |= await of_a_bar(case, step, contact, today)
        return told | until_the_end(told) if template == "termination_notice" else told
    if template == "payment_call":
        return told | await final_demand_values(case, notice.last_day, notice.at)
    return told | of_a_warning(case, step, notice, today)


def of_a_warning(case: DunningCase, step: Step, notice: Notice, today: date) -> Values:
    """Until when to pay, and what being connected again costs from the next bar on."""
    policy = policy_of(case)
    following = next((later for later, _ in ahead(policy, course_of(case), today) if later.bars), None)
    return {
        "days": step.gives_days,
        "last_day": notice.last_day,
        "cost": policy.cost(following) if following else None,
    }


async def of_a_bar(case: DunningCase, step: Step, contact: Contact, today: date) -> Values:
    policy, course = policy_of(case), course_of(case)
    settled = await settled_fees(case)
    fees = {str(fee.kind): ZERO if fee.kind in settled else fee.amount for fee in policy.fees_of(step)}
    avoid = avoidable(policy, course, today)
    following = next(ahead(policy, course, today), None)
    ends_on = following[1] if following and following[0].terminates else None
    return {
        **fees,
        "barred": await barred(case, step),
        "help_numbers": list(policy.help_numbers) if contact.mobile else [],
        "cost": Money.sum(fees.values()),
        "added": avoid.fee if avoid else None,
        "last_day": avoid.last_day if avoid else None,
        "terminated_on": ends_on,
    }


def until_the_end(told: Values) -> Values:
    """The last day on which the end of the contract can be prevented."""
    return {"last_day": told["terminated_on"] - ONE_DAY}


async def settled_fees(case: DunningCase) -> frozenset[str]:
    """Kinds of fees that the next bill will not hold: waived in this case, or billed before lines were barred again."""
    charges = Charge.select(Charge.kind).where(Charge.occasion == case.id)
    return frozenset(
        await charges.where(Charge.waived_at.is_not_null() | Charge.bill.is_not_null()).output(as_list=True)
    )


async def barred(case: DunningCase, step: Step) -> str:
    """`all` where incoming calls are off too on some line, else `outgoing`."""
    kinds = await Line.select(Line.kind).where(Line.account == case.account).output(as_list=True)
    return "all" if any(step.bars.get(kind, OPEN).voice_in for kind in kinds) else "outgoing"
