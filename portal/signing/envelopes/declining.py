"""Not signing: the customer says so and why, and the order is cancelled."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.database import transaction
from portal.identity.browsers import Browser
from portal.identity.viewers import Viewer
from portal.services import beginning
from portal.signing.envelopes.guarding import order_of
from portal.signing.envelopes.reading import EnvelopeSeen, envelope_of
from portal.signing.envelopes.refusals import AlreadyDecided, refusal_of
from portal.signing.envelopes.telling import tell_over
from portal.signing.evidence.chain import Event, note
from portal.signing.orders.staff import Occasion, tell_staff

LONGEST_WORDS = 1000
WITHDRAWN = "withdrawn"
"""The reason of an envelope whose switch was cancelled; no customer chooses it."""


class Reason(StrEnum):
    CHANGED_MIND = "changed_mind"
    WRONG_DATA = "wrong_data"
    PRICE = "price"
    OTHER_OFFER = "other_offer"
    NOT_MINE = "not_mine"
    OTHER = "other"


async def decline(
    seen: EnvelopeSeen, viewer: Viewer, reason: Reason, words: str, browser: Browser, *, at: datetime
) -> None:
    """Whoever acts for the customer may, whether or not they could sign. `words`: their own, at most LONGEST_WORDS.

    Raises AlreadyDecided, TimeIsUp, Stopped.
    """
    async with transaction() as connected:
        order = await connected.fetchval(DECLINE, seen.id, at, viewer.login_id, reason, words or None)
        if order is not None:
            await follow(seen, at)
            facts = {"login": str(viewer.login_id), "address": browser.address, "device": browser.label}
            await note(seen.id, Event.DECLINED, at, reason=reason, **facts)
    if order is None:
        now = await envelope_of([seen.customer_id], seen.id)
        raise refusal_of(now, now.standing(at)) or AlreadyDecided()


async def follow(seen: EnvelopeSeen, at: datetime) -> None:
    """One message to the customer: of a switch, services tell that it is given up and why."""
    order = await order_of(seen.order_id)
    is_told = order.switch is not None and await beginning.lapsed(order.switch, at)
    if not is_told:
        await tell_over("documents_declined", seen.id, order, at, is_withdrawn=False)
    await tell_staff(order, Occasion.DECLINED, at)


async def withdraw(occasion: UUID, at: datetime) -> None:
    """What was to be signed for was cancelled where it was asked for: the documents have no object any more."""
    async with transaction() as connected:
        found = await connected.fetchrow(WITHDRAW, occasion, at, WITHDRAWN)
        if found is not None:
            order = await order_of(found["order"])
            await tell_over("documents_declined", found["id"], order, at, is_withdrawn=True)
            await note(found["id"], Event.DECLINED, at, reason=WITHDRAWN)


DECLINE = """
    UPDATE envelopes SET state = 'declined', decided_at = $2, decided_by = $3, decline_reason = $4, decline_words = $5
    WHERE id = $1 AND state = 'open' AND expires_at > $2 AND blocked_as IS NULL RETURNING "order"
"""
WITHDRAW = """
    UPDATE envelopes SET state = 'declined', decided_at = $2, decline_reason = $3
    FROM orders o JOIN switches s ON s.id = o.switch
    WHERE s.occasion = $1 AND envelopes."order" = o.id AND envelopes.state = 'open' AND expires_at > $2
    RETURNING envelopes.id, envelopes."order"
"""
