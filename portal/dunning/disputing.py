"""Objections to a bill: while one is open nothing is barred for the disputed part, and paying the rest keeps all on.

What is undisputed the customer says; where they do not, it is the average of the last three bills that were paid on
time and that nobody disputed. Source: AKOS, «Postopek pred AKOS» (akos-rs.si, questions and answers): until a dispute
is over, access is neither limited nor ended for who paid in time the undisputed part «ali znesek, ki ustreza povprečni
vrednosti zadnjih treh nespornih računov».

Lines that an objection opens again are opened without charge, however it ends: until it is decided nobody knows whether
they were off for what was owed. Once it is rejected, a case of its own begins, and costs what that one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal.audit import Event, note
from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import Happened
from portal.dunning.cases import note_event, open_case
from portal.dunning.contacting import contact_of
from portal.dunning.relief_tables import Dispute, DisputeOutcome
from portal.dunning.settling import owed_changed
from portal.dunning.telling import tell
from portal.jobs import enqueue
from portal.messaging.sending import Told, send_letter
from portal.money import ZERO, Money
from portal.refusals import N_, Refusal
from portal.statements import row_of

BILLS_IN_AVERAGE = 3
HAPPENED = {
    DisputeOutcome.UPHELD: Happened.DISPUTE_UPHELD,
    DisputeOutcome.REJECTED: Happened.DISPUTE_REJECTED,
}


class NothingDisputed(Refusal):
    status = 400
    message = N_("The undisputed part has to be less than the whole bill.")


class BillIsPaid(Refusal):
    message = N_("This bill is paid. Nothing can be switched off for it.")


class AlreadyDisputed(Refusal):
    message = N_("There is an objection to this bill already.")


class NoSuchDispute(Refusal):
    status = 404
    message = N_("There is no such objection.")


class DisputeDecided(Refusal):
    message = N_("Somebody has already decided this.")


def usual_amount(totals: Sequence[Money], most: Money) -> Money:
    """What is undisputed when nobody says: the average of these totals, rounded down to the cent, at most the bill.

    Fewer than three are what there is; of none it is zero.
    """
    if not totals:
        return ZERO
    return min(Money(Money.sum(totals).cents // len(totals)), most)


async def dispute(bill: Bill, undisputed: Money | None, *, reason: str, opened_by: str, at: datetime) -> Dispute:
    """Object to a bill that is not paid. One objection stands at a time, and none beside one that was upheld."""
    if undisputed is not None and not ZERO <= undisputed < bill.total:
        raise NothingDisputed
    async with transaction() as connected:
        await lock_account(connected, bill.account)
        if undisputed is None:
            undisputed = usual_amount(await totals_paid_on_time(connected, bill), bill.total)
        opened = Dispute(
            account=bill.account,
            bill=bill.id,
            undisputed_cents=undisputed.cents,
            reason=reason,
            opened_at=at,
            opened_by=opened_by,
        )
        await write(connected, opened, bill)
        await note_on_case(opened, Happened.DISPUTED, reason, opened_by, at, cents=(bill.total - undisputed).cents)
        await note(Event.DISPUTED, account=opened.account, dispute=str(opened.id), decided_by=opened_by)
        told = {"number": bill.number, "undisputed": undisputed, "due_on": bill.due_on}
        await tell_of(opened, "dispute_opened", told, at)
        because = f"bill {bill.number} is disputed"
        await owed_changed(bill.account, payment=None, reason=because, decided_by=opened_by, at=at, is_free=True)
    return opened


async def totals_paid_on_time(connected: Connection, bill: Bill) -> list[Money]:
    rows = await connected.fetch(PAID_ON_TIME, bill.account, bill.id, bill.issued_on, BILLS_IN_AVERAGE)
    return [Money(row["total_cents"]) for row in rows]


async def write(connected: Connection, opened: Dispute, bill: Bill) -> None:
    if await connected.fetchval(UPHELD_BEFORE, opened.bill):
        raise AlreadyDisputed
    if not await Dispute.insert(opened).on_conflict(action="DO NOTHING").returning(Dispute.id):
        raise AlreadyDisputed
    disputed = bill.total - opened.undisputed
    if await connected.fetchval(HOLD_BACK, opened.bill, disputed.cents) is None:
        raise BillIsPaid


async def decide(dispute: UUID, outcome: DisputeOutcome, *, because: str, decided_by: str, at: datetime) -> Dispute:
    """End a dispute. `because`: in words for the customer.

    Rejected, the whole bill counts again; the nightly run opens a case for it, which gives every notice before a bar.
    To be used only when nobody can appeal any more or AKOS has decided: until then the dispute is not over. Upheld,
    the disputed part stays held back until billing corrects the bill, so that nothing is ever barred for it.
    """
    async with transaction() as connected:
        account = await connected.fetchval("SELECT account FROM disputes WHERE id = $1", dispute)
        if account is None:
            raise NoSuchDispute
        await lock_account(connected, account)
        row = await connected.fetchrow(DECIDE, dispute, outcome, decided_by, at, because)
        if row is None:
            raise DisputeDecided
        decided = row_of(Dispute, row.items())
        if outcome == DisputeOutcome.REJECTED:
            await connected.execute(HOLD_BACK_NO_MORE, decided.bill)
            await enqueue("payments.use_credit", account=str(account))
        await note_on_case(decided, HAPPENED[outcome], because, decided_by, at)
        await note(Event.DISPUTE_DECIDED, account=account, dispute=str(dispute), outcome=outcome, decided_by=decided_by)
        number = await connected.fetchval("SELECT number FROM bills WHERE id = $1", decided.bill)
        told = {"number": number, "is_upheld": outcome == DisputeOutcome.UPHELD, "because": because}
        await tell_of(decided, "dispute_decided", told, at)
    return decided


async def note_on_case(
    dispute: Dispute, kind: Happened, reason: str, decided_by: str, at: datetime, *, cents: int | None = None
) -> None:
    case = await open_case(dispute.account)
    if case is not None:
        await note_event(case, kind, at=at, reason=reason, decided_by=decided_by, cents=cents)


async def tell_of(dispute: Dispute, template: str, values: dict[str, object], at: datetime) -> None:
    """Who has no e-mail gets it in full on paper: an SMS has no room for reasons."""
    contact = await contact_of(dispute.account)
    values = {**values, "customer_number": contact.customer_number}
    once = f"{template} {dispute.id}"
    told = Told(template, contact.language, values, customer=contact.customer, once=once)
    await tell(contact, told, at=at)
    if contact.email is None:
        await send_letter(told, contact.address, at=at)


# On time: settled on the due day or before it, in Slovenia's days. A bill of nothing says nothing of what is usual.
PAID_ON_TIME = """
    SELECT total_cents FROM bills b
    WHERE account = $1 AND id <> $2 AND issued_on <= $3 AND total_cents > 0
      AND settled_at IS NOT NULL AND (settled_at AT TIME ZONE 'Europe/Ljubljana')::date <= due_on
      AND NOT EXISTS (SELECT FROM disputes WHERE bill = b.id)
    ORDER BY issued_on DESC, number DESC LIMIT $4
"""
UPHELD_BEFORE = "SELECT true FROM disputes WHERE bill = $1 AND outcome = 'upheld'"
HOLD_BACK = "UPDATE bills SET disputed_cents = $2 WHERE id = $1 AND open_cents > 0 RETURNING id"
HOLD_BACK_NO_MORE = "UPDATE bills SET disputed_cents = 0 WHERE id = $1"
DECIDE = """
    UPDATE disputes SET outcome = $2, decided_by = $3, decided_at = $4, decided_because = $5
    WHERE id = $1 AND outcome IS NULL RETURNING *
"""
