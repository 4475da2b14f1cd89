"""Not signing: with a reason and own words. The order is cancelled, and staff hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.identity.tables import Login
from portal.messaging.tables import Message
from portal.messaging.values import load
from portal.refusals import Refusal
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.coding import ask_code
from portal.signing.envelopes.declining import Reason, decline
from portal.signing.envelopes.reading import Standing
from portal.signing.envelopes.refusals import AlreadyDecided, OtherName, TimeIsUp
from portal.signing.tables import Envelope, Order
from tests.people import NOON, Person
from tests.signing.envelopes.signing import AGREED, PHONE, asks, events, seen_by, signs, told, told_to, viewer_of
from tests.signing.people import an_envelope

WORDS = "Naročila nisem oddala jaz."


async def test_the_reason_and_the_words_are_kept_and_staff_is_told(ana: Person, staff: str) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)

    await decline(seen, viewer, Reason.NOT_MINE, WORDS, PHONE, at=NOON)

    row = await Envelope.objects().get(Envelope.id == seen.id)
    assert row is not None
    assert (row.state, row.decline_reason, row.decline_words) == ("declined", "not_mine", WORDS)
    assert (row.decided_at, row.decided_by) == (NOON, viewer.login_id)
    assert (await events(seen))[-1] == "declined"
    assert await told_to(staff) == ["signing_staff"]
    mail = await Message.objects().get(Message.recipient == staff)
    assert mail is not None
    assert load(mail.values)["words"] == WORDS


@pytest.mark.parametrize("language", ["sl", "en"])
async def test_the_customer_is_told_once_what_was_declined(ana: Person, language: str) -> None:
    envelope = await an_envelope(ana, language=language)
    seen, viewer = await seen_by(ana, envelope), await viewer_of(ana)

    await decline(seen, viewer, Reason.PRICE, "", PHONE, at=NOON)
    with pytest.raises(AlreadyDecided):
        await decline(seen, viewer, Reason.PRICE, "", PHONE, at=NOON)

    assert await told(ana) == ["documents_to_sign", "documents_declined"]
    mail = await Message.objects().get(Message.template == "documents_declined")
    assert mail is not None
    assert (mail.recipient, mail.language) == (seen.email, language)
    assert load(mail.values) == {"documents": [one.title for one in seen.documents], "is_withdrawn": False}


async def test_what_was_declined_never_goes_on(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    await decline(seen, viewer, Reason.PRICE, "", PHONE, at=NOON)

    with pytest.raises(AlreadyDecided):
        await accept(seen, viewer, code.digits, PHONE, NOON)
    with pytest.raises(AlreadyDecided):
        await decline(seen, viewer, Reason.OTHER, "", PHONE, at=NOON)

    order = await Order.objects().get(Order.id == seen.order_id)
    assert order is not None
    assert order.went_on_at is None


async def test_what_was_accepted_is_not_declined(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    await signs(seen, viewer)

    with pytest.raises(AlreadyDecided):
        await decline(seen, viewer, Reason.CHANGED_MIND, "", PHONE, at=NOON)

    assert (await seen_by(ana, seen.id)).state == "accepted"


async def test_after_24_hours_it_is_too_late_to_decline(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)

    with pytest.raises(TimeIsUp):
        await decline(seen, viewer, Reason.CHANGED_MIND, "", PHONE, at=NOON + timedelta(hours=24))

    assert (await seen_by(ana, seen.id)).standing(NOON + timedelta(hours=24)) == Standing.EXPIRED


async def test_while_it_is_blocked_nobody_declines_it(ana: Person) -> None:
    """Whoever was stopped may be somebody else: the order stays the customer's."""
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    await Login.update({Login.name: "Peter Novak"}).where(Login.id == viewer.login_id)
    with pytest.raises(OtherName):
        await ask_code(seen, viewer, AGREED, PHONE, NOON)

    with pytest.raises(Refusal):
        await decline(seen, viewer, Reason.CHANGED_MIND, "", PHONE, at=NOON)

    assert (await seen_by(ana, seen.id)).state == "open"
