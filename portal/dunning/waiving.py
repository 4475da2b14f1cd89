"""Waiving a fee that no bill holds yet: by a person, with a reason. It is not charged again in its episode, because
one occasion makes each kind of fee once.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.audit import Event, note
from portal.billing.tables import Charge
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import note_event
from portal.refusals import N_, Refusal
from portal.statements import Statement, row_of


class NoSuchFee(Refusal):
    status = 404
    message = N_("There is no such fee.")


class NotWaived(Refusal):
    """It is waived already, or on a bill: that is corrected by billing."""

    message = N_("This fee is waived already, or it is on a bill.")


async def waive(charge: UUID, *, reason: str, decided_by: str, at: datetime) -> Charge:
    """The WHERE is the lock: billing takes a fee onto a bill, or a person waives it, or another person does."""
    async with transaction() as connected:
        row = await connected.fetchrow(WAIVE, charge, at, decided_by, reason)
        if row is None:
            raise NotWaived if await Charge.exists().where(Charge.id == charge) else NoSuchFee
        waived = row_of(Charge, row.items())
        case = await CASE.first(occasion=waived.occasion)
        if case is not None:
            await note_event(
                case, Happened.FEE_WAIVED, at=at, reason=reason, decided_by=decided_by, cents=waived.amount_cents
            )
        await note(
            Event.FEE_WAIVED, account=waived.account, charge=str(charge), cents=waived.amount_cents, by=decided_by
        )
    return waived


WAIVE = """
    UPDATE charges SET waived_at = $2, waived_by = $3, waived_because = $4
    WHERE id = $1 AND waived_at IS NULL AND bill IS NULL RETURNING *
"""
CASE = Statement(
    """
    SELECT * FROM dunning_cases
    WHERE id = $1 OR id = (SELECT dunning_case FROM deferrals WHERE id = $1)
    """,
    DunningCase,
    ("occasion",),
)
