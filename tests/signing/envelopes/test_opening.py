"""An order brings documents, made once, and a link to them: to where the customer said, and nowhere else."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from portal.database import transaction
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.refusals import NotFound
from portal.signing.envelopes.opening import open_envelope
from portal.signing.envelopes.reading import document_bytes, envelope_behind, envelope_of, envelopes_of
from portal.signing.envelopes.refusals import TooLateToOpen
from portal.signing.tables import Document, Envelope, SigningLink
from tests.people import NOON, Person, a_person
from tests.signing.envelopes.signing import events, seen_by, told
from tests.signing.people import an_envelope, an_order


async def test_the_documents_are_those_of_the_hashes(ana: Person) -> None:
    envelope = await an_envelope(ana)

    seen = await seen_by(ana, envelope)
    pdfs = [await document_bytes([ana.customer.id], seen.id, one.position) for one in seen.documents]
    hashes = [hashlib.sha256(pdf).digest() for pdf in pdfs]
    assert [one.sha256 for one in seen.documents] == [one.hex() for one in hashes]
    assert seen.documents_sha256 == hashlib.sha256(b"".join(hashes)).digest()
    assert seen.documents[0].kind == "summary"
    assert all(pdf.startswith(b"%PDF-") for pdf in pdfs)


async def test_the_link_goes_by_e_mail_and_an_sms_without_it_announces_it(ana: Person) -> None:
    envelope = await an_envelope(ana)

    assert await told(ana) == ["documents_to_sign"]
    assert await told(ana, Channel.SMS) == ["documents_to_sign"]
    mail, sms = await messages_of(ana)
    link = load(mail.values)["link"]
    assert link.startswith("https://moj.test/sign/")
    assert mail.is_secret
    assert "link" not in load(sms.values)
    assert await envelope_behind(link.rpartition("/")[2]) == (envelope.id, ana.customer.id)
    assert await events(envelope) == ["ordered", "documents_made", "link_sent"]


async def test_of_the_link_only_a_hash_is_kept(ana: Person) -> None:
    await an_envelope(ana)

    mail, _ = await messages_of(ana)
    token = load(mail.values)["link"].rpartition("/")[2]
    link = await SigningLink.objects().first()
    assert link is not None
    assert link.token_hash == hashlib.sha256(token.encode()).digest()
    assert await envelope_behind(link.token_hash.hex()) is None


async def test_its_time_runs_from_the_order_not_from_the_documents(ana: Person) -> None:
    order = await an_order(ana, placed_at=NOON)
    async with transaction():
        envelope = await open_envelope(order, NOON + timedelta(hours=6))

    assert envelope.expires_at == NOON + timedelta(hours=24)
    assert [load(one.values)["hours"] for one in await messages_of(ana)] == [18, 18]


async def test_an_order_that_comes_too_late_makes_no_documents(ana: Person) -> None:
    order = await an_order(ana, placed_at=NOON)

    with pytest.raises(TooLateToOpen):
        async with transaction():
            await open_envelope(order, NOON + timedelta(hours=24))

    assert not await Envelope.exists()
    assert not await Document.exists()


async def test_who_has_a_login_is_told_the_short_way_and_who_has_none_the_long(ana: Person, eva: Person) -> None:
    await an_envelope(ana)
    await an_envelope(eva)

    assert [load(one.values)["is_registered"] for one in await messages_of(ana)] == [True, True]
    assert [load(one.values)["is_registered"] for one in await messages_of(eva)] == [False, False]


async def test_a_login_in_another_name_is_not_that_of_whoever_is_to_sign(ana: Person) -> None:
    await an_envelope(ana, signatory="Peter Novak")

    assert [load(one.values)["is_registered"] for one in await messages_of(ana)] == [False, False]


async def test_without_a_number_that_takes_sms_the_e_mail_goes_alone(ana: Person) -> None:
    await an_envelope(ana, contact_number="+38612345678")
    await an_envelope(ana, contact_number=None)

    assert await told(ana) == ["documents_to_sign"] * 2
    assert await told(ana, Channel.SMS) == []


async def test_a_stranger_finds_nothing(ana: Person) -> None:
    envelope = await an_envelope(ana)
    stranger = await a_person("Cene Kos")

    assert await envelopes_of([stranger.customer.id]) == []
    with pytest.raises(NotFound):
        await envelope_of([stranger.customer.id], envelope.id)
    with pytest.raises(NotFound):
        await document_bytes([stranger.customer.id], envelope.id, 1)


async def test_all_of_a_login_s_customers_stand_in_one_list_the_open_first(ana: Person, eva: Person) -> None:
    old = await an_envelope(ana, at=NOON - timedelta(days=3))
    await Envelope.update({Envelope.state: "expired"}).where(Envelope.id == old.id)
    first, last = await an_envelope(eva, at=NOON), await an_envelope(ana, at=NOON + timedelta(hours=1))

    seen = await envelopes_of([ana.customer.id, eva.customer.id])
    assert [one.id for one in seen] == [last.id, first.id, old.id]


async def messages_of(person: Person) -> list[Message]:
    """The e-mail, then the SMS."""
    return await Message.objects().where(Message.customer == person.customer.id).order_by(Message.channel)
