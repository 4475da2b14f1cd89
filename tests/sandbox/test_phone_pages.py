"""Every message can be read on a phone in the browser, by reload or by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app import import_every_keyword
from portal import clock
from portal.messaging.gateways import Sms
from portal.messaging.tables import Message, MessageState
from portal.sandbox.phone import SandboxPhone
from tests.people import saved
from tests.visiting import Visitor

ANA, BOJAN = "+38641555001", "+38641555002"
EVENING = datetime(2026, 11, 20, 22, 55, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def received(database: str, phone: SandboxPhone) -> None:
    """Ana got two messages, one on each day."""
    with clock.stopped_at(EVENING):
        await phone.send(Sms(ANA, "Spoštovani, <b>zapadlo</b> je 86,45 EUR.", "Moj A1", "1"))
    with clock.stopped_at(MORNING):
        await phone.send(Sms(ANA, "Vaša koda je 123456.\n\n@moj.test #123456", "Moj A1", "2"))


async def test_a_phone_shows_its_messages_as_they_were_sent(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/phone/38641555001")

    assert "041 555 001" in page.text
    assert [bubble.text for bubble in page.all(".bubble")] == [
        "Vaša koda je 123456.\n\n@moj.test #123456",
        "Spoštovani, <b>zapadlo</b> je 86,45 EUR.",
    ]
    assert [time.text for time in page.all("time")] == ["07:05", "23:55"]
    assert [date.text for date in page.all(".date")] == ["v soboto, 21. novembra", "v petek, 20. novembra"]


async def test_the_newest_code_can_be_copied(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/phone/38641555001")

    assert page.one(".one_time b").text == "123456"
    assert page.one("[data-copy]").get("data-copy") == "123456"


async def test_an_older_code_is_no_longer_offered(sandbox: Visitor, phone: SandboxPhone) -> None:
    await phone.send(Sms(ANA, "Hvala, plačilo je knjiženo.", "Moj A1", "3"))

    page = await sandbox.get("/sandbox/phone/38641555001")

    assert page.all(".one_time") == []


async def test_the_screen_renews_itself(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/phone/38641555001")
    screen = page.one("#screen")
    assert screen.get("hx-get") == page.path
    assert screen.get("hx-trigger") == "every 2s"

    alone = await sandbox.get(page.path, headers={"hx-request": "true", "hx-target": "section#screen"})

    assert "<html" not in alone.html
    assert len(alone.all("#screen .bubble")) == 2


async def test_a_phone_without_messages_waits_for_them(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/phone/38641555002")

    assert "Sporočil še ni" in page.text


@pytest.mark.parametrize("path", ["abc", "12", "0", "38641555001%27--"])
async def test_what_is_no_number_has_no_phone(sandbox: Visitor, path: str) -> None:
    await sandbox.get(f"/sandbox/phone/{path}", status=404)


@pytest.mark.parametrize(
    ("text", "said"), [("racun", "nakazilo"), ("odlog10", "s SMS-om vam ne moremo"), ("pomoč", "ne poznamo")]
)
async def test_an_sms_is_sent_from_a_phone_and_answered_on_it(sandbox: Visitor, text: str, said: str) -> None:
    import_every_keyword()
    page = await sandbox.get("/sandbox/phone/38641555002")
    assert [option.text for option in page.all("option")] == ["9443 · RACUN", "4040 · ODLOG10"]

    receiver = "4040" if text == "odlog10" else "9443"
    page = await sandbox.submit(page.form, receiver=receiver, text=text)

    [answer, own] = page.all(".thread li:not(.date)")
    assert said in "".join(answer.itertext())
    assert own.get("class") == "own"
    assert own.cssselect(".bubble")[0].text == text


async def test_what_was_written_on_a_phone_is_no_code_for_it(sandbox: Visitor) -> None:
    import_every_keyword()
    page = await sandbox.get("/sandbox/phone/38641555002")

    page = await sandbox.submit(page.form, receiver="9443", text="123456")

    assert len(page.all(".bubble")) == 2
    assert page.all(".one_time") == []


@pytest.mark.parametrize(("receiver", "text"), [("", "RACUN"), ("9443", ""), ("+386", "RACUN"), ("9443", "a" * 161)])
async def test_what_is_no_sms_is_not_sent(sandbox: Visitor, receiver: str, text: str) -> None:
    import_every_keyword()
    page = await sandbox.get("/sandbox/phone/38641555002")

    await sandbox.submit(page.form, receiver=receiver, text=text, status=400)


async def test_what_the_network_says_of_a_message_can_be_had(database: str) -> None:
    message = await saved(
        Message(channel="sms", recipient=ANA, template="reconnected", language="sl", created_at=MORNING)
    )

    await SandboxPhone(gives_receipts=True).send(Sms(ANA, "Hvala.", "Moj A1", str(message.id)))

    [told] = await Message.objects()
    assert told.state == MessageState.DELIVERED


async def test_all_phones_stand_in_a_list_with_their_last_message(sandbox: Visitor, phone: SandboxPhone) -> None:
    await phone.send(Sms(BOJAN, "Za Bojana.", "Moj A1", "3"))

    page = await sandbox.get("/sandbox/phone")

    assert [link.get("href") for link in page.all("#phones a")] == [
        "/sandbox/phone/38641555002",
        "/sandbox/phone/38641555001",
    ]
    assert "zapadlo" not in page.text


async def test_the_same_reference_is_one_message(sandbox: Visitor, phone: SandboxPhone) -> None:
    await phone.send(Sms(BOJAN, "Enkrat.", "Moj A1", "3"))
    await phone.send(Sms(BOJAN, "Enkrat.", "Moj A1", "3"))

    page = await sandbox.get("/sandbox/phone/38641555002")

    assert len(page.all(".bubble")) == 1


async def test_the_sandbox_leads_everywhere(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox")

    assert [link.get("href") for link in page.all("main a")] == [
        "/sandbox/clock",
        "/sandbox/phone",
        "/sandbox/mail",
        "/sandbox/shop",
        "/sandbox/messages",
        "/sandbox/network",
        "/sandbox/stripe",
        "/sandbox/tsa",
        "/sandbox/components",
    ]
