"""A certificate for one signing says who signs, for how long, and where one asks about it. OpenSSL agrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from portal.signing.pki.authority import Person, authority
from portal.signing.pki.folder import Keys
from portal.signing.pki.keys import new_key
from portal.signing.pki.oids import SIGNER_POLICY
from tests.people import NOON
from tests.signing.pki.conftest import OpenSSL
from tests.signing.pki.pdf import ANA, LIVES


def ana_s(at: datetime = NOON, person: Person = ANA, lives: timedelta = LIVES) -> x509.Certificate:
    return authority().issue(person, new_key().public_key(), at, lives)


def pem(certificate: x509.Certificate, file: Path) -> Path:
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return file


def test_it_names_the_person_the_enrolment_and_what_it_is() -> None:
    assert ana_s().subject.rfc4514_string() == "2.5.4.5=A1-7K2M-94QX,CN=Ana Žgajnar,OU=A1 certifikat,O=Moj A1,C=SI"


def test_it_lives_for_minutes_and_begins_a_little_early() -> None:
    made = ana_s()

    assert made.not_valid_before_utc == NOON - timedelta(minutes=1)
    assert made.not_valid_after_utc == NOON + LIVES


def test_no_certificate_outlives_the_one_it_stands_under() -> None:
    assert ana_s(lives=timedelta(days=10_000)).not_valid_after_utc == authority().issuing.not_valid_after_utc


def test_serial_numbers_are_random_and_long() -> None:
    serials = {ana_s().serial_number for _ in range(20)}

    assert len(serials) == 20
    assert all(144 < serial.bit_length() <= 159 for serial in serials)


def test_a_long_name_is_cut_where_the_standard_ends_it() -> None:
    made = ana_s(person=Person("A1-1", "Ana Marija " * 9))

    (common,) = made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert str(common.value).startswith("Ana Marija")
    assert len(common.value) <= 64


def test_openssl_reads_what_it_is_for(openssl: OpenSSL, tmp_path: Path) -> None:
    said = openssl("x509", "-noout", "-text", "-in", pem(ana_s(), tmp_path / "ana.crt"))

    for words in (
        "CN = Moj A1 Issuing CA",
        "NIST CURVE: P-256",
        "CA:FALSE",
        "Digital Signature, Non Repudiation",
        "1.3.6.1.5.5.7.3.36",
        "OCSP - URI:https://moj.test/ocsp",
        "CA Issuers - URI:https://moj.test/ca/issuing.crt",
        f"Policy: {SIGNER_POLICY}",
    ):
        assert words in said


def test_openssl_finds_the_way_to_the_root(openssl: OpenSSL, signing_keys: Path, tmp_path: Path) -> None:
    chain = ("-CAfile", signing_keys / "root.crt", "-untrusted", signing_keys / "issuing.crt")
    leaf = pem(ana_s(), tmp_path / "ana.crt")

    assert "OK" in openssl("verify", "-x509_strict", *chain, "-attime", stamp(NOON), leaf)
    assert "expired" in openssl("verify", *chain, "-attime", stamp(NOON + timedelta(hours=1)), leaf)


def test_openssl_finds_no_revocation_by_the_root_s_list(openssl: OpenSSL, signing_keys: Path) -> None:
    checked = ("-crl_check", "-CAfile", signing_keys / "root.crt", "-CRLfile", signing_keys / "root.crl")

    for which in ("issuing", "tsa"):
        assert "OK" in openssl("verify", *checked, "-attime", stamp(NOON), signing_keys / f"{which}.crt")


def test_each_authority_signs_only_what_it_is_there_for() -> None:
    ours = authority()

    assert constraint(ours.root).path_length is None
    assert constraint(ours.issuing).path_length == 0
    assert not constraint(ours.seal.certificate).ca
    assert not constraint(ours.responder.certificate).ca
    ours.responder.certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)


def test_all_keys_are_on_p_256(signing_keys: Path) -> None:
    publics = [certificate.public_key() for certificate in Keys(signing_keys).certificates().values()]

    assert len(publics) == 5
    assert all(isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1" for key in publics)


def test_the_timestamper_says_that_it_is_a_demo_and_does_nothing_else(signing_keys: Path) -> None:
    stamper = Keys(signing_keys).certificate("tsa")
    usage = stamper.extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert "DEMO" in stamper.subject.rfc4514_string()
    assert usage.critical
    assert [oid.dotted_string for oid in usage.value] == ["1.3.6.1.5.5.7.3.8"]


def constraint(certificate: x509.Certificate) -> x509.BasicConstraints:
    return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value


def stamp(moment: datetime) -> str:
    """As openssl takes `-attime`."""
    return str(int(moment.astimezone(UTC).timestamp()))


@pytest.mark.parametrize("which", ["seal", "ocsp"])
def test_who_answers_and_who_seals_stand_under_the_issuing_authority(
    openssl: OpenSSL, signing_keys: Path, which: str
) -> None:
    chain = ("-CAfile", signing_keys / "root.crt", "-untrusted", signing_keys / "issuing.crt")

    assert "OK" in openssl("verify", "-x509_strict", *chain, "-attime", stamp(NOON), signing_keys / f"{which}.crt")
