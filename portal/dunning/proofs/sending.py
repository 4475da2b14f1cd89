"""Sending a proof that one paid elsewhere: the file is kept, and a person will look at it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import uuid_utils.compat

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import connection, transaction
from portal.dunning.case_tables import Happened
from portal.dunning.cases import note_event, open_case
from portal.dunning.proofs import files as proof_files
from portal.dunning.proofs.formats import Recognised, recognise
from portal.dunning.proofs.refusals import AlreadySent, EmptyFile, NoProof, NothingToProve, TooLarge, TooManyProofs
from portal.dunning.relief_tables import Proof
from portal.limits import Limit

MEGABYTES = 8
LARGEST = MEGABYTES * 1024 * 1024
"""What a phone's best camera makes of a page."""
SENT = Limit("proof_sent", 10, timedelta(days=1))
"""Files of an account that are looked at: who mistakes one for another needs three or four."""
SWEPT_AFTER, SWEPT_UNTIL = timedelta(days=1), timedelta(days=30)


async def send(account: Account, name: str, content: bytes, *, login: UUID | None, at: datetime) -> Proof:
    """Keep a file as proof; a person will look at it. The same one twice is one proof: AlreadySent.

    `name`: as the customer called it; it is cleaned. Raises the refusals imported here.
    """
    if not content:
        raise EmptyFile
    if len(content) > LARGEST:
        raise TooLarge(megabytes=MEGABYTES)
    if not await has_open_bill(account):
        raise NothingToProve
    if not await SENT.take(str(account.id), at):
        raise TooManyProofs
    found, digest = await proof_files.on_disk(look_at, content)
    proof = Proof(
        id=uuid_utils.compat.uuid7(),
        account=account.id,
        login_id=login,
        name=proof_files.clean_name(name, found.extension),
        media_type=found.media_type,
        size=len(found.content),
        sha256=digest,
        sent_at=at,
    )
    await proof_files.keep(proof.id, found.content, at)
    await note_sent(proof, account, at)
    return proof


def look_at(content: bytes) -> tuple[Recognised, str]:
    """What it is, and by what it is known again."""
    found = recognise(content)
    if found is None:
        raise NoProof
    return found, hashlib.sha256(found.content).hexdigest()


async def note_sent(proof: Proof, account: Account, at: datetime) -> None:
    async with transaction() as connected:
        await lock_account(connected, proof.account)
        case = await open_case(proof.account)
        proof.dunning_case = case.id if case else None
        kept = await Proof.insert(proof).on_conflict((Proof.account, Proof.sha256), "DO NOTHING").returning(Proof.id)
        if kept:
            await note(Event.PROOF_SENT, login=proof.login_id, account=proof.account, proof=str(proof.id))
            if case:
                await note_event(case, Happened.PROOF_SENT, at=at, reason="a proof was sent", decided_by="customer")
    if not kept:
        await proof_files.discard(proof.id)
        await refuse_doubled(account, proof.sha256)


async def refuse_doubled(account: Account, digest: str) -> None:
    same = await Proof.of(account).where(Proof.sha256 == digest).first()
    if same is not None:
        raise AlreadySent(sent_at=same.sent_at)


async def has_open_bill(account: Account) -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(HAS_OPEN_BILL, account.id))


async def sweep(at: datetime) -> int:
    """Throw away files of the last weeks without a row, which a crash has left; returns how many."""
    found = await proof_files.written_between(at - SWEPT_UNTIL, at - SWEPT_AFTER)
    async with connection() as connected:
        kept = {row["id"] for row in await connected.fetch(KEPT, found)}
    orphans = [proof for proof in found if proof not in kept]
    for proof in orphans:
        await proof_files.discard(proof)
    return len(orphans)


HAS_OPEN_BILL = "SELECT EXISTS (SELECT FROM bills WHERE account = $1 AND open_cents > 0)"
KEPT = "SELECT id FROM proofs WHERE id = ANY ($1::uuid[])"
