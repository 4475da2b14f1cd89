"""Taking back the end of a contract, or a handover: a person's decision, as long as it has not left the house."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import DunningCase
from portal.dunning.cases import policy_of
from portal.dunning.contacting import contact_of
from portal.dunning.endings import claiming, handing_over
from portal.dunning.endings.going_back import NotReversed, go_back
from portal.dunning.policy import HandOverTo, Step


async def reverse_termination(case: DunningCase, by: str, because: str, at: datetime) -> None:
    """The account's contracts go on, nothing is claimed back; what was handed over because of it is taken back too.

    Once nothing is overdue, the lines are opened as by a payment. Raises NotReversed.
    """
    async with transaction() as connected:
        await lock_account(connected, case.account)
        termination = await connected.fetchrow(STANDING, case.id)
        if termination is None:
            raise NotReversed("No contract of this case was terminated, or it was taken back before.")
        await take_back_handovers(connected, case, None, by=by, because=because, at=at)
        await cancel_claim(case, termination, at)
        await connected.execute(REVERSE, termination["id"], at, by, because)
        await connected.execute(GO_ON, termination["id"], termination["ended_on"])
        await connected.execute(SUSPENDED_STILL, case.id, termination["at"])
        await note(
            Event.TERMINATION_REVERSED,
            account=case.account,
            termination=str(termination["id"]),
            by=by,
            because=because,
        )
        step = policy_of(case).termination
        assert step is not None, "a policy that terminated has the step"
        await go_back(connected, case, step, by=by, because=because, at=at)


async def reverse_handover(case: DunningCase, to: HandOverTo, by: str, because: str, at: datetime) -> None:
    """The debt is not given to `to`, nor to whoever came after. Raises NotReversed."""
    async with transaction() as connected:
        await lock_account(connected, case.account)
        if not await take_back_handovers(connected, case, to, by=by, because=because, at=at):
            raise NotReversed(f"Nothing of this case was handed over to {to}, or it was taken back before.")
        await go_back(connected, case, step_to(case, to), by=by, because=because, at=at)


async def take_back_handovers(
    connected: Connection, case: DunningCase, first: HandOverTo | None, *, by: str, because: str, at: datetime
) -> int:
    """Those that stand, from `first` on; None: all. Returns how many. Raises NotReversed when one of them has left."""
    receivers = list(HandOverTo)[list(HandOverTo).index(first) if first else 0 :]
    left, here = await handing_over.standing(connected, case)
    if gone := [row["to"] for row in left if row["to"] in receivers]:
        raise NotReversed(f"The debt has left for {' and '.join(gone)}; withdraw it there.")
    taken = [row for row in here if row["to"] in receivers]
    await handing_over.take_back(connected, case, taken, by=by, because=because, at=at)
    return len(taken)


async def cancel_claim(case: DunningCase, termination: Record, at: datetime) -> None:
    claim: UUID | None = termination["claim"]
    if claim is None:
        return
    language = (await contact_of(case.account)).language
    if not await claiming.cancel(claim, language, at):
        raise NotReversed("The claim for the benefit is paid in part or disputed; settle that first.")


def step_to(case: DunningCase, to: HandOverTo) -> Step:
    return next(step for step in policy_of(case).steps if step.hands_over_to == to)


STANDING = "SELECT * FROM terminations WHERE dunning_case = $1 AND reversed_at IS NULL FOR UPDATE"
REVERSE = "UPDATE terminations SET reversed_at = $2, reversed_by = $3, reversed_because = $4 WHERE id = $1"
GO_ON = """
    UPDATE contracts c SET ended_on = NULL FROM ended_contracts e
    WHERE e.termination = $1 AND e.contract = c.id AND c.ended_on = $2
"""
# One that ended without a reconnection because no contract was left: the lines are still barred.
SUSPENDED_STILL = """
    UPDATE suspensions s SET ended_at = NULL
    WHERE s.dunning_case = $1 AND s.ended_at >= $2
      AND NOT EXISTS (SELECT FROM reconnections WHERE suspension = s.id)
      AND NOT EXISTS (SELECT FROM suspensions o WHERE o.account = s.account AND o.ended_at IS NULL)
"""
