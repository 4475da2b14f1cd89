"""The real Kannel sends what the portal decides, whole and once, and tells what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal import clock
from portal.database import transaction
from portal.gsm7 import BASIC, EXTENDED
from portal.messaging.gateways import GatewayUnavailable, MessageExpired, MessageRefused, Sms, sms_gateway
from portal.messaging.kannel import AnswerLost, KannelGateway
from portal.messaging.segments import segments
from portal.messaging.sending import Told, send_sms
from portal.messaging.tables import Message, MessageState
from tests.kannel import Kannel
from tests.kannel_configuration import PASSWORD
from tests.working import work_off

ANA = "+38641555100"


def sms(text: str, **changed: Any) -> Sms:
    return replace(Sms(ANA, text, "Moj A1", str(uuid4())), **changed)


async def until(state: MessageState, message: UUID) -> Message:
    """Once Kannel has told; it tells nobody when."""
    async with asyncio.timeout(10):
        while (found := await the_message(message)).state != state:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def the_message(message: UUID) -> Message:
    found = await Message.objects().get(Message.id == message)
    assert found is not None
    return found


async def decide(*, expires_in: timedelta | None = None) -> UUID:
    at = clock.now()
    async with transaction():
        told = Told("reconnected", "sl", expires_at=at + expires_in if expires_in else None)
        decided = await send_sms(told, ANA, at=at)
    assert decided is not None
    return decided


TEXTS = {
    "slovenian": "Čšž ČŠŽ đ Đ € – naročnina",
    "plain": "Racun 20,98 EUR @ $ {nic} [ne] ~ ^ | \\ € ÄÖÜ ñ ß",
    "the whole short alphabet": "".join(sorted((BASIC | EXTENDED) - set("\n\r\f\x1b"))),
    "marks of addresses": "a&text=b#c?d=%20+e %d %A ;/\"'<>",
    "two short segments": "a" * 159 + "€",
    "two long segments": "č" * 71,
    "many": "Spoštovani, čaka vas račun. " * 12,
    "beyond": "Hvala 😀",
    "a code": "123456 je vaša koda.\n\n@moj.test #123456",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_a_text_arrives_as_it_was_written(kannel: Kannel, text: str) -> None:
    await sms_gateway().send(sms(text))

    [arrived] = await kannel.arrives(1)
    assert arrived.text == text
    assert arrived.to == ANA
    assert arrived.sender == "Moj A1"
    assert arrived.parts == segments(text)


async def test_a_message_is_decided_sent_and_known_to_be_delivered(kannel: Kannel) -> None:
    decided = await decide()

    await work_off()

    [arrived] = await kannel.arrives(1)
    message = await until(MessageState.DELIVERED, decided)
    assert arrived.text == message.body
    assert arrived.text.startswith("Hvala, plačilo je knjiženo")
    assert message.sent_at <= message.delivered_at


async def test_a_gateway_that_is_down_is_waited_for(kannel: Kannel) -> None:
    kannel.kill()
    decided = await decide()

    await work_off()
    assert (await the_message(decided)).state == MessageState.QUEUED

    kannel.up()
    await work_off(later=True)
    await until(MessageState.DELIVERED, decided)
    assert len(await kannel.arrives(1)) == 1


async def test_what_kannel_took_outlives_its_power_cut(kannel: Kannel) -> None:
    kannel.kill("fakesmsc")  # the operator's SMS centre is away
    decided = await decide()
    await work_off()
    assert (await the_message(decided)).state == MessageState.SENT

    kannel.restart()

    await until(MessageState.DELIVERED, decided)
    assert len(await kannel.arrives(1)) == 1


async def test_an_answer_that_does_not_come_leaves_it_unknown_until_the_receipt(kannel: Kannel) -> None:
    kannel.freeze("bearerbox")
    decided = await decide()
    gateway = sms_gateway()
    assert isinstance(gateway, KannelGateway)
    gateway.client.timeout = 0.5

    await work_off()
    assert (await the_message(decided)).state == MessageState.UNKNOWN

    kannel.thaw("bearerbox")
    await until(MessageState.DELIVERED, decided)
    await work_off(later=True)
    assert len(await kannel.arrives(1)) == 1


async def test_kannel_cut_off_in_the_middle_may_have_taken_it(kannel: Kannel) -> None:
    kannel.freeze("bearerbox")
    sending = asyncio.create_task(sms_gateway().send(sms("Koda")))
    await asyncio.sleep(0.3)

    kannel.kill("smsbox")

    with pytest.raises(AnswerLost):
        await sending
    kannel.kill()


async def test_a_wrong_password_is_not_the_message_s_fault(kannel: Kannel) -> None:
    stranger = KannelGateway(f"{kannel.url}/cgi-bin/sendsms", "portal", "guessed-password")

    with pytest.raises(GatewayUnavailable):
        await stranger.send(sms("čšž"))

    await stranger.close()
    assert kannel.arrived() == []


async def test_a_message_that_it_will_not_take_is_refused_in_kannel_s_words(kannel: Kannel) -> None:
    with pytest.raises(MessageRefused, match=r"^Sender missing and no global set, rejected$"):
        await sms_gateway().send(sms("čšž", sender=""))


@pytest.mark.parametrize("to", ["041 555 100", "+386 41 555 100", "+38641555100 +38641555101", "041555100", "", "A1"])
async def test_what_it_would_take_for_several_numbers_or_another_is_not_sent(kannel: Kannel, to: str) -> None:
    with pytest.raises(MessageRefused, match="no number"):
        await sms_gateway().send(sms("čšž", to=to))

    assert kannel.arrived() == []


async def test_kannel_s_own_logs_hold_no_text_and_no_password(kannel: Kannel) -> None:
    stranger = KannelGateway(f"{kannel.url}/cgi-bin/sendsms", "portal", "guessed-password")
    with pytest.raises(GatewayUnavailable):
        await stranger.send(sms("482913 je vaša koda"))
    await stranger.close()
    await sms_gateway().send(sms("482913 je vaša koda"))
    await kannel.arrives(1)

    logs = kannel.logs()

    assert not [secret for secret in ("482913", PASSWORD, "guessed-password", "41555100") if secret in logs]


async def test_a_code_is_not_sent_when_it_would_come_too_late(kannel: Kannel) -> None:
    with pytest.raises(MessageExpired, match="less than a minute"):
        await sms_gateway().send(sms("123456", expires_at=clock.now() + timedelta(seconds=59)))

    assert kannel.arrived() == []
