"""After 24 hours of elapsed time nothing is signed, whether or not a worker has come by; the customer is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.clock import LJUBLJANA
from portal.database import transaction
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.messaging.writing import write
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.expiring import expire, expire_all
from portal.signing.envelopes.guarding import block
from portal.signing.envelopes.reading import Standing
from portal.signing.envelopes.refusals import TimeIsUp
from portal.signing.tables import Blocked, Instead
from tests.people import NOON, Person
from tests.signing.envelopes.signing import PHONE, asks, events, seen_by, signs, told, told_to, viewer_of
from tests.signing.people import an_envelope

DAY = timedelta(hours=24)
INSTANT = timedelta(microseconds=1)
NIGHTS = [
    datetime(2026, 10, 24, 18, 0, tzinfo=LJUBLJANA),
    datetime(2026, 10, 25, 2, 30, tzinfo=LJUBLJANA),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=LJUBLJANA),
    datetime(2027, 3, 27, 18, 0, tzinfo=LJUBLJANA),
    datetime(2027, 3, 28, 1, 59, tzinfo=LJUBLJANA),
    datetime(2026, 11, 21, 12, 0, tzinfo=LJUBLJANA),
]
"""Ordered before the night, and within it, in which clocks are put back or forward; and on any other day."""


@pytest.mark.parametrize("placed_at", NIGHTS)
async def test_in_the_last_instant_it_is_signed_and_in_the_next_it_is_not(ana: Person, placed_at: datetime) -> None:
    placed_at = placed_at.astimezone(UTC)
    end, viewer = placed_at + DAY, await viewer_of(ana, placed_at)
    late = await seen_by(ana, await an_envelope(ana, at=placed_at))
    in_time = await seen_by(ana, await an_envelope(ana, at=placed_at))
    codes = [await asks(one, viewer, end - timedelta(minutes=1)) for one in (late, in_time)]

    assert not await expire(in_time.id, end - INSTANT)
    await accept(in_time, viewer, codes[1].digits, PHONE, end - INSTANT)
    with pytest.raises(TimeIsUp):
        await accept(late, viewer, codes[0].digits, PHONE, end)

    assert (await seen_by(ana, in_time.id)).state == "accepted"
    assert (await seen_by(ana, late.id)).standing(end) == Standing.EXPIRED


async def test_the_sweep_writes_it_down_once_and_tells_customer_and_staff(ana: Person, staff: str) -> None:
    envelope = await an_envelope(ana)

    await expire_all(NOON + DAY)
    await expire_all(NOON + DAY + timedelta(minutes=1))

    now = await seen_by(ana, envelope)
    assert (now.state, now.decided_at) == ("expired", NOON + DAY)
    assert await told(ana) == ["documents_to_sign", "documents_expired"]
    assert await told_to(staff) == ["signing_staff"]
    assert (await events(envelope))[-1] == "expired"


async def test_a_minute_too_early_the_sweep_lets_it_be(ana: Person) -> None:
    envelope = await an_envelope(ana)

    await expire_all(NOON + DAY - INSTANT)

    assert (await seen_by(ana, envelope)).state == "open"


async def test_what_was_accepted_does_not_expire(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    await signs(seen, viewer)

    await expire_all(NOON + DAY)

    assert (await seen_by(ana, seen.id)).state == "accepted"
    assert "documents_expired" not in await told(ana)


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        (Instead.COURIER, "prinesel kurir"),
        (Instead.SHOP, "prodajnem mestu"),
        (Instead.CANCELLED, "Naročilo je preklicano"),
    ],
)
async def test_the_customer_learns_what_becomes_of_the_order(ana: Person, instead: Instead, words: str) -> None:
    await an_envelope(ana, instead=instead)

    await expire_all(NOON + DAY)

    mail = await Message.objects().where(Message.template == "documents_expired").first()
    assert mail is not None
    assert words in write(mail.template, Channel.EMAIL, mail.language, load(mail.values)).text


async def test_a_blocked_one_ends_too(ana: Person) -> None:
    envelope = await an_envelope(ana)
    async with transaction():
        await block(envelope.id, Blocked.WRONG_CODES, NOON)

    await expire_all(NOON + DAY)

    assert (await seen_by(ana, envelope)).state == "expired"
