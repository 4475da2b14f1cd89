"""Suspending an account for a bill that is not paid: the row, the orders to the network and the message, together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from portal import clock
from portal.audit import Event, note
from portal.billing.tables import Bill
from portal.customers.tables import Account, Line, LineKind
from portal.database import transaction
from portal.dunning.owing import is_still_owed
from portal.dunning.policy import Policy, Step
from portal.dunning.suspension_notice import tell_of
from portal.dunning.tables import Suspension
from portal.network.barring import order
from portal.network.tables import Profile


async def suspend(
    account: Account, bill: Bill, step: int, policy: Policy, *, reason: str, decided_by: str, at: datetime
) -> Suspension | None:
    """Bar what the policy's step bars. None when the account is suspended already or the bill was paid meanwhile.

    The account is locked first, as booking a payment does, so that a suspension never overtakes a payment.
    """
    async with transaction() as connected:
        if not await is_still_owed(connected, account, bill, clock.day_of(at)):
            return None
        suspension = Suspension(
            account=account.id,
            bill=bill.id,
            policy=policy.version,
            step=step,
            reason=reason,
            decided_by=decided_by,
            started_at=at,
        )
        inserted = await Suspension.insert(suspension).on_conflict(action="DO NOTHING").returning(Suspension.id)
        if not inserted:
            return None
        barred = await bar(suspension, policy.step(step), at)
        await note(Event.SUSPENDED, account=account.id, suspension=str(suspension.id), step=step, decided_by=decided_by)
        await tell_of(suspension, barred, bill.issued_on)
        return suspension


async def bar(suspension: Suspension, step: Step, at: datetime) -> Collection[Profile]:
    """The different profiles that the account's lines are given."""
    lines: dict[Profile, list[UUID]] = defaultdict(list)
    for line in await Line.objects().where(Line.account == suspension.account):
        kind = LineKind(line.kind)
        if kind in step.bars:
            lines[step.bars[kind]].append(line.id)
    for profile, alike in lines.items():
        await order(alike, profile, occasion=suspension.id, at=at)
    return lines.keys()
