"""Entering the code: counted before it is looked at. One UPDATE decides that the documents are accepted."""

from __future__ import annotations

import hmac
from datetime import datetime

from portal.database import connection, transaction
from portal.identity.browsers import Browser
from portal.identity.durations import CONTACT_SETTLES
from portal.identity.refusals import ExpiredCode, WrongCode
from portal.identity.viewers import Viewer
from portal.jobs import URGENT, enqueue
from portal.refusals import Refusal
from portal.signing.envelopes import caps, guarding
from portal.signing.envelopes.code_rows import open_code
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.envelopes.refusals import AskForACode, WrongCodes
from portal.signing.evidence.chain import Event, note
from portal.signing.evidence.record import keep_record
from portal.signing.tables import Blocked, SigningCode


async def accept(seen: EnvelopeSeen, viewer: Viewer, digits: str, browser: Browser, at: datetime) -> None:
    """Sign all documents, or none: a worker makes the signatures.

    Raises WrongCode, ExpiredCode, AskForACode and whatever stops this person from signing. A refusal is raised after
    the transaction, which keeps what it followed from: the try, and a block.
    """
    async with transaction():
        refusal = await guarding.refused(seen, viewer, at) or await tried(seen, viewer, digits, browser, at)
    if refusal:
        raise refusal


async def tried(seen: EnvelopeSeen, viewer: Viewer, digits: str, browser: Browser, at: datetime) -> Refusal | None:
    code = await open_code(seen, viewer)
    if code is None:
        return AskForACode()
    if code.has_expired(at):
        return ExpiredCode()
    tries = await counted(seen)
    if tries is None:
        return WrongCodes()
    if not hmac.compare_digest(code.digits, digits):
        return await wrong(code, tries, browser, at)
    if not await decided(code, viewer, at):
        return await guarding.refused(seen, viewer, at) or AskForACode()
    await follow(code, browser, at)
    return None


async def counted(seen: EnvelopeSeen) -> int | None:
    """Count one more try at this envelope; None when there were enough."""
    async with connection() as connected:
        tries: int | None = await connected.fetchval(COUNT, seen.id, caps.MOST_WRONG_CODES)
    return tries


async def wrong(code: SigningCode, tries: int, browser: Browser, at: datetime) -> Refusal:
    is_blocked = tries >= caps.MOST_WRONG_CODES and await guarding.block(code.envelope, Blocked.WRONG_CODES, at)
    await note(code.envelope, Event.CODE_WRONG, at, code=str(code.id), counter=code.counter, address=browser.address)
    if is_blocked:
        await note(code.envelope, Event.BLOCKED, at, reason=Blocked.WRONG_CODES, login=str(code.login))
    return WrongCodes() if is_blocked else WrongCode()


async def decided(code: SigningCode, viewer: Viewer, at: datetime) -> bool:
    """The one UPDATE. All that has to be so stands in its WHERE."""
    async with connection() as connected:
        await connected.execute(HOLD_SWITCH, code.envelope)
        accepted = await connected.fetchval(
            ACCEPT, code.envelope, at, code.id, code.counter, viewer.login_id, viewer.session_id, viewer.name,
            at - CONTACT_SETTLES,
        )  # fmt: skip
    return accepted is not None


async def follow(code: SigningCode, browser: Browser, at: datetime) -> None:
    """What belongs to accepting: the code is used up, a worker called, and the record that will be signed is made."""
    await SigningCode.update({SigningCode.used_at: at}).where(SigningCode.id == code.id)
    await enqueue("signing.finish", priority=URGENT, envelope=str(code.envelope))
    await note(
        code.envelope,
        Event.ACCEPTED,
        at,
        login=str(code.login),
        session=str(code.session),
        code=str(code.id),
        counter=code.counter,
        consent=code.consent,
        documents_sha256=code.documents_sha256.hex(),
        address=browser.address,
        device=browser.label,
        user_agent=browser.user_agent,
    )
    await keep_record(code.envelope, at)


COUNT = "UPDATE envelopes SET wrong_codes = wrong_codes + 1 WHERE id = $1 AND wrong_codes < $2 RETURNING wrong_codes"
# So that nobody cancels what is signed for in the same moment.
HOLD_SWITCH = """
    SELECT FROM switches s JOIN orders o ON o.switch = s.id JOIN envelopes e ON e."order" = o.id
    WHERE e.id = $1 FOR SHARE OF s
"""
ACCEPT = """
    UPDATE envelopes AS e SET state = 'accepted', decided_at = $2, decided_by = $5, consent = code.consent
    FROM signing_codes code, orders o, customers c, accesses x, logins l
    WHERE e.id = $1 AND e.state = 'open' AND e.expires_at > $2 AND e.blocked_as IS NULL
      AND code.id = $3 AND code.counter = $4 AND code.envelope = e.id AND code.login = $5 AND code.session = $6
      AND code.used_at IS NULL AND code.expires_at > $2 AND code.documents_sha256 = e.documents_sha256
      AND o.id = e."order" AND o.identification IN ('not_needed', 'passed')
      AND (o.switch IS NULL OR EXISTS (SELECT FROM switches s WHERE s.id = o.switch AND s.state = 'to_sign'))
      AND c.id = o.customer AND (c.contact_number_since IS NULL OR c.contact_number_since <= $8)
      AND x.customer = c.id AND x.login = l.id
      AND l.id = $5 AND l.name = $7 AND l.contact_number = code.number
      AND (l.contact_changed_at IS NULL OR l.contact_changed_at <= $8)
      AND NOT EXISTS (SELECT FROM lines n WHERE n.number = l.contact_number AND n.sim_changed_at > $8)
    RETURNING e.id
"""
