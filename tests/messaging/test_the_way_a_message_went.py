"""How far a message came, in plain words and step by step."""

from __future__ import annotations

import pytest

from portal.messaging.tables import Channel, MessageState
from tests.messaging.inbox import MESSAGES, sent
from tests.people import Person
from tests.visiting import Visitor

WORDS = {
    MessageState.QUEUED: "čaka na pošiljanje",
    MessageState.SENDING: "čaka na pošiljanje",
    MessageState.UNKNOWN: "prejem ni potrjen",
    MessageState.SENT: "poslano",
    MessageState.DELIVERED: "dostavljeno",
    MessageState.FAILED: "ni dostavljeno",
    MessageState.REFUSED: "ni poslano",
    MessageState.EXPIRED: "ni poslano (prepozno)",
    MessageState.PRINTED: "natisnjeno",
    MessageState.HANDED_OVER: "oddano na pošto",
}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("state", MessageState)
async def test_every_state_has_its_plain_word_and_its_story(
    his: Visitor, bojan: Person, state: MessageState, channel: Channel
) -> None:
    recipient = {
        Channel.SMS: "+38641123456",
        Channel.EMAIL: "bojan@example.si",
        Channel.LETTER: "Bojan Kralj\nGlavna ulica 1\n1000 Ljubljana",
    }[channel]
    message = await sent(bojan, state=state, channel=channel, recipient=recipient)

    listed = await his.get(MESSAGES)
    page = await his.get(f"{MESSAGES}/{message.id}")

    assert "".join(listed.one("main .row .badge").itertext()) == WORDS[state]
    assert "".join(page.one(".intro .badge").itertext()) == WORDS[state]
    assert page.all(".steps li")
    assert "Glavna ulica" not in listed.text
    assert recipient not in listed.text


@pytest.mark.parametrize(
    ("channel", "state", "story"),
    [
        (Channel.SMS, MessageState.QUEUED, "done now waiting"),
        (Channel.SMS, MessageState.SENT, "done done now"),
        (Channel.SMS, MessageState.DELIVERED, "done done done"),
        (Channel.SMS, MessageState.FAILED, "done done failed"),
        (Channel.SMS, MessageState.EXPIRED, "done failed"),
        (Channel.SMS, MessageState.UNKNOWN, "done now"),
        (Channel.EMAIL, MessageState.SENT, "done done"),
        (Channel.EMAIL, MessageState.FAILED, "done done failed"),
        (Channel.EMAIL, MessageState.REFUSED, "done failed"),
        (Channel.LETTER, MessageState.QUEUED, "done now waiting"),
        (Channel.LETTER, MessageState.PRINTED, "done done now"),
        (Channel.LETTER, MessageState.HANDED_OVER, "done done done"),
    ],
)
async def test_the_way_it_went(his: Visitor, bojan: Person, channel: Channel, state: MessageState, story: str) -> None:
    message = await sent(bojan, channel=channel, state=state)

    page = await his.get(f"{MESSAGES}/{message.id}")

    assert " ".join(node.get("class") or "" for node in page.all(".steps li")) == story


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.REFUSED])
async def test_who_got_no_letter_is_not_sent_to_a_profile_without_an_address(
    his: Visitor, bojan: Person, state: MessageState
) -> None:
    letter = await sent(bojan, state=state, channel=Channel.LETTER, recipient="Bojan Kralj\n1000 Ljubljana")
    sms = await sent(bojan, state=state)

    of_letter, of_sms = [
        "".join((await his.get(f"{MESSAGES}/{message.id}")).one(".steps").itertext()) for message in (letter, sms)
    ]

    assert "Pokličite nas, da preverimo naslov." in of_letter
    assert "Pokličite nas" not in of_sms
