"""The benefit asked back as a bill of ours: an open item like any other, paid on the portal or by its reference.

It stands from the day the contract ends, so that what is owed is one sum everywhere, and falls due with the last day
of the final demand. See docs/decisions/claims.md for its numbers, its references and its VAT.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from portal import reference
from portal.billing.tables import Bill, BillLine
from portal.customers.tables import Contract
from portal.database import connection
from portal.dunning.contacting import contact_of
from portal.dunning.endings.benefit import BenefitBack
from portal.dunning.policy import Policy, Step
from portal.dunning.schedule import last_day
from portal.money import Money
from portal.refusals import N_
from portal.web.wording import say

FIRST_REFERENCE = 900_000_000_000
"""SI12 references from here up to 909 999 999 999 are for claims: no bill that is imported may bear one."""
BENEFIT_BACK = N_("Benefit to give back, contract %(contract)s, %(left)s of %(bound)s days")
CANCELLED = N_("Cancelled: the contract goes on")


async def claim(
    account: UUID, lines: Sequence[tuple[Contract, BenefitBack]], *, issued_on: date, due_on: date
) -> Bill | None:
    """The bill, a line for each contract, in the running transaction. None where nothing is to be given back."""
    back = [(contract, line) for contract, line in lines if line.back.is_positive]
    if not back:
        return None
    bill = await a_bill(account, Money.sum(line.back for _, line in back), issued_on, due_on)
    language = (await contact_of(account)).language
    await BillLine.insert(
        *(
            BillLine(
                bill=bill.id,
                position=position,
                contract=contract.id,
                description=say(
                    language, BENEFIT_BACK, contract=line.contract, left=line.days_left, bound=line.bound_days
                ),
                amount_cents=line.back.cents,
            )
            for position, (contract, line) in enumerate(back, start=1)
        )
    )
    return bill


async def a_bill(account: UUID, total: Money, issued_on: date, due_on: date) -> Bill:
    async with connection() as connected:
        n: int = await connected.fetchval("SELECT nextval('claim_numbers')")
    bill = Bill(
        account=account,
        number=f"V-{issued_on.year}-{n:06d}",
        reference=reference.si12(FIRST_REFERENCE + n),
        issued_on=issued_on,
        due_on=due_on,
        period_from=issued_on,
        period_to=issued_on,
        total_cents=total.cents,
        open_cents=total.cents,
    )
    await bill.save()
    return bill


def due_day(policy: Policy, demand: Step, ended_on: date) -> date:
    """When it falls due if the final demand is posted on its day."""
    return last_day(demand, demand.at.day(ended_on) + timedelta(days=policy.post_days))


async def put_off(claim: UUID, last: date) -> Bill:
    """It falls due with the final demand, however late that is told."""
    async with connection() as connected:
        await connected.execute("UPDATE bills SET due_on = $2 WHERE id = $1 AND due_on < $2", claim, last)
    bill = await Bill.objects().get(Bill.id == claim)
    assert bill is not None, "a claim stays, cancelled or not"
    return bill


async def cancel(claim: UUID, language: str, at: datetime) -> bool:
    """Bring it to nothing by a line of its own, as books do. False when something of it is paid or disputed."""
    async with connection() as connected:
        return await connected.fetchval(CANCEL, claim, at, say(language, CANCELLED)) is not None


# The WHERE is the lock: of a claim that is paid in part, what was paid would be left without a bill.
CANCEL = """
    WITH cancelled AS (
        UPDATE bills b SET total_cents = 0, open_cents = 0, settled_at = $2 FROM bills o
        WHERE b.id = $1 AND o.id = b.id AND b.total_cents > 0 AND b.open_cents = b.total_cents AND b.disputed_cents = 0
        RETURNING b.id, o.total_cents
    )
    INSERT INTO bill_lines (id, bill, position, description, amount_cents, vat_percent_tenths)
    SELECT gen_random_uuid(), c.id, (SELECT max(position) + 1 FROM bill_lines WHERE bill = c.id), $3,
           -c.total_cents, 220
    FROM cancelled c
    RETURNING bill
"""
