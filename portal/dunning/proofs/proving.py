"""Deciding a proof that a customer paid elsewhere, and what follows when the money does not come.

An accepted one opens the lines provisionally and holds the ladder until the money is booked or its deadline has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import NIGHTLY, note_event, open_case
from portal.dunning.chunks import chunks
from portal.dunning.contacting import contact_of
from portal.dunning.holds import is_held
from portal.dunning.policies import policy_named
from portal.dunning.policy import PROOF_WORKING_DAYS
from portal.dunning.proofs.refusals import AlreadyDecided, NoSuchProof
from portal.dunning.reconnecting import reconnect
from portal.dunning.relief_tables import Proof, ProofState
from portal.dunning.suspending import suspend_again
from portal.dunning.telling import tell
from portal.dunning.working_days import working_days_after
from portal.failures import passed_over, raise_first
from portal.messaging.sending import Told
from portal.statements import row_of


async def accept(proof: UUID, *, decided_by: str, at: datetime) -> Proof:
    """Believe it for a while: services come on again and the ladder stands still until `holds_until`."""
    async with transaction() as connected:
        until = working_days_after(clock.day_of(at), await days_of_grace(connected, proof))
        accepted = await decide(connected, proof, ProofState.ACCEPTED, decided_by, at, until=until)
        await note_on_case(accepted, Happened.PROOF_ACCEPTED, "the proof was accepted", decided_by, at, until=until)
        is_opened = await reconnect(
            accepted.account,
            payment=None,
            reason="a proof of payment was accepted",
            decided_by=decided_by,
            at=at,
            is_provisional=True,
        )
        await note(Event.PROOF_ACCEPTED, account=accepted.account, proof=str(proof), decided_by=decided_by)
        await tell_of(accepted, "proof_accepted", {"until": until, "is_opened": is_opened}, at)
    return accepted


async def days_of_grace(connected: Connection, proof: UUID) -> int:
    """Working days that the policy of the account's case gives; as most do where there is none."""
    version = await connected.fetchval(BEGAN_ON, proof)
    return policy_named(version).proof_working_days if version else PROOF_WORKING_DAYS


async def refuse(proof: UUID, *, reason: str, decided_by: str, at: datetime) -> Proof:
    """`reason`: in words for the customer."""
    async with transaction() as connected:
        refused = await decide(connected, proof, ProofState.REFUSED, decided_by, at, reason=reason)
        await note_on_case(refused, Happened.PROOF_REFUSED, reason, decided_by, at)
        await note(Event.PROOF_REFUSED, account=refused.account, proof=str(proof), decided_by=decided_by)
        await tell_of(refused, "proof_refused", {"reason": reason, "sent_at": refused.sent_at}, at)
    return refused


async def decide(
    connected: Connection,
    proof: UUID,
    state: ProofState,
    decided_by: str,
    at: datetime,
    *,
    until: date | None = None,
    reason: str | None = None,
) -> Proof:
    """One decision, whoever else decides; the account stays locked. The WHERE is the lock."""
    account = await connected.fetchval("SELECT account FROM proofs WHERE id = $1", proof)
    if account is None:
        raise NoSuchProof
    await lock_account(connected, account)
    row = await connected.fetchrow(DECIDE, proof, state, until, decided_by, at, reason)
    if row is None:
        raise AlreadyDecided
    return row_of(Proof, row.items())


async def note_on_case(
    proof: Proof, kind: Happened, reason: str, decided_by: str, at: datetime, *, until: date | None = None
) -> None:
    case = await open_case(proof.account)
    if case is not None:
        await note_event(case, kind, at=at, reason=reason, decided_by=decided_by, until=until)


async def tell_of(proof: Proof, template: str, values: dict[str, object], at: datetime) -> None:
    contact = await contact_of(proof.account)
    once = f"{template} {proof.id}"
    await tell(contact, Told(template, contact.language, values, customer=contact.customer, once=once), at=at)


async def end_lapsed(today: date, at: datetime, only: Sequence[UUID] | None = None) -> int:
    """End what held until yesterday, proof by proof, or `only` those of these accounts; returns how many lapsed.

    Where what it was about is paid, the money came. Else the ladder goes on, and what was opened provisionally is
    barred again. A person accepted each, so they are few: a transaction each.
    """
    count = 0
    failures: list[Exception] = []
    async for ended in chunks(ENDED, today, only):
        for row in ended:
            with passed_over(failures):
                count += await end(row["id"], row["account"], today, at)
    raise_first(failures)
    return count


