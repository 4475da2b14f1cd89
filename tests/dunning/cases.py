"""People who owe: suspended as the ladder does it, and paying as booking does it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import CustomerKind, PackageKind
from portal.database import transaction
from portal.dunning.carrying_out import carry_out
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened
from portal.dunning.cases import course_of, note_event, open_case
from portal.dunning.policies import policy_for
from portal.dunning.policy import Policy, Step
from portal.dunning.schedule import Course, next_step
from portal.dunning.settling import owed_changed
from portal.dunning.tables import Reconnection, Suspension
from portal.dunning.view.standing import Standing, standing_of
from tests.people import NOON, TODAY, Person, saved
from tests.working import work_off

AGES = {1: 24, 2: 28, 3: 49}
WARNED, RAN_OUT = TODAY - timedelta(days=9), TODAY - timedelta(days=1)
"""When everything before the step was taken, and until when its notice gave time."""


async def suspended(
    person: Person, *, step: int = 1, kind: PackageKind = PackageKind.MOBILE, issued: date | None = None
) -> Suspension:
    """Suspended a moment ago for one bill, just old enough for it, with the network's confirmation.

    `step`: the rank of the suspension; all that comes before it on the ladder has been taken and has arrived.
    """
    if not person.bills:
        await person.bill(issued=issued or TODAY - timedelta(days=AGES[step]))
    await carry_out((await taken(person, step, kind)).id, NOON)
    await work_off()
    made = await Suspension.objects().where(Suspension.account == person.account.id, Suspension.ended_at.is_null())
    return made[0]


async def taken(person: Person, step: int = 1, kind: PackageKind = PackageKind.MOBILE) -> CaseEvent:
    """The case takes the suspension of this rank today; nothing has been carried out yet."""
    policy = policy_for(kind, CustomerKind(person.customer.kind), TODAY)
    rung = policy.suspension(step)
    case = await a_case(person, policy, rung)
    return await note_event(case, Happened.STEP, at=NOON, step=rung.name, reason="unpaid bill", decided_by="a story")


async def a_case(person: Person, policy: Policy, rung: Step) -> DunningCase:
    """The account's case, brought to a step: what came before it was taken days ago and has arrived."""
    bill = person.bills[0]
    case = await open_case(person.account.id) or DunningCase(
        account=person.account.id,
        policy=policy.version,
        bill=bill.id,
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        opened_on=TODAY,
    )
    course = course_of(case)
    for step in policy.steps[: policy.steps.index(rung)]:
        course = course.with_step(step, WARNED)
        course = replace(course, last_days={**course.last_days, step.name: RAN_OUT})
    return await brought_to(case, policy, course.with_step(rung, TODAY))


async def brought_to(case: DunningCase, policy: Policy, course: Course) -> DunningCase:
    due = next_step(policy, course)
    case.taken = json.dumps(course.taken, default=date.isoformat)
    case.last_days = json.dumps(course.last_days, default=date.isoformat)
    case.next_step, case.next_on = (due.step.name, due.on) if due else (None, None)
    return await saved(case)


async def pays(person: Person, *, payment: UUID | None = None, at: datetime = NOON) -> bool:
    """Everything open is settled and the reconnection asked for, in one transaction under the account's lock."""
    async with transaction() as connected:
        await lock_account(connected, person.account.id)
        await Bill.update({Bill.open_cents: 0}).where(Bill.account == person.account.id)
        return await owed_changed(person.account.id, payment=payment, reason="paid", decided_by="payments", at=at)


async def standing(person: Person, today: date = TODAY) -> Standing:
    return await standing_of(person.account, today)


async def reconnections() -> list[Reconnection]:
    return await Reconnection.objects()


async def is_confirmed() -> bool:
    [only] = await reconnections()
    return only.confirmed_at is not None


async def is_suspended(person: Person) -> bool:
    open_ones = Suspension.exists().where(Suspension.account == person.account.id, Suspension.ended_at.is_null())
    return bool(await open_ones)
