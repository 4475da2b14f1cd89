"""Staff hears of what stops a signature or ends an order without one: once each, in words to act on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.database import transaction
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.messaging.writing import write
from portal.signing.envelopes.guarding import block, unblock
from portal.signing.orders.staff import Occasion, tell_staff
from portal.signing.tables import Blocked, Envelope, Order
from tests.people import NOON, Person
from tests.signing.orders.rows import Row, envelope_of, messages, of, order_of, taken


@pytest.fixture
async def extension(ana: Person) -> Row:
    """Ana's order, which waits for her signature."""
    row = of(ana)
    await taken(row)
    return row


async def text_to(address: str) -> str:
    message = (
        await Message.objects().where(Message.recipient == address).order_by("created_at", ascending=False).first()
    )
    assert message is not None
    writing = write(message.template, Channel.EMAIL, message.language, load(message.values))
    return " ".join(f"{writing.subject} {writing.text}".replace("\xa0", " ").split())


async def tell(order: Order, what: Occasion) -> None:
    async with transaction():
        await tell_staff(order, what, NOON)


async def test_a_block_names_why_and_how_to_lift_it(extension: Row, staff: str) -> None:
    envelope = await opened(extension)
    async with transaction():
        await block(envelope.id, Blocked.SIM_CHANGED, NOON)

    told = await text_to(staff)

    assert "ustavljen" in told
    assert "Kartica SIM kontaktne številke je bila zamenjana" in told
    assert f"portal orders unblock {extension['number']}" in told


async def test_blocked_anew_after_it_was_lifted_is_news(extension: Row, staff: str) -> None:
    envelope = await opened(extension)
    for hour in range(2):
        async with transaction():
            await block(envelope.id, Blocked.WRONG_CODES, NOON + timedelta(hours=hour))
        await unblock(extension["number"], NOON + timedelta(hours=hour), by="Maja")

    assert await messages(staff) == ["signing_staff", "signing_staff"]


async def test_a_refusal_brings_the_reason_and_the_customer_s_words(extension: Row, staff: str) -> None:
    await Envelope.update(
        {Envelope.state: "declined", Envelope.decline_reason: "price", Envelope.decline_words: "Predrago! *Žal* <b>"}
    ).where(Envelope.id == (await opened(extension)).id)

    await tell(await order_of(extension), Occasion.DECLINED)

    told = await text_to(staff)
    assert "Razlog: cena" in told
    assert "»Predrago! *Žal* <b>«" in told


@pytest.mark.parametrize(("instead", "words"), [("courier", "prinese kurir"), ("shop", "prodajnem mestu")])
async def test_what_was_not_signed_in_time_goes_on_as_it_was_ordered(
    ana: Person, staff: str, instead: str, words: str
) -> None:
    row = of(ana, instead=instead)
    await taken(row)

    await tell(await order_of(row), Occasion.EXPIRED)
    await tell(await order_of(row), Occasion.EXPIRED)

    assert words in await text_to(staff)
    assert await messages(staff) == ["signing_staff"]


async def test_nobody_is_told_where_no_address_is_set(extension: Row) -> None:
    await tell(await order_of(extension), Occasion.EXPIRED)

    assert not await Message.exists().where(Message.template == "signing_staff")


async def test_it_is_no_message_of_the_customer_s(extension: Row, staff: str) -> None:
    await tell(await order_of(extension), Occasion.EXPIRED)

    message = await Message.objects().get(Message.recipient == staff)
    assert message is not None
    assert message.customer is None
    assert message.login_id is None


async def opened(row: Row) -> Envelope:
    envelope = await envelope_of(row)
    assert envelope is not None
    return envelope
