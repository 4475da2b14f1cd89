"""The port for the collections line: the voice system asks with its token, once or again, and is answered in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from portal import clock
from portal.dunning.relief_tables import AskedBy, VoiceCall
from portal.messaging.tables import Message
from portal.settings import settings
from tests.dunning.case_rows import a_case
from tests.dunning.deferrals import deferrals_of, fees_of, paid_before, warned
from tests.people import NOON, Person, a_person
from tests.visiting import Visitor

TOKEN = "a token of the voice system"


@pytest.fixture(autouse=True)
async def voice_system(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("VOICE_CALLBACK_TOKEN", TOKEN)
    settings.cache_clear()
    with clock.stopped_at(NOON):
        yield monkeypatch
    settings.cache_clear()


async def call(
    visit: Visitor, caller: str | None, call_id: str = "call 1", *, status: int = 200, token: str = TOKEN
) -> Any:
    response = await visit.client.post(
        "/voice/deferral", data={"caller": caller, "call": call_id}, headers={"authorization": f"Bearer {token}"}
    )
    assert response.status_code == status
    return response.json() if response.headers["content-type"] == "application/json" else None


def number_of(person: Person) -> str:
    return str(person.customer.contact_number)


async def test_granted(visit: Visitor) -> None:
    bojan = await warned()
    [bill] = [bill for bill in bojan.bills if bill.open_cents]

    said = await call(visit, number_of(bojan))

    assert said == {
        "granted": True,
        "until": "2026-12-01",
        "fee": "2.99",
        "total": "86.45",
        "bills": [
            {
                "number": bill.number,
                "reference": bill.reference,
                "due_on": bill.due_on.isoformat(),
                "open": "86.45",
            }
        ],
    }
    [deferral] = await deferrals_of(bojan)
    assert deferral.asked_by == AskedBy.VOICE
    assert {message.template for message in await Message.objects()} == {"deferral_granted"}


async def test_the_same_call_told_again_gets_the_same_answer_whatever_has_changed(visit: Visitor) -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    first = await call(visit, number_of(bojan))
    await a_case(bojan, "notice")

    assert first == {"granted": False, "reason": "nothing_overdue", "from": None}
    assert await call(visit, number_of(bojan)) == first
    assert (await call(visit, number_of(bojan), "call 2"))["granted"]


async def test_told_five_times_at_once_it_is_one_call(visit: Visitor) -> None:
    bojan = await warned()

    answers = await asyncio.gather(*(call(visit, number_of(bojan)) for _ in range(5)))

    assert all(answer == answers[0] for answer in answers)
    assert await fees_of(bojan) == [299]
    assert await VoiceCall.count() == 1


async def test_another_call_learns_what_was_granted_before(visit: Visitor) -> None:
    bojan = await warned()

    first, second = await call(visit, number_of(bojan)), await call(visit, number_of(bojan), "call 2")

    assert second == first
    assert await fees_of(bojan) == [299]


async def test_the_reason_and_from_when(visit: Visitor) -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "reminder")

    assert await call(visit, number_of(bojan)) == {"granted": False, "reason": "not_warned", "from": "2026-11-23"}


async def test_a_stranger_s_number_is_told_nothing(visit: Visitor) -> None:
    assert await call(visit, "+38641999999") == {"granted": False, "reason": "unknown_caller", "from": None}


@pytest.mark.parametrize("caller", ["041 123 456", "anonymous", "", "+386"])
async def test_what_is_no_number_is_refused(visit: Visitor, caller: str) -> None:
    assert await call(visit, caller, status=400) == {"error": "bad fields", "fields": ["caller"]}


@pytest.mark.parametrize("call_id", ["", "c" * 81])
async def test_a_call_needs_its_id(visit: Visitor, call_id: str) -> None:
    assert await call(visit, "+38641999999", call_id, status=400) == {"error": "bad fields", "fields": ["call"]}


@pytest.mark.parametrize("token", ["", "another token of somebody", TOKEN[:-1], f"{TOKEN}."])
async def test_whoever_does_not_know_the_token_gets_nothing(visit: Visitor, token: str) -> None:
    bojan = await warned()

    assert await call(visit, number_of(bojan), status=403, token=token) == {"error": "forbidden"}
    assert await deferrals_of(bojan) == []


async def test_without_a_token_nobody_is_answered(visit: Visitor, voice_system: pytest.MonkeyPatch) -> None:
    voice_system.delenv("VOICE_CALLBACK_TOKEN")
    settings.cache_clear()

    await call(visit, "+38641999999", status=404, token="")


def test_a_token_that_can_be_guessed_stops_the_start(voice_system: pytest.MonkeyPatch) -> None:
    voice_system.setenv("VOICE_CALLBACK_TOKEN", "short")
    settings.cache_clear()

    with pytest.raises(ValueError, match="VOICE_CALLBACK_TOKEN needs at least 16 characters"):
        settings()
