"""The end of an account's contracts for non-payment, and what the final demand on the next day asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal import clock
from portal.audit import Event, note
from portal.customers.tables import Contract
from portal.database import connection
from portal.dunning.case_tables import CaseEvent, DunningCase
from portal.dunning.cases import policy_of
from portal.dunning.endings import claiming
from portal.dunning.endings.benefit import BenefitBack, benefit_back
from portal.dunning.endings.tables import EndedContract, Termination
from portal.dunning.owing import debt_of
from portal.dunning.policy import Policy, Step
from portal.money import Money
from portal.statements import Statement, row_of


async def terminate(case: DunningCase, step: Step, event: CaseEvent, *, at: datetime) -> None:
    """End every running contract of the account and claim the benefit of those that were bound.

    Once, however often it is asked. Runs in the caller's transaction with the account locked. The suspension stays.
    """
    today = clock.day_of(at)
    termination = Termination(
        account=case.account,
        dunning_case=case.id,
        ended_on=today,
        at=at,
        reason=event.reason,
        decided_by=event.decided_by,
    )
    if not await Termination.insert(termination).on_conflict(action="DO NOTHING").returning(Termination.id):
        return
    contracts = await end_contracts(case.account, today)
    lines = {line.contract: line for line in benefit_back(contracts, today)}
    await keep(termination.id, contracts, lines)
    claim = await claiming.claim(
        case.account,
        [(contract, lines[contract.number]) for contract in contracts if contract.number in lines],
        issued_on=today,
        due_on=claim_due_on(policy_of(case), step, today),
    )
    if claim is not None:
        await Termination.update({Termination.claim: claim.id}).where(Termination.id == termination.id)
    await note(
        Event.TERMINATED,
        account=case.account,
        termination=str(termination.id),
        contracts=len(contracts),
        benefit_back_cents=claim.total_cents if claim else 0,
        decided_by=event.decided_by,
    )


async def end_contracts(account: UUID, today: date) -> list[Contract]:
    async with connection() as connected:
        rows = await connected.fetch(END_CONTRACTS, account, today)
    return sorted((row_of(Contract, row.items()) for row in rows), key=lambda contract: contract.number)


async def keep(termination: UUID, contracts: Sequence[Contract], lines: dict[str, BenefitBack]) -> None:
    """What was ended, each with its line of the demand, for whoever has to explain it later."""
    if not contracts:
        return
    await EndedContract.insert(
        *(ended_contract(termination, contract, lines.get(contract.number)) for contract in contracts)
    )


def ended_contract(termination: UUID, contract: Contract, line: BenefitBack | None) -> EndedContract:
    row = EndedContract(termination=termination, contract=contract.id)
    if line is not None:
        row.received_cents, row.back_cents = line.received.cents, line.back.cents
        row.bound_days, row.days_left = line.bound_days, line.days_left
    return row


def claim_due_on(policy: Policy, termination: Step, today: date) -> date:
    """With the last day of the first demand after the termination; where a policy has none, at once."""
    after = policy.steps[policy.steps.index(termination) + 1 :]
    demand = next((step for step in after if step.gives_days), None)
    return claiming.due_day(policy, demand, today) if demand else today


async def final_demand_values(case: DunningCase, last_day: date, at: datetime) -> dict[str, Any]:
    """What `payment_call` says: the overdue bills, the benefit to give back line by line, and the sum of both.

    The claim falls due on `last_day`, which the letter names. `benefit` is False where nothing is given back.
    """
    ended = await ENDED.first(case=case.id)
    assert ended is not None, "the final demand follows a termination"
    debt = await debt_of(case.account, clock.day_of(at))
    values = {**debt, "ended_on": ended.ended_on, "last_day": last_day, "benefit": False}
    if ended.claim is None:
        return values
    claim = await claiming.put_off(ended.claim, last_day)
    bills = [bill for bill in debt["bills"] if bill["number"] != claim.number]
    return values | {
        "bills": bills,
        "benefit": {"reference": claim.reference, "amount": claim.open, "lines": await lines_of(ended.id)},
        "total": Money.sum(bill["open"] for bill in bills) + claim.open,
    }


async def lines_of(termination: UUID) -> list[dict[str, Any]]:
    """How each contract's part of the claim comes about."""
    async with connection() as connected:
        rows = await connected.fetch(LINES, termination)
    return [
        {
            "contract": row["number"],
            "received": Money(row["received_cents"]),
            "bound_days": row["bound_days"],
            "days_left": row["days_left"],
            "back": Money(row["back_cents"]),
        }
        for row in rows
    ]


END_CONTRACTS = "UPDATE contracts SET ended_on = $2 WHERE account = $1 AND ended_on IS NULL RETURNING *"
ENDED = Statement(
    "SELECT * FROM terminations WHERE dunning_case = $1 AND reversed_at IS NULL",
    Termination,
    ("case",),
)
LINES = """
    SELECT c.number, e.received_cents, e.bound_days, e.days_left, e.back_cents
    FROM ended_contracts e JOIN contracts c ON c.id = e.contract
    WHERE e.termination = $1 AND e.back_cents > 0 ORDER BY c.number
"""
