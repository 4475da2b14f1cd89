"""The notice before a suspension: so many days are left to pay."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal import clock
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import transaction
from portal.dunning.contacting import Contact, contact_of
from portal.dunning.owing import is_still_owed, overdue_of
from portal.dunning.policy import Policy
from portal.dunning.tables import Notice, NoticeKind
from portal.messaging.sending import Told, send_sms
from portal.money import Money


async def warn(account: Account, bill: Bill, policy: Policy, *, at: datetime) -> Notice | None:
    """Note and send the pre-suspension SMS.

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
        await tell(notice, contact, days, await overdue_of(connected, account, today))
    return notice


async def tell(notice: Notice, contact: Contact, days: int, overdue: Money) -> None:
    assert contact.number is not None
    told = Told(
        "pre_suspension",
        contact.language,
        {"days": days, "last_day": notice.last_day, "amount": overdue},
        customer=contact.customer,
        once=f"pre_suspension {notice.id}",
    )
    await send_sms(told, contact.number, at=notice.at)


RUNS = "SELECT true FROM notices WHERE bill = $1 AND kind = 'pre_suspension' AND last_day >= $2"
