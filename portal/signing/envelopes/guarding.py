"""What stops a person from signing, though the documents wait: looked at before a code is sent and when it is used.

Whoever changes anything about an envelope holds its row first, to the end of the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.database import connection, transaction
from portal.identity.durations import CONTACT_SETTLES
from portal.identity.viewers import Viewer
from portal.refusals import NotFound, Refusal
from portal.signing.envelopes.names import is_same_name
from portal.signing.envelopes.reading import EnvelopeSeen, envelope_of
from portal.signing.envelopes.refusals import Stopped, refusal_of
from portal.signing.evidence.chain import Event, note
from portal.signing.orders.staff import Occasion, tell_staff
from portal.signing.tables import Blocked, Order
from portal.statements import Statement


async def refused(seen: EnvelopeSeen, viewer: Viewer, at: datetime) -> Refusal | None:
    """Hold the envelope to the end of the transaction and say why this person cannot sign it now; None: they can.

    The refusal is returned, not raised, because a block that is found belongs to the transaction.
    """
    now = await held(seen)
    if refusal := refusal_of(now, now.standing(at)):
        return refusal
    if blocked := await why_blocked(now, viewer, at):
        if await block(now.id, blocked, at):
            await note(now.id, Event.BLOCKED, at, reason=blocked, login=str(viewer.login_id))
        return Stopped.because(blocked)
    return None


async def held(seen: EnvelopeSeen) -> EnvelopeSeen:
    """The envelope as it is once nobody else changes it."""
    await hold(seen.id)
    return await envelope_of([seen.customer_id], seen.id)


async def hold(envelope: UUID) -> None:
    async with connection() as connected:
        await connected.execute(HOLD, envelope)


async def why_blocked(seen: EnvelopeSeen, viewer: Viewer, at: datetime) -> Blocked | None:
    """By what is known of the person and their number. Raises NotFound for a login without access to the customer."""
    person = await PERSON.first(login=viewer.login_id, customer=seen.customer_id)
    if person is None:
        raise NotFound
    if not is_same_name(person.name, seen.signatory):
        return Blocked.OTHER_NAME
    if is_fresh(person.contact_changed_at, at) or is_fresh(person.contact_number_since, at):
        return Blocked.NUMBER_CHANGED
    return Blocked.SIM_CHANGED if is_fresh(person.sim_changed_at, at) else None


def is_fresh(changed_at: datetime | None, at: datetime) -> bool:
    return changed_at is not None and at - changed_at < CONTACT_SETTLES


async def block(envelope: UUID, blocked: Blocked, at: datetime) -> bool:
    """Stop it until staff, who are told, have looked into it. False: it was not open any more, or blocked already."""
    async with connection() as connected:
        order = await connected.fetchval(BLOCK, envelope, blocked, at)
    if order is not None:
        await tell_staff(await order_of(order), Occasion.BLOCKED, at)
    return order is not None


async def unblock(number: str, at: datetime, *, by: str) -> bool:
    """For the order of this number, by staff (`by`: who): it can be signed again, unless a guard still holds.

    False: nothing was blocked that is still open.
    """
    async with transaction() as connected:
        envelope = await connected.fetchval(UNBLOCK, number, at)
        if envelope is not None:
            await note(envelope, Event.UNBLOCKED, at, by=by)
        return envelope is not None


async def order_of(order: UUID) -> Order:
    found = await Order.objects().get(Order.id == order)
    assert found is not None, "an envelope has an order"
    return found


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    contact_changed_at: datetime | None
    contact_number_since: datetime | None
    sim_changed_at: datetime | None


HOLD = "SELECT FROM envelopes WHERE id = $1 FOR NO KEY UPDATE"
PERSON = Statement(
    """
    SELECT l.name, l.contact_changed_at, c.contact_number_since,
           (SELECT max(n.sim_changed_at) FROM lines n WHERE n.number = l.contact_number) AS sim_changed_at
    FROM logins l JOIN accesses x ON x.login = l.id JOIN customers c ON c.id = x.customer
    WHERE l.id = $1 AND c.id = $2
    """,
    Person,
    ("login", "customer"),
)
BLOCK = """
    UPDATE envelopes SET blocked_as = $2, blocked_at = $3
    WHERE id = $1 AND state = 'open' AND expires_at > $3 AND blocked_as IS NULL RETURNING "order"
"""
UNBLOCK = """
    UPDATE envelopes SET blocked_as = NULL, blocked_at = NULL, wrong_codes = 0
    FROM orders o
    WHERE o.number = $1 AND envelopes."order" = o.id AND state = 'open' AND expires_at > $2 AND blocked_as IS NOT NULL
    RETURNING envelopes.id
"""
