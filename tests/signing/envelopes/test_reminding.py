"""Reminders after 4 and after 20 hours, once each; by SMS only by day; none once there is nothing to do any more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from portal.clock import LJUBLJANA
from portal.database import transaction
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.signing.envelopes import guarding
from portal.signing.envelopes.declining import Reason, decline
from portal.signing.envelopes.reading import envelope_behind
from portal.signing.envelopes.reminding import remind, remind_all
from portal.signing.tables import Blocked, Identification, Order, SigningLink
from tests.people import NOON, Person
from tests.signing.envelopes.signing import PHONE, events, seen_by, signs, told, viewer_of
from tests.signing.people import an_envelope

FOUR, TWENTY = timedelta(hours=4), timedelta(hours=20)
MINUTE = timedelta(minutes=1)


async def test_two_reminders_come_each_once_with_a_link_of_its_own(ana: Person) -> None:
    envelope = await an_envelope(ana)
    for after in (FOUR - MINUTE, FOUR, FOUR + MINUTE, TWENTY - MINUTE, TWENTY, TWENTY + 5 * MINUTE):
        await remind_all(NOON + after)

    assert await told(ana) == ["documents_to_sign", "documents_reminder", "documents_reminder"]
    reminders = await reminders_of(ana)
    assert [load(one.values)["hours_left"] for one in reminders] == [20, 4]
    assert [one.created_at for one in reminders] == [NOON + FOUR, NOON + TWENTY]
    links = {load(one.values)["link"] for one in await mails_of(ana)}
    assert len(links) == 3
    assert {await envelope_behind(link.rpartition("/")[2]) for link in links} == {(envelope.id, ana.customer.id)}
    assert (await events(envelope))[-2:] == ["reminded", "reminded"]


async def test_by_night_the_e_mail_goes_and_nobody_s_telephone_rings(ana: Person) -> None:
    """20 hours after noon it is eight in the morning; after one o'clock at night, nine in the evening."""
    one_at_night = datetime(2026, 11, 21, 1, 0, tzinfo=LJUBLJANA).astimezone(UTC)
    await an_envelope(ana, at=one_at_night)

    await remind_all(one_at_night + FOUR)
    await remind_all(one_at_night + TWENTY)

    assert (await told(ana)).count("documents_reminder") == 2
    assert (await told(ana, Channel.SMS)).count("documents_reminder") == 0


async def test_by_day_an_sms_announces_it(ana: Person) -> None:
    await an_envelope(ana)

    await remind_all(NOON + FOUR)

    assert (await told(ana, Channel.SMS)).count("documents_reminder") == 1


async def test_of_a_worker_that_was_away_the_customer_hears_once(ana: Person) -> None:
    await an_envelope(ana)

    await remind_all(NOON + TWENTY + MINUTE)
    await remind_all(NOON + TWENTY + 2 * MINUTE)

    assert (await told(ana)).count("documents_reminder") == 1


async def test_an_order_that_came_late_is_not_reminded_of_in_the_same_breath(ana: Person) -> None:
    await an_envelope(ana, at=NOON + timedelta(hours=5), placed_at=NOON)

    await remind_all(NOON + timedelta(hours=5, minutes=5))

    assert "documents_reminder" not in await told(ana)


async def test_nobody_is_reminded_of_what_is_decided_or_over(ana: Person) -> None:
    viewer = await viewer_of(ana)
    signed, declined, over = [await seen_by(ana, await an_envelope(ana)) for _ in range(3)]
    await signs(signed, viewer)
    await decline(declined, viewer, Reason.PRICE, "", PHONE, at=NOON)

    assert not await remind(signed.id, NOON + FOUR, NOON + FOUR)
    assert not await remind(declined.id, NOON + FOUR, NOON + FOUR)
    assert not await remind(over.id, NOON + TWENTY, NOON + timedelta(hours=24))


async def test_who_cannot_sign_for_now_is_not_asked_to(ana: Person) -> None:
    blocked, failed = await an_envelope(ana), await an_envelope(ana)
    async with transaction():
        await guarding.block(blocked.id, Blocked.SIM_CHANGED, NOON)
    await Order.update({Order.identification: Identification.FAILED}).where(Order.id == failed.order)

    await remind_all(NOON + FOUR)

    assert "documents_reminder" not in await told(ana)


@pytest.mark.parametrize("turn", range(5))
async def test_a_reminder_and_the_decision_in_one_moment(ana: Person, turn: int) -> None:
    """Whichever comes first: no reminder is made after the decision."""
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana, NOON + FOUR)

    reminded, _ = await asyncio.gather(
        remind(seen.id, NOON + FOUR, NOON + FOUR),
        decline(seen, viewer, Reason.PRICE, "", PHONE, at=NOON + FOUR),
    )

    assert (await told(ana)).count("documents_reminder") == reminded
    what = await events(seen)
    assert what[-1] == "declined"
    assert what.count("reminded") == reminded


async def test_two_workers_in_one_moment_remind_once(ana: Person) -> None:
    envelope = await an_envelope(ana)

    reminded = await asyncio.gather(*(remind(envelope.id, NOON + FOUR, NOON + FOUR) for _ in range(8)))

    assert sorted(reminded) == [False] * 7 + [True]
    assert await SigningLink.count().where(SigningLink.envelope == envelope.id) == 2


async def mails_of(person: Person) -> list[Message]:
    return (
        await Message.objects()
        .where(Message.customer == person.customer.id, Message.channel == Channel.EMAIL)
        .order_by(Message.created_at)
    )


async def reminders_of(person: Person) -> list[Message]:
    return [one for one in await mails_of(person) if one.template == "documents_reminder"]
