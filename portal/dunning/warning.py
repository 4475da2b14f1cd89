"""The notice before a suspension: so many days are left to pay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import transaction
from portal.dunning.contacting import Contact, contact_of
from portal.dunning.owing import debt_of, is_still_owed
from portal.dunning.policy import Policy
from portal.dunning.tables import Notice, NoticeKind
from portal.dunning.telling import tell
from portal.messaging.sending import Told


async def warn(account: Account, bill: Bill, policy: Policy, *, at: datetime) -> Notice | None:
    """Note the pre-suspension notice and send it.

    None where the policy knows none, no SMS can reach the customer, the bill was paid or its notice still runs.
    """
    contact, today, days = await contact_of(account.id), clock.day_of(at), policy.pre_suspension_days
    if days is None or contact.number is None:
        return None
    async with transaction() as connected:
        if not await is_still_owed(connected, account, bill, today):
            return None
        if await connected.fetchval(RUNS, bill.id, today):
            return None
        notice = Notice(
            account=account.id,
            bill=bill.id,
            policy=policy.version,
            kind=NoticeKind.PRE_SUSPENSION,
            at=at,
            last_day=today + timedelta(days=days),
        )
        await notice.save()
        told = warning(notice, contact, policy, await debt_of(account.id, today))
        await tell(contact, told, at=at)
    return notice


def warning(notice: Notice, contact: Contact, policy: Policy, debt: dict[str, Any]) -> Told:
    cost = policy.fee_at(policy.steps[0].number)
    return Told(
        "pre_suspension",
        contact.language,
        debt | {"days": policy.pre_suspension_days, "last_day": notice.last_day, "cost": cost},
        customer=contact.customer,
        once=f"pre_suspension {notice.id}",
    )


RUNS = "SELECT true FROM notices WHERE bill = $1 AND kind = 'pre_suspension' AND last_day >= $2"