async def end(proof: UUID, account: UUID, today: date, at: datetime) -> bool:
    async with transaction() as connected:
        await lock_account(connected, account)
        await book_proofs(connected, account)
        if await connected.fetchval(LAPSE, proof, today) is None:
            return False
        await note(Event.PROOF_LAPSED, account=account, proof=str(proof))
        case = await open_case(account)
        if case is not None:
            await go_on(connected, proof, case, today, at)
        return True


async def go_on(connected: Connection, proof: UUID, case: DunningCase, today: date, at: datetime) -> None:
    """For a bill that fell due since, and for one that is disputed now, nothing is barred here."""
    reason = "the payment did not come"
    await note_event(case, Happened.PROOF_LAPSED, at=at, reason=reason, decided_by=NIGHTLY)
    if await is_held(case.account, today) or not await connected.fetchval(MEANT_IS_OWED, proof, today):
        return
    if await connected.fetchval(IS_OPEN_PROVISIONALLY, case.id):
        await suspend_again(case, reason=reason, decided_by=NIGHTLY, at=at)


async def book_proofs(connected: Connection, account: UUID) -> None:
    """The money of these proofs came: what they opened stays open. Runs in the caller's transaction.

    It came when the bills that were overdue as the proof was sent are paid, whatever fell due since; where none was
    overdue then, when all that there were are. What was disputed after it was sent is not paid.
    """
    await connected.execute(BOOK, account)


BEGAN_ON = """
    SELECT c.policy FROM dunning_cases c JOIN proofs p ON p.account = c.account WHERE p.id = $1 AND c.closed_at IS NULL
"""
DECIDE = """
    UPDATE proofs SET state = $2, holds_until = $3, decided_by = $4, decided_at = $5, reason = $6
    WHERE id = $1 AND state = 'waiting' RETURNING *
"""
ENDED = """
    SELECT id, account FROM proofs
    WHERE state = 'accepted' AND holds_until < $3 AND ($4::uuid[] IS NULL OR account = ANY ($4)) AND id > $1
    ORDER BY id LIMIT $2
"""
LAPSE = "UPDATE proofs SET state = 'lapsed' WHERE id = $1 AND state = 'accepted' AND holds_until < $2 RETURNING id"
# The last suspension of the case, and what lifted it: once it is barred again there is nothing left to bar.
IS_OPEN_PROVISIONALLY = """
    SELECT r.is_provisional FROM suspensions s LEFT JOIN reconnections r ON r.suspension = s.id
    WHERE s.dunning_case = $1 ORDER BY s.started_at DESC, s.id DESC LIMIT 1
"""
# The bills that a proof is about, as far as something of them is open.
MEANT = """
    SELECT FROM bills b, LATERAL (SELECT (p.sent_at AT TIME ZONE 'Europe/Ljubljana')::date AS day) s
    WHERE b.account = p.account AND b.open_cents > 0 AND b.issued_on <= s.day AND (b.due_on < s.day OR NOT EXISTS (
        SELECT FROM bills WHERE account = p.account AND due_on < s.day AND (open_cents > 0 OR settled_at >= p.sent_at)
    ))
"""
MEANT_IS_OWED = f"""
    SELECT EXISTS ({MEANT} AND b.open_cents > b.disputed_cents AND b.due_on < $2) FROM proofs p WHERE id = $1
"""  # noqa: S608 - our own words
BOOK = f"""
    WITH booked AS (
        UPDATE proofs p SET state = 'booked'
        WHERE account = $1 AND state IN ('waiting', 'accepted') AND NOT EXISTS ({MEANT} AND (
            b.open_cents > b.disputed_cents
            OR EXISTS (SELECT FROM disputes WHERE bill = b.id AND opened_at >= p.sent_at)
        ))
        RETURNING decided_at
    )
    UPDATE reconnections SET is_provisional = false
    WHERE account = $1 AND is_provisional AND EXISTS (SELECT FROM booked WHERE decided_at IS NOT NULL)
"""  # noqa: S608 - as above
