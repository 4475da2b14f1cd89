"""From the code entered to «podpisano»: once, wholly, and never without the timestamper."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from portal import clock
from portal.database import connection
from portal.jobs import JOBS, wait_after
from portal.settings import settings
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.pades.finishing import NotWhatWasAccepted, finish
from portal.signing.pades.sweeping import set_off_again
from portal.signing.pades.timestamps import NoTime
from portal.signing.pades.validating import Validation, validate
from portal.signing.tables import Document, Envelope, OrderKind
from portal.worker import import_every_job
from tests.people import Person
from tests.signing import people
from tests.signing.envelopes.dying import dies
from tests.signing.envelopes.signing import events, seen_by, signs, told, viewer_of
from tests.signing.pades.timestamper import OpenSsl
from tests.working import waiting, work_off

MOST = 60
"""Statements: more than finishing has."""


@pytest_asyncio.fixture
async def ana(database: str) -> Person:
    return await people.ana()


@pytest.fixture
def stamping(timestamper: OpenSsl, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenSsl]:
    monkeypatch.setenv("SIGNING_TSA_URL", timestamper.url)
    settings.cache_clear()
    yield timestamper
    monkeypatch.undo()
    settings.cache_clear()


async def accepted(ana: Person, **order: Any) -> EnvelopeSeen:
    seen = await seen_by(ana, await people.an_envelope(ana, **order))
    await signs(seen, await viewer_of(ana))
    return seen


async def accepted_form(ana: Person) -> EnvelopeSeen:
    """One document: a form for a change."""
    return await accepted(ana, kind=OrderKind.CHANGE, terms=people.CHANGE)


async def envelope_of(seen: EnvelopeSeen) -> Envelope:
    found = await Envelope.objects().get(Envelope.id == seen.id)
    assert found is not None
    return found


async def copies(seen: EnvelopeSeen) -> list[Document]:
    return await Document.objects().where(Document.envelope == seen.id).order_by(Document.position)


async def validated(document: Document) -> Validation:
    return await asyncio.to_thread(validate, document.signed_pdf, clock.now())


async def test_all_documents_are_signed_and_their_copies_sent(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted(ana)
    await work_off()

    envelope, documents = await envelope_of(seen), await copies(seen)
    assert (envelope.state, len(documents)) == ("signed", 4)
    for document in documents:
        said = await validated(document)
        assert said.is_ours and said.customer is not None
        assert said.customer.signer == "Ana Novak"
        assert said.customer.record_sha256 == hashlib.sha256(envelope.record).digest()
        assert document.signed_sha256 == said.sha256
        assert document.signed_pdf.startswith(document.pdf)
    assert (await told(ana)).count("documents_signed") == 1
    assert (await events(envelope))[-3:] == ["signed", "copies_sent", "went_on"]


async def test_all_are_signed_by_one_certificate_and_key(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted(ana)
    await finish(seen.id)

    envelope = await envelope_of(seen)
    certificate = x509.load_pem_x509_certificate(envelope.certificate.encode())
    said = [(await validated(document)).customer for document in await copies(seen)]
    serials = {customer.certificate.serial for customer in said if customer}
    assert serials == {f"{certificate.serial_number:x}"}
    assert certificate.not_valid_before_utc < envelope.signed_at < certificate.not_valid_after_utc


async def test_the_copies_are_attached_by_their_slovenian_names(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted(ana)
    await finish(seen.id)

    async with connection() as connected:
        files = await connected.fetch("SELECT name, media_type, content FROM attachments ORDER BY name")
    assert [bytes(file["content"]) for file in files] == [copy.signed_pdf for copy in await copies(seen)]
    assert all(file["name"].endswith("(podpisano).pdf") for file in files)
    assert {file["media_type"] for file in files} == {"application/pdf"}


async def test_the_key_is_not_in_the_database(
    ana: Person, stamping: OpenSsl, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[ec.EllipticCurvePrivateKey] = []
    make = ec.generate_private_key

    def remember(curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
        keys.append(make(curve))
        return keys[-1]

    monkeypatch.setattr(ec, "generate_private_key", remember)
    seen = await accepted_form(ana)
    await finish(seen.id)

    number = keys[0].private_numbers().private_value.to_bytes(32)
    async with connection() as connected:
        tables = await connected.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for table in tables:
            rows = await connected.fetch(f'SELECT row_to_json(t)::text AS row FROM "{table["tablename"]}" t')
            assert not any(number.hex() in row["row"] or "PRIVATE KEY" in row["row"] for row in rows), table
    assert len(keys) == 1


async def test_without_the_timestamper_it_waits(ana: Person, stamping: OpenSsl) -> None:
    stamping.reply = lambda _: (503, "text/plain", b"")
    seen = await accepted_form(ana)

    await work_off()
    assert (await envelope_of(seen)).state == "accepted"
    assert await waiting("signing.finish") == ["signing.finish"]
    assert "documents_signed" not in await told(ana)
    assert [copy.signed_pdf for copy in await copies(seen)] == [None]

    stamping.reply = stamping.stamped
    await work_off(later=True)
    assert (await envelope_of(seen)).state == "signed"


def test_the_timestamper_is_waited_for_for_more_than_a_week() -> None:
    import_every_job()
    tries = JOBS["signing.finish"].attempts

    assert sum((wait_after(n) for n in range(tries)), timedelta()) > timedelta(days=7)


@pytest.mark.parametrize(("tries", "becomes"), [(12, "queued"), (1_000, "queued"), (1_200, "failed")])
async def test_however_long_it_was_away_nothing_is_given_up(
    ana: Person, stamping: OpenSsl, tries: int, becomes: str
) -> None:
    """A job that is held in the end, after eight days, is set off again as one that was lost."""
    stamping.reply = lambda _: (503, "text/plain", b"")
    seen = await accepted_form(ana)
    async with connection() as connected:
        await connected.execute("UPDATE pgqueuer SET attempts = $1 WHERE entrypoint = 'signing.finish'", tries)
        await work_off()
        assert await connected.fetchval("SELECT status FROM pgqueuer WHERE entrypoint = 'signing.finish'") == becomes

    stamping.reply = stamping.stamped
    assert await set_off_again(clock.now() + timedelta(days=9)) == (becomes == "failed")
    await work_off(later=True)
    assert (await envelope_of(seen)).state == "signed"
    assert (await told(ana)).count("documents_signed") == 1


async def test_without_an_address_of_a_timestamper_nothing_is_signed(ana: Person) -> None:
    seen = await accepted_form(ana)

    with pytest.raises(NoTime):
        await finish(seen.id)
    assert (await envelope_of(seen)).state == "accepted"


async def test_doing_it_again_changes_nothing(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted_form(ana)
    await finish(seen.id)
    first = [copy.signed_sha256 for copy in await copies(seen)]

    await finish(seen.id)

    assert [copy.signed_sha256 for copy in await copies(seen)] == first
    assert (await told(ana)).count("documents_signed") == 1
    assert stamping.asked == 3


async def test_of_several_workers_one_finishes(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted_form(ana)

    await asyncio.gather(*(finish(seen.id) for _ in range(4)))

    assert (await told(ana)).count("documents_signed") == 1
    assert (await events(seen)).count("signed") == 1
    assert await waiting("signing.go_on") == ["signing.go_on"]


async def test_what_nobody_accepted_is_not_signed(ana: Person, stamping: OpenSsl) -> None:
    envelope = await people.an_envelope(ana)

    await finish(envelope.id)

    assert stamping.asked == 0
    assert (await envelope_of(await seen_by(ana, envelope))).state == "open"


async def test_a_document_that_is_not_the_accepted_one_is_not_signed(ana: Person, stamping: OpenSsl) -> None:
    """Somebody with the database in their hands swapped it, and its hash, before the worker came."""
    seen = await accepted_form(ana)
    async with connection() as connected:
        await connected.execute("ALTER TABLE documents DISABLE TRIGGER documents_are_made_once")
        await connected.execute("UPDATE documents SET pdf = pdf || 'x', sha256 = sha256(pdf || 'x')")
        await connected.execute("ALTER TABLE documents ENABLE TRIGGER documents_are_made_once")

    with pytest.raises(NotWhatWasAccepted):
        await finish(seen.id)
    assert stamping.asked == 0


async def test_killed_after_any_statement_it_is_done_once(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted_form(ana)
    for after in range(1, MOST):
        async with dies(after) as death:
            await finish(seen.id)
        if not death.has_struck:
            break
    await finish(seen.id)

    assert after < MOST - 1
    assert (await envelope_of(seen)).state == "signed"
    assert (await told(ana)).count("documents_signed") == 1
    assert (await events(seen)).count("signed") == (await events(seen)).count("copies_sent") == 1
    assert await waiting("signing.go_on") == ["signing.go_on"]


async def test_an_envelope_whose_job_was_lost_is_set_off_again(ana: Person, stamping: OpenSsl) -> None:
    seen = await accepted_form(ana)
    decided = (await envelope_of(seen)).decided_at
    async with connection() as connected:
        await connected.execute("DELETE FROM pgqueuer WHERE entrypoint = 'signing.finish'")

    assert await set_off_again(decided + timedelta(minutes=1)) == 0
    assert await set_off_again(decided + timedelta(minutes=6)) == 1
    assert await set_off_again(decided + timedelta(minutes=7)) == 0
    await work_off()
    assert (await envelope_of(seen)).state == "signed"


async def test_one_whose_job_waits_is_left_alone(ana: Person) -> None:
    seen = await accepted_form(ana)
    decided = (await envelope_of(seen)).decided_at

    assert await set_off_again(decided + timedelta(hours=6)) == 0


async def test_pdfsig_finds_the_real_documents_signed(ana: Person, stamping: OpenSsl, tmp_path: Path) -> None:
    seen = await accepted(ana)
    await finish(seen.id)

    for copy in await copies(seen):
        file = tmp_path / f"{copy.position}.pdf"
        file.write_bytes(copy.signed_pdf)
        said = await asyncio.create_subprocess_exec(
            "pdfsig", "-nocert", file, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        told_us, _ = await said.communicate()
        assert told_us.decode().count("Signature is Valid.") == 2
