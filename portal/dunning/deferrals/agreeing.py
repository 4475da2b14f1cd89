"""A longer deferral as an adviser and the customer agree on it: a promise to pay by a day. Source: izklop-storitev.txt,
III, 3.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from portal import clock
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import transaction
from portal.dunning.case_tables import DunningCase
from portal.dunning.cases import open_case, policy_of
from portal.dunning.deferrals.deferring import facts_of, grant
from portal.dunning.deferrals.refusals import DayOutside, NotOffered
from portal.dunning.deferrals.rules import Agreement, longer
from portal.dunning.deferrals.telling import tell_granted
from portal.dunning.relief_tables import AskedBy, Deferral, DeferralKind
from portal.money import Money


async def agreement(account: Account, today: date) -> Agreement:
    """Whether a longer deferral can be agreed on now, and up to which day."""
    return longer(await facts_of(account.id, today), today)


async def agree(
    account: UUID,
    until: date,
    *,
    decided_by: str,
    reason: str,
    asked_by: AskedBy = AskedBy.ADVISER,
    with_fee: bool = False,
    at: datetime,
) -> Deferral:
    """A promise agreed with an adviser, instead of a deferral that runs. Raises a NotPutOff or DayOutside."""
    today = clock.day_of(at)
    async with transaction() as connected:
        await lock_account(connected, account)
        await refuse_impossible(account, until, today)
        case = await open_case(account)
        assert case is not None, "without one nothing can be agreed on"
        fee = fee_of(case) if with_fee else None
        await connected.execute(REPLACE, account, at)
        deferral = Deferral(
            account=account,
            dunning_case=case.id,
            kind=DeferralKind.AGREED,
            asked_by=asked_by,
            until=until,
            granted_at=at,
            decided_by=decided_by,
            reason=reason,
        )
        await grant(connected, case, deferral, fee=fee)
        await tell_granted(deferral, fee, today=today, at=at)
    return deferral


async def refuse_impossible(account: UUID, until: date, today: date) -> None:
    possible = longer(await facts_of(account, today), today)
    if possible.refusal is not None:
        raise possible.refusal
    if not possible.first <= until <= possible.last:
        raise DayOutside(possible.first, possible.last)


def fee_of(case: DunningCase) -> Money:
    """As for a short one. Raises NotOffered where the policy has no price."""
    policy = policy_of(case)
    if policy.deferral is None:
        raise NotOffered
    return policy.fees[policy.deferral.fee]


REPLACE = "UPDATE deferrals SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL"
