"""Lifting a suspension: asked for in the transaction that books the money, done when the network has confirmed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from portal import clock
from portal.audit import Event, note
from portal.billing.tables import Charge, ChargeKind
from portal.customers.tables import Line
from portal.database import transaction
from portal.dunning.contacting import contact_of
from portal.dunning.policy import Policy
from portal.dunning.tables import Reconnection
from portal.dunning.telling import tell
from portal.messaging.sending import Told
from portal.network.barring import order
from portal.network.tables import OPEN


async def reconnect_when_settled(
    account: UUID, *, payment: UUID | None, reason: str, decided_by: str, at: datetime
) -> bool:
    """Ask the network to open the account's lines if it is suspended and nothing overdue is left to pay.

    Runs in the caller's transaction, with the account's row locked. True when it was asked now: a suspension is
    lifted once.
    """
    async with transaction() as connected:
        suspension = await connected.fetchrow(SETTLED_SUSPENSION, account, clock.day_of(at))
        if suspension is None:
            return False
        asked = Reconnection(
            account=account,
            suspension=suspension["id"],
            payment_id=payment,
            reason=reason,
            decided_by=decided_by,
            asked_at=at,
        )
        inserted = (
            await Reconnection.insert(asked)
            .on_conflict(Reconnection.suspension, "DO NOTHING")
            .returning(Reconnection.id)
        )
        if not inserted:
            return False
        await charge(asked, suspension, at)
        lines = await Line.select(Line.id).where(Line.account == account).output(as_list=True)
        await order(lines, OPEN, occasion=asked.id, then="dunning.reconnected", at=at)
        await note(Event.RECONNECTION_ASKED, account=account, reconnection=str(asked.id), decided_by=decided_by)
    return True


async def charge(asked: Reconnection, suspension: Record, at: datetime) -> None:
    """The fees of the step wait for the next bill. Those of the suspension may have been charged when it went on."""
    policy = Policy.named(suspension["policy"])
    for fee in policy.fees_at(suspension["step"]):
        await Charge.insert(
            Charge(
                account=asked.account,
                kind=fee.kind,
                amount_cents=fee.amount.cents,
                policy=policy.version,
                occasion=asked.id if fee.kind == ChargeKind.RECONNECTION else asked.suspension,
                incurred_on=clock.day_of(at),
            )
        ).on_conflict((Charge.occasion, Charge.kind), "DO NOTHING")


async def confirm(reconnection: UUID, at: datetime) -> None:
    """The network has opened every line: the suspension ends and the customer is told, once.

    Whoever has neither a number that SMS reach nor an address is not told: a letter would come days after the services.
    """
    async with transaction() as connected:
        lifted = await connected.fetchrow(CONFIRM, reconnection, at)
        if lifted is None:
            return
        await connected.execute(END, reconnection, at)
        await note(Event.RECONNECTED, account=lifted["account"], reconnection=str(reconnection))
        contact = await contact_of(lifted["account"])
        told = Told(
            "reconnected",
            contact.language,
            {"cost": Policy.named(lifted["policy"]).fee_at(lifted["step"])},
            customer=contact.customer,
            once=f"reconnected {reconnection}",
        )
        await tell(contact, told, at=at)


SETTLED_SUSPENSION = """
    SELECT id, policy, step FROM suspensions s
    WHERE account = $1 AND ended_at IS NULL
      AND NOT EXISTS (SELECT FROM bills WHERE account = $1 AND open_cents > 0 AND due_on < $2)
"""
CONFIRM = """
    UPDATE reconnections r SET confirmed_at = $2 FROM suspensions s
    WHERE r.id = $1 AND s.id = r.suspension AND r.confirmed_at IS NULL
    RETURNING r.account, s.policy, s.step
"""
END = """
    UPDATE suspensions SET ended_at = $2
    WHERE id = (SELECT suspension FROM reconnections WHERE id = $1) AND ended_at IS NULL
"""
