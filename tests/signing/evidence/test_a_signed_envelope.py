"""What is kept of an envelope that was signed: the signature vouches for the record, and nothing is out of place."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator

import pytest
import pytest_asyncio
from cryptography import x509

from portal import clock
from portal.settings import settings
from portal.signing.evidence.canonical import canonical
from portal.signing.evidence.checking import check
from portal.signing.evidence.record import final_record_of
from portal.signing.evidence.report import report_of
from portal.signing.evidence.vouched import check_signatures
from portal.signing.pades.finishing import finish
from portal.signing.pades.validating import validate
from portal.signing.tables import Document, Envelope, OrderKind
from tests.people import Person
from tests.signing.envelopes.signing import seen_by, signs, viewer_of
from tests.signing.evidence.test_meddling_is_found import behind_the_portals_back
from tests.signing.pades.conftest import shared_timestamper
from tests.signing.pades.timestamper import OpenSsl
from tests.signing.people import CHANGE, an_envelope

__all__ = ["shared_timestamper"]


@pytest.fixture
def stamped(shared_timestamper: OpenSsl, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SIGNING_TSA_URL", shared_timestamper.url)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest_asyncio.fixture
async def envelope(ana: Person, stamped: None) -> Envelope:
    at = clock.now()
    opened = await an_envelope(ana, at=at, kind=OrderKind.CHANGE, terms=CHANGE)
    await signs(await seen_by(ana, opened), await viewer_of(ana, at), at)
    await finish(opened.id)
    return opened


async def test_nothing_is_out_of_place(envelope: Envelope) -> None:
    faults = [fault async for fault in check(envelope.id)]
    signatures = [fault async for fault in check_signatures(clock.now(), envelope.id)]

    assert set(faults) == set(signatures) == {None}
    assert len(signatures) == await Document.count().where(Document.envelope == envelope.id)


async def test_the_signature_carries_the_hash_of_the_record(envelope: Envelope) -> None:
    record = json.loads(await final_record_of(envelope.id))
    kept = await Envelope.objects().get(Envelope.id == envelope.id)
    document = await Document.objects().where(Document.envelope == envelope.id).first()
    assert kept is not None and kept.record is not None and document is not None

    made = (await asyncio.to_thread(validate, document.signed_pdf, clock.now())).customer

    assert made is not None and made.record_sha256 is not None
    assert made.record_sha256.hex() == record["signed"]["record_sha256"] == hashlib.sha256(kept.record).hexdigest()


async def test_the_final_record_tells_of_the_certificate_and_the_copies_and_holds_what_was_signed(
    envelope: Envelope,
) -> None:
    text = await final_record_of(envelope.id)
    record = json.loads(text)
    kept = await Envelope.objects().get(Envelope.id == envelope.id)
    assert kept is not None and kept.record is not None and kept.certificate is not None
    signed = json.loads(kept.record)

    assert canonical(record) == text
    assert record["entries"][: len(signed["entries"])] == signed["entries"]
    assert [entry["event"] for entry in record["entries"]][-2:] == ["signed", "copies_sent"]
    serial = x509.load_pem_x509_certificate(kept.certificate.encode()).serial_number
    assert int(record["signed"]["certificate"]["serial"], 16) == serial
    assert "documents_signed" in {message["template"] for message in record["messages"]}
    assert report_of(text, "sl").startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("meddling", "found"),
    [
        ("UPDATE envelopes SET record = record || ' '", "is not the one that the signature vouches for"),
        ("UPDATE documents SET signed_pdf = set_byte(signed_pdf, 3000, 0)", "signatures are not valid"),
    ],
)
async def test_a_signature_that_does_not_vouch_for_what_is_kept_is_found(
    envelope: Envelope, meddling: str, found: str
) -> None:
    async with behind_the_portals_back() as connected:
        await connected.execute(meddling)

    faults = [str(fault) async for fault in check_signatures(clock.now())]

    assert faults
    assert all(found in fault for fault in faults)
