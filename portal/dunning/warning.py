"""The notice before a suspension: so many days are left to pay."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal import clock
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import connection, transaction
from portal.dunning.contacting import Contact, contact_of
from portal.dunning.policy import Policy
from portal.dunning.tables import Notice, NoticeKind
from portal.messaging.sending import send_sms
from portal.messaging.wording import day, euros
from portal.money import Money


async def warn(account: Account, bill: Bill, policy: Policy, *, at: datetime) -> Notice | None:
    """Note and send the pre-suspension SMS. None where the policy knows none or no SMS can reach the customer."""
    contact = await contact_of(account.id)
    if policy.pre_suspension_days is None or contact.number is None:
        return None
    today = clock.day_of(at)
    notice = Notice(
        account=account.id,
        bill=bill.id,
        kind=NoticeKind.PRE_SUSPENSION,
        at=at,
        last_day=today + timedelta(days=policy.pre_suspension_days),
    )
    async with transaction():
        await notice.save()
        await tell(notice, contact, policy.pre_suspension_days, await overdue_of(account, today), at)
    return notice


async def tell(notice: Notice, contact: Contact, days: int, overdue: Money, at: datetime) -> None:
    assert contact.number is not None
    await send_sms(
        "pre_suspension",
        contact.number,
        language=contact.language,
        values={
            "days": str(days),
            "last_day": day(notice.last_day, contact.language),
            "amount": euros(overdue, contact.language),
        },
        customer=contact.customer,
        once=f"pre_suspension {notice.id}",
        at=at,
    )


async def overdue_of(account: Account, today: date) -> Money:
    async with connection() as connected:
        return Money(await connected.fetchval(OVERDUE, account.id, today))


OVERDUE = "SELECT coalesce(sum(open_cents), 0)::bigint FROM bills WHERE account = $1 AND due_on < $2"
