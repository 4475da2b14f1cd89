"""Lifting a suspension: asked for in the transaction that books the money, done when the network has confirmed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Record

from portal import clock
from portal.audit import Event, note
from portal.billing.tables import Charge, ChargeKind
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import note_event
from portal.dunning.contacting import contact_of
from portal.dunning.owing import overdue_of
from portal.dunning.policies import policy_named
from portal.dunning.suspending import CONNECTED, END
from portal.dunning.tables import Reconnection
from portal.dunning.telling import tell
from portal.messaging.sending import Told
from portal.money import Money
from portal.network.barring import order
from portal.network.tables import OPEN


async def reconnect_when_settled(
    account: UUID, *, payment: UUID | None, reason: str, decided_by: str, at: datetime, is_free: bool = False
) -> bool:
    """Lift the suspension if nothing undisputed is overdue. Runs as `reconnect` does."""
    if (await overdue_of(account, clock.day_of(at))).is_positive:
        return False
    return await reconnect(account, payment=payment, reason=reason, decided_by=decided_by, at=at, is_free=is_free)


async def reconnect(
    account: UUID,
    *,
    payment: UUID | None,
    reason: str,
    decided_by: str,
    at: datetime,
    is_provisional: bool = False,
    is_free: bool = False,
) -> bool:
    """Ask the network to open the account's lines if it is suspended; what that costs is charged unless `is_free`.

    Runs in the caller's transaction, with the account's row locked. True when it was asked now: a suspension is
    lifted once. Where every contract has ended there is nothing left to open: the suspension is over, quietly.
    """
    async with transaction() as connected:
        suspension = await connected.fetchrow(SUSPENSION, account)
        if suspension is None:
            return False
        lines = [row["id"] for row in await connected.fetch(CONNECTED, account, clock.day_of(at))]
        if not lines:
            await connected.execute(END, account, at)
            return False
        asked = Reconnection(
            account=account,
            suspension=suspension["id"],
            payment_id=payment,
            is_provisional=is_provisional,
            reason=reason,
            decided_by=decided_by,
            asked_at=at,
        )
        if not await is_asked_first(asked):
            return False
        if not is_free:
            await charge(asked, suspension, at)
        await order(lines, OPEN, occasion=asked.id, then="dunning.reconnected", at=at)
        await note(Event.RECONNECTION_ASKED, account=account, reconnection=str(asked.id), decided_by=decided_by)
    return True


async def is_asked_first(asked: Reconnection) -> bool:
    inserting = Reconnection.insert(asked).on_conflict(Reconnection.suspension, "DO NOTHING")
    return bool(await inserting.returning(Reconnection.id))


async def charge(asked: Reconnection, suspension: Record, at: datetime) -> None:
    """The fees of the step wait for the next bill, each once in a case: also when its lines go off and on again."""
    policy = policy_named(suspension["policy"])
    for fee in policy.fees_of(policy.suspension(suspension["step"])):
        await Charge.insert(
            Charge(
                account=asked.account,
                kind=fee.kind,
                amount_cents=fee.amount.cents,
                policy=policy.version,
                occasion=suspension["dunning_case"] or without_a_case(asked, fee.kind),
                incurred_on=clock.day_of(at),
            )
        ).on_conflict((Charge.occasion, Charge.kind), "DO NOTHING")


def without_a_case(asked: Reconnection, kind: ChargeKind) -> UUID:
    """What fees belonged to before cases were kept."""
    occasion: UUID = asked.id if kind == ChargeKind.RECONNECTION else asked.suspension
    return occasion


async def confirm(reconnection: UUID, at: datetime) -> None:
    """The network has opened every line: the suspension ends and the customer is told, once.

    Whoever has neither a number that SMS reach nor an address is not told: a letter would come days after the services.
    """
    async with transaction() as connected:
        lifted = await connected.fetchrow(CONFIRM, reconnection, at)
        if lifted is None:
            return
        await connected.execute(END_LIFTED, reconnection, at)
        await note(Event.RECONNECTED, account=lifted["account"], reconnection=str(reconnection))
        await note_on_the_case(lifted, at)
        contact = await contact_of(lifted["account"])
        told = Told(
            "reconnected_on_proof" if lifted["is_provisional"] else "reconnected",
            contact.language,
            {"cost": Money(await connected.fetchval(COST, reconnection, clock.day_of(lifted["asked_at"])))},
            customer=contact.customer,
            once=f"reconnected {reconnection}",
        )
        await tell(contact, told, at=at)


async def note_on_the_case(lifted: Record, at: datetime) -> None:
    case = await DunningCase.objects().get(DunningCase.id == lifted["dunning_case"])
    if case is not None:
        await note_event(case, Happened.RECONNECTED, at=at, reason=lifted["reason"], decided_by=lifted["decided_by"])


SUSPENSION = "SELECT id, policy, step, dunning_case FROM suspensions WHERE account = $1 AND ended_at IS NULL"
CONFIRM = """
    UPDATE reconnections r SET confirmed_at = $2 FROM suspensions s
    WHERE r.id = $1 AND s.id = r.suspension AND r.confirmed_at IS NULL AND s.ended_at IS NULL
    RETURNING r.account, r.is_provisional, r.reason, r.decided_by, r.asked_at, s.dunning_case
"""
# What this reconnection put on the next bill. One before it in the case was on an earlier day.
COST = """
    SELECT coalesce(sum(f.amount_cents), 0)::bigint
    FROM reconnections r
    JOIN suspensions s ON s.id = r.suspension
    JOIN charges f ON f.account = r.account AND f.occasion IN (s.dunning_case, s.id, r.id) AND f.incurred_on = $2
    WHERE r.id = $1 AND f.waived_at IS NULL AND f.bill IS NULL
"""
END_LIFTED = """
    UPDATE suspensions SET ended_at = $2
    WHERE id = (SELECT suspension FROM reconnections WHERE id = $1) AND ended_at IS NULL
"""
