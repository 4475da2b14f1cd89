"""The record of an envelope: all that is known of it, and nothing that must not be told."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from portal.messaging.tables import Message, MessageState
from portal.refusals import NotFound
from portal.rows import NewId
from portal.signing.evidence.canonical import canonical
from portal.signing.evidence.record import final_record_of, record_of
from portal.signing.tables import Envelope
from tests.people import NOON, Person
from tests.signing.envelopes.signing import asks, seen_by, signs, viewer_of
from tests.signing.people import an_envelope

LATER = NOON + timedelta(minutes=5)


async def record(envelope: Envelope) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(await record_of(envelope.id))
    return read


async def test_before_anybody_came_it_tells_of_the_order_the_documents_and_the_link(ana: Person) -> None:
    envelope = await an_envelope(ana)

    told = await record(envelope)

    assert told["order"]["signatory"] == told["customer"]["name"] == "Ana Novak"
    assert told["order"]["placed_at"] == "2026-11-21T11:00:00.000000Z"
    assert told["documents"][0]["kind"] == "summary"
    assert [entry["event"] for entry in told["entries"]] == ["ordered", "documents_made", "link_sent"]
    assert {message["template"] for message in told["messages"]} == {"documents_to_sign"}
    assert (told["signatory"], told["consent"]) == (None, None)


async def test_once_a_code_was_asked_for_it_tells_who_asked_from_where_and_what_they_agreed_to(ana: Person) -> None:
    envelope = await an_envelope(ana)
    seen, viewer = await seen_by(ana, envelope), await viewer_of(ana, LATER)

    code = await asks(seen, viewer, LATER)
    told = await record(envelope)

    assert told["signatory"]["login"]["name"] == "Ana Novak"
    assert told["signatory"]["session"]["address"] == "203.0.113.7"
    assert told["signatory"]["session"]["device"] == "Chrome, Android"
    assert told["consent"]["statement"].startswith("Dokumente sem prebral")
    assert [(one["id"], one["used_at"]) for one in told["codes"]] == [(str(code.id), None)]
    assert {message["template"] for message in told["messages"]} == {"documents_to_sign", "signing_code"}


async def test_receipts_of_messages_come_into_it(ana: Person) -> None:
    envelope = await an_envelope(ana)
    await asks(await seen_by(ana, envelope), await viewer_of(ana, LATER), LATER)
    await Message.update(
        {Message.state: MessageState.DELIVERED, Message.sent_at: LATER, Message.delivered_at: LATER}
    ).where(Message.template == "signing_code")

    [code] = [one for one in (await record(envelope))["messages"] if one["template"] == "signing_code"]

    assert (code["state"], code["delivered_at"]) == ("delivered", "2026-11-21T11:05:00.000000Z")


async def test_neither_a_code_nor_a_secret_stands_in_it(ana: Person) -> None:
    envelope = await an_envelope(ana)
    code = await asks(await seen_by(ana, envelope), await viewer_of(ana, LATER), LATER)

    text = (await final_record_of(envelope.id)).decode()

    assert code.digits not in text
    assert code.secret not in text
    assert "/sign/" not in text


async def test_the_record_that_is_signed_is_kept_as_it_was_and_its_hash_noted(ana: Person) -> None:
    envelope = await an_envelope(ana)
    await signs(await seen_by(ana, envelope), await viewer_of(ana, LATER), LATER)

    kept = await Envelope.objects().get(Envelope.id == envelope.id)
    assert kept is not None and kept.record is not None
    told, now = json.loads(kept.record), await record(envelope)

    assert canonical(told) == kept.record
    assert told["envelope"]["state"] == "accepted"
    assert told["codes"][0]["used_at"] == "2026-11-21T11:05:00.000000Z"
    assert [entry["event"] for entry in told["entries"]][-1] == "accepted"
    assert now["entries"][-1]["facts"] == {"record_sha256": hashlib.sha256(kept.record).hexdigest()}


async def test_of_two_envelopes_each_has_its_own(ana: Person) -> None:
    one, other = await an_envelope(ana), await an_envelope(ana)

    first, second = await record(one), await record(other)

    assert not {entry["position"] for entry in first["entries"]} & {entry["position"] for entry in second["entries"]}
    assert not {message["id"] for message in first["messages"]} & {message["id"] for message in second["messages"]}


async def test_of_an_envelope_that_is_not_there_nothing_is_told(database: str) -> None:
    with pytest.raises(NotFound):
        await record_of(NewId().python())
