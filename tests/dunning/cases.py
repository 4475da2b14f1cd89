"""People who owe: suspended as the ladder does it, and paying as booking does it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import PackageKind
from portal.database import transaction
from portal.dunning.policy import policy_for
from portal.dunning.reconnecting import reconnect_when_settled
from portal.dunning.standing import Standing, standing_of
from portal.dunning.suspending import suspend
from portal.dunning.tables import Reconnection, Suspension
from tests.people import NOON, TODAY, Person
from tests.working import work_off


async def suspended(
    person: Person, *, step: int = 1, kind: PackageKind = PackageKind.MOBILE, issued: date = TODAY - timedelta(days=24)
) -> Suspension:
    """Suspended a moment ago for one bill that fell due ten days ago, with the network's confirmation."""
    bill = person.bills[0] if person.bills else await person.bill(issued=issued)
    made = await suspend(
        person.account, bill, step, policy_for(kind), reason="unpaid bill", decided_by="a story", at=NOON
    )
    assert made is not None
    await work_off()
    return made


async def pays(person: Person, *, payment: UUID | None = None, at: datetime = NOON) -> bool:
    """Everything open is settled and the reconnection asked for, in one transaction under the account's lock."""
    async with transaction() as connected:
        await lock_account(connected, person.account.id)
        await Bill.update({Bill.open_cents: 0}).where(Bill.account == person.account.id)
        return await reconnect_when_settled(
            person.account.id, payment=payment, reason="paid", decided_by="payments", at=at
        )


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
