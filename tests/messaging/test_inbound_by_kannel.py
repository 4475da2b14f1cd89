"""A customer's SMS goes through the real Kannel to the portal, and the answer comes back to the same telephone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

import pytest

from portal import clock
from portal.messaging.inbound import FROM_A_NUMBER
from portal.messaging.keywords import KEYWORDS, keyword
from portal.messaging.segments import segments
from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage, Message, MessageState
from tests.kannel import Kannel, portal_of
from tests.people import Person, a_person

ANYBODY = "+38641999999"


@pytest.fixture(autouse=True)
def payee(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator can be paid by what the answer says."""
    monkeypatch.setenv("PAYEE_IBAN", "SI56020170014356205")


async def settled(count: int) -> list[Message]:
    """Once everything that was answered is delivered."""
    async with asyncio.timeout(10):
        while await Message.count().where(Message.state == MessageState.DELIVERED) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return await Message.objects().order_by(Message.created_at)


async def ana() -> Person:
    ana = await a_person("Ana Novak")
    await ana.bill()
    return ana


@pytest.mark.parametrize("text", ["RACUN", "račun"])
async def test_a_customer_asks_for_open_items(kannel: Kannel, text: str) -> None:
    person = await ana()
    number = person.customer.contact_number

    kannel.send(number, "9443", text)

    [arrived] = await kannel.arrives(1)
    [reply] = await settled(1)
    assert arrived.to == number
    assert arrived.sender == "9443"
    assert arrived.text == reply.body
    assert arrived.parts == segments(arrived.text)
    assert person.bills[0].reference.replace(" ", "") in arrived.text.replace(" ", "")
    assert reply.customer == person.customer.id


async def test_an_unknown_word_gets_help(kannel: Kannel) -> None:
    kannel.send(ANYBODY, "9443", "Dober dan! Kako plačam račun? 😀")

    [arrived] = await kannel.arrives(1)
    [reply] = await settled(1)
    assert arrived.text == reply.body
    assert reply.template == "keyword_help"


async def test_a_long_question_is_one_question(kannel: Kannel) -> None:
    kannel.send(ANYBODY, "9443", "x" * 1500)

    await kannel.arrives(1)
    [asked] = await InboundMessage.objects()
    assert asked.text == "x" * 500


@pytest.fixture
def word() -> Iterator[None]:
    """PREIZKUS to 9999 is answered with letters that the short alphabet lacks."""

    @keyword("PREIZKUS", "9999")
    async def answer(asked: InboundMessage, at: datetime) -> Told:
        return Told("reconnected", "sl")

    yield
    del KEYWORDS["PREIZKUS", "9999"]


async def test_the_answer_comes_back_in_correct_slovenian(kannel: Kannel, word: None) -> None:
    kannel.send(ANYBODY, "9999", "preizkus")

    [arrived] = await kannel.arrives(1)
    assert arrived.sender == "9999"
    assert "plačilo je knjiženo" in arrived.text


async def test_silence_sends_nothing_not_even_kannel_s_own_words(kannel: Kannel) -> None:
    for _ in range(FROM_A_NUMBER.most):
        await FROM_A_NUMBER.take(ANYBODY, clock.now())
    for count, sender in enumerate((ANYBODY, "A1-INFO", "1919"), start=1):
        kannel.send(sender, "9443", "RACUN")
        await heard(count)

    kannel.send("+38641999998", "9443", "to je zadnje")

    [arrived] = await kannel.arrives(1)
    assert arrived.to == "+38641999998"


async def test_what_was_sent_while_the_portal_was_away_is_answered_when_it_is_back(
    gateway: Kannel, database: str
) -> None:
    gateway.up()
    gateway.forget()
    gateway.send(ANYBODY, "9443", "RACUN")
    await asyncio.sleep(0.5)
    assert gateway.arrived() == []

    async with portal_of(gateway):
        [arrived] = await gateway.arrives(1)
        [reply] = await settled(1)

    assert arrived.text == reply.body


async def heard(count: int) -> None:
    async with asyncio.timeout(10):
        while await InboundMessage.count() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
