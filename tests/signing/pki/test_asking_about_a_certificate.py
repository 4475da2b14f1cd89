"""`/ocsp` answers whoever asks about a certificate of ours, with the real openssl as the one who asks."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from portal.clock import stopped_at
from portal.settings import settings
from portal.signing.pki import authority as authorities
from portal.signing.pki.authority import authority, read
from portal.signing.pki.ceremony import Ceremony
from portal.signing.pki.issued import serial_text
from portal.signing.pki.keys import new_key
from portal.signing.pki.ocsp import Malformed, Question
from tests.people import NOON, a_person
from tests.signing.people import an_envelope
from tests.signing.pki.conftest import OpenSSL
from tests.signing.pki.pdf import ANA, LIVES
from tests.visiting import Visitor

ASKING = {"content-type": "application/ocsp-request"}


def a_certificate() -> x509.Certificate:
    return authority().issue(ANA, new_key().public_key(), NOON, LIVES)


async def signed_with(certificate: x509.Certificate) -> None:
    """An envelope that this was signed with."""
    envelope = await an_envelope(await a_person("Ana Žgajnar"))
    envelope.certificate = certificate.public_bytes(Encoding.PEM).decode()
    envelope.certificate_serial = serial_text(certificate.serial_number)
    await envelope.save()


def question(certificate: x509.Certificate, nonce: bytes | None = None) -> bytes:
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, authority().issuing, hashes.SHA256())
    if nonce is not None:
        asked = asked.add_extension(x509.OCSPNonce(nonce), critical=False)
    return asked.build().public_bytes(Encoding.DER)


async def ask(visit: Visitor, der: bytes, at: datetime = NOON) -> ocsp.OCSPResponse:
    with stopped_at(at):
        sent = await visit.client.post("/ocsp", content=der, headers=ASKING)
    assert sent.status_code == 200
    assert sent.headers["content-type"] == "application/ocsp-response"
    return ocsp.load_der_ocsp_response(sent.content)


async def test_one_that_was_signed_with_is_good_until_it_ends(visit: Visitor) -> None:
    certificate = a_certificate()
    await signed_with(certificate)

    answer = await ask(visit, question(certificate))

    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == certificate.serial_number
    assert answer.this_update_utc == NOON
    assert answer.next_update_utc == certificate.not_valid_after_utc


async def test_one_that_has_ended_is_still_answered_for(visit: Visitor) -> None:
    certificate = a_certificate()
    await signed_with(certificate)

    answer = await ask(visit, question(certificate), NOON + timedelta(days=400))

    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.next_update_utc is None


async def test_one_that_nothing_was_signed_with_is_unknown(visit: Visitor) -> None:
    answer = await ask(visit, question(a_certificate()))

    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


async def test_one_of_another_issuer_is_unknown(visit: Visitor) -> None:
    certificate = a_certificate()
    await signed_with(certificate)
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, authority().root, hashes.SHA256()).build()

    answer = await ask(visit, asked.public_bytes(Encoding.DER))

    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


async def test_a_nonce_comes_back(visit: Visitor) -> None:
    nonce = secrets.token_bytes(32)

    answer = await ask(visit, question(authority().seal.certificate, nonce))

    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce


async def test_it_is_asked_by_get_as_well(visit: Visitor) -> None:
    """Base64 with slashes in it, as they are and escaped, and two of them in a row."""
    asked = next(der for der in iter(a_question_with_slashes, b"") if b"//" in base64.b64encode(der))
    written = base64.b64encode(asked).decode()

    for path in (f"/ocsp/{quote(written)}", f"/ocsp/{quote(written, safe='')}"):
        sent = await visit.client.get(path)
        answer = ocsp.load_der_ocsp_response(sent.content)
        assert answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL, path


def a_question_with_slashes() -> bytes:
    return question(authority().seal.certificate, secrets.token_bytes(32))


@pytest.mark.parametrize("sent", [b"", b"what is this?", b"\x30\x82\xff\xff", b"\x30\x03\x02\x01\x00", b"\xff" * 9000])
async def test_what_is_no_question_is_malformed(visit: Visitor, sent: bytes) -> None:
    answer = await ask(visit, sent)

    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize(("serial", "name", "key"), [(-5, 32, 32), (0, 32, 32), (5, 3, 3), (5, 32, 31)])
async def test_a_question_that_no_answer_can_name_is_malformed(
    visit: Visitor, serial: int, name: int, key: int
) -> None:
    named = {"issuer_name_hash": bytes(name), "issuer_key_hash": bytes(key), "serial_number": serial}
    asked = {"req_cert": {"hash_algorithm": {"algorithm": "sha256"}, **named}}

    answer = await ask(visit, asn1_ocsp.OCSPRequest({"tbs_request": {"request_list": [asked]}}).dump())

    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize("path", ["/ocsp/nothing", "/ocsp/%FF%FE", "/ocsp/AAAA"])
async def test_an_unreadable_address_is_malformed(visit: Visitor, path: str) -> None:
    sent = await visit.client.get(path)

    assert ocsp.load_der_ocsp_response(sent.content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_every_cut_of_a_question_is_malformed_or_read() -> None:
    whole = question(authority().seal.certificate, b"nonce" * 6)

    for length in range(len(whole)):
        with pytest.raises(Malformed):
            Question.read(whole[:length])


async def test_without_keys_one_is_told_to_come_again(visit: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = question(authority().seal.certificate)
    bare = settings().model_copy(update={"signing_keys_dir": None})
    monkeypatch.setattr(authorities, "settings", lambda: bare)
    authority.cache_clear()
    try:
        answer = await ask(visit, asked)
        certificates = await visit.client.get("/ca/root.crt")
    finally:
        authority.cache_clear()

    assert answer.response_status is ocsp.OCSPResponseStatus.TRY_LATER
    assert certificates.status_code == 404


async def test_openssl_asks_and_believes_the_answer(
    visit: Visitor, openssl: OpenSSL, signing_keys: Path, tmp_path: Path
) -> None:
    seal, issuing, root = (signing_keys / f"{which}.crt" for which in ("seal", "issuing", "root"))
    openssl("ocsp", "-issuer", issuing, "-cert", seal, "-reqout", "question.der")
    with stopped_at(NOON):
        sent = await visit.client.post("/ocsp", content=(tmp_path / "question.der").read_bytes(), headers=ASKING)
    (tmp_path / "answer.der").write_bytes(sent.content)

    trusted = ("-CAfile", root, "-verify_other", issuing, "-attime", str(int(NOON.timestamp())))
    said = openssl("ocsp", "-issuer", issuing, "-cert", seal, "-no_nonce", "-respin", "answer.der", *trusted)

    assert "Response verify OK" in said
    assert "seal.crt: good" in said


async def test_what_stands_above_is_served(visit: Visitor) -> None:
    root, issuing, listed = [
        (await visit.client.get(f"/ca/{name}")) for name in ("root.crt", "issuing.crt", "root.crl")
    ]

    assert x509.load_der_x509_certificate(root.content) == authority().root
    assert x509.load_der_x509_certificate(issuing.content) == authority().issuing
    assert x509.load_der_x509_crl(listed.content).is_signature_valid(authority().root.public_key())  # type: ignore[arg-type]
    assert listed.headers["content-type"] == "application/pkix-crl"


def test_a_stolen_seal_is_revoked_from_that_moment(held: Ceremony) -> None:
    former = held.keys.certificate("seal")
    held.renew("seal", NOON, was_stolen=True)

    ours = read(held.folder, held.passphrase, settings())
    answer = ocsp.load_der_ocsp_response(ours.ocsp_response(former, NOON))
    newer = ocsp.load_der_ocsp_response(ours.ocsp_response(ours.seal.certificate, NOON))

    assert ours.seal_of(former.serial_number) == former
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_time_utc == NOON
    assert newer.certificate_status is ocsp.OCSPCertStatus.GOOD
