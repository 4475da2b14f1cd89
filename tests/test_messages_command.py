"""`portal messages`: what staff see of messages in trouble, and what they may send again."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.audit import AuditEntry, Event
from portal.messaging.tables import Attachment, Channel, Message, MessageState
from portal.messaging.undelivered import REFUSED, UNKNOWN, WAITING, NotSentAgain, resend, unsettled
from portal.messaging.values import dump
from portal.money import Money
from portal.settings import ROOT
from tests.messages import a_message
from tests.people import saved
from tests.working import waiting


async def test_messages_in_trouble_are_listed_without_their_recipients(database: str) -> None:
    await a_message(MessageState.UNKNOWN, reason="ReadTimeout")
    await a_message(MessageState.REFUSED, channel=Channel.EMAIL, recipient="bojan@example.si", age=timedelta(hours=1))
    await a_message(MessageState.FAILED, channel=Channel.LETTER, recipient="Ana Kos\nGlavna 1\n1000 Ljubljana")
    await a_message(MessageState.EXPIRED, reason="the sms gateway is away")
    await a_message(MessageState.EXPIRED, template="sign_in_code", is_secret=True)
    await a_message(MessageState.UNKNOWN, age=timedelta(days=31))
    await a_message(MessageState.SENT)
    at = clock.now()

    assert [(one.masked, one.reason) for one in await unsettled(UNKNOWN, at)] == [("041 ••• •00", "ReadTimeout")]
    assert [one.masked for one in await unsettled(REFUSED, at)] == [
        "b••••@example.si",
        "…, 1000 Ljubljana",
        "041 ••• •00",
    ]
    assert await unsettled(WAITING, at) == []


async def test_a_message_is_sent_again_by_a_person_s_decision_and_once(database: str) -> None:
    lost = await a_message(MessageState.UNKNOWN, values=dump({"fee": Money(799)}), language="en")

    again = await resend(lost.id, "marko", "customer called", clock.now())
    with pytest.raises(NotSentAgain, match="before"):
        await resend(lost.id, "marko", "customer called", clock.now())

    copy = await Message.objects().get(Message.id == again)
    assert copy is not None
    assert (copy.state, copy.recipient, copy.language) == (MessageState.QUEUED, lost.recipient, "en")
    assert json.loads(copy.values) == json.loads(lost.values)
    assert await waiting() == ["messaging.deliver"]
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.MESSAGE_RESENT)
    assert json.loads(entry.details) == {
        "message": str(lost.id),
        "again": str(again),
        "by": "marko",
        "reason": "customer called",
    }
    assert await unsettled(UNKNOWN, clock.now()) == []


async def test_a_file_goes_with_it_again(database: str) -> None:
    lost = await a_message(MessageState.FAILED, channel=Channel.EMAIL, recipient="bojan@example.si")
    await saved(Attachment(message=lost.id, name="Račun.pdf", media_type="application/pdf", content=b"%PDF"))

    again = await resend(lost.id, "marko", "mailbox was full", clock.now())

    [file] = await Attachment.objects().where(Attachment.message == again)
    assert (file.name, file.content) == ("Račun.pdf", b"%PDF")


@pytest.mark.parametrize(
    ("state", "is_secret", "why"),
    [
        (MessageState.UNKNOWN, True, "ask for a new one"),
        (MessageState.SENT, False, "It is sent"),
        (MessageState.QUEUED, False, "It is queued"),
        (MessageState.DELIVERED, False, "It is delivered"),
    ],
)
async def test_what_arrived_or_held_a_code_is_not_sent_again(
    database: str, state: MessageState, is_secret: bool, why: str
) -> None:
    message = await a_message(state, is_secret=is_secret)

    with pytest.raises(NotSentAgain, match=why):
        await resend(message.id, "marko", "to be sure", clock.now())

    assert await waiting() == []
    with pytest.raises(NotSentAgain, match="no such message"):
        await resend(uuid4(), "marko", "to be sure", clock.now())


def test_the_command_lists_and_refuses(environment: dict[str, str]) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "portal.cli", "messages", *arguments]
        own = environment | {"PORTAL_URL": "http://127.0.0.1"}
        ended = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    subprocess.run(
        [sys.executable, "-m", "portal.cli", "migrate"],
        cwd=ROOT,
        env=environment | {"PORTAL_URL": "http://127.0.0.1"},
        check=True,
        capture_output=True,
    )
    assert said("unknown") == (0, "No message is in doubt.\n")
    assert said("resend", str(uuid4()), "--reason", "why not") == (1, "Error: There is no such message.\n")
    assert said("resend", str(uuid4()))[0] == 2
