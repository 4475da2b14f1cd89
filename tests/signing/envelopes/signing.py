"""Signing as a person does it, without the pages: each call does what one page does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.identity.browsers import Browser
from portal.identity.tables import Device, Session
from portal.identity.viewers import Viewer, find_viewer
from portal.messaging.tables import Channel, Message
from portal.signing.envelopes import consent
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.coding import ask_code
from portal.signing.envelopes.reading import EnvelopeSeen, envelope_of
from portal.signing.tables import Envelope, EvidenceEntry, SigningCode
from portal.web import tokens
from tests.people import NOON, Person, saved

PHONE = Browser("203.0.113.7", "Mozilla/5.0 (Linux; Android 16) Chrome/142.0")
AGREED = consent.current("sl").version


async def viewer_of(person: Person, at: datetime = NOON) -> Viewer:
    """The person, signed in in a browser of their own."""
    assert person.login is not None
    login, token = person.login.id, tokens.new_token()
    known: dict[str, Any] = {"login": login, "created_at": at, "seen_at": at}
    device = await saved(Device(token_hash=tokens.hashed(tokens.new_token()), label="Chrome, Android", **known))
    ends: dict[str, Any] = {"idle_ends_at": at + timedelta(days=30), "ends_at": at + timedelta(days=90)}
    await saved(Session(token_hash=tokens.hashed(token), device=device.id, address="203.0.113.7", **known, **ends))
    return await viewer_with(token, at)


async def viewer_with(token: str, at: datetime) -> Viewer:
    viewer = await find_viewer(tokens.hashed(token), at)
    assert viewer is not None
    return viewer


async def seen_by(person: Person, envelope: Envelope | UUID) -> EnvelopeSeen:
    return await envelope_of([person.customer.id], envelope if isinstance(envelope, UUID) else envelope.id)


async def asks(seen: EnvelopeSeen, viewer: Viewer, at: datetime = NOON) -> SigningCode:
    return await ask_code(seen, viewer, AGREED, PHONE, at)


async def signs(seen: EnvelopeSeen, viewer: Viewer, at: datetime = NOON) -> None:
    """Asks for a code and enters it."""
    code = await asks(seen, viewer, at)
    await accept(seen, viewer, code.digits, PHONE, at)


def other_than(digits: str, by: int = 1) -> str:
    """Six other digits."""
    return f"{(int(digits) + by) % 1_000_000:06d}"


async def events(envelope: Envelope | EnvelopeSeen) -> list[str]:
    """What the evidence says has happened, in order."""
    entries = (
        await EvidenceEntry.select(EvidenceEntry.event)
        .where(EvidenceEntry.envelope == envelope.id)
        .order_by(EvidenceEntry.position)
    )
    return [entry["event"] for entry in entries]


async def told(person: Person, channel: Channel = Channel.EMAIL) -> list[str]:
    """Which messages the customer got, in order."""
    messages = (
        await Message.select(Message.template)
        .where(Message.customer == person.customer.id, Message.channel == channel)
        .order_by(Message.created_at, Message.id)
    )
    return [message["template"] for message in messages]


async def told_to(address: str) -> list[str]:
    messages = (
        await Message.select(Message.template)
        .where(Message.recipient == address)
        .order_by(Message.created_at, Message.id)
    )
    return [message["template"] for message in messages]
