"""What stands in each kind of certificate, and for how long it is good.

Sources: RFC 5280; RFC 6960, 4.2.2.2 (OCSP responders); RFC 3161, 2.3 (timestampers); RFC 9336 (document signing).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import CertificatePoliciesOID, ExtendedKeyUsageOID, NameOID

from portal.signing.pki.extensions import (
    Extension,
    for_documents,
    no_authority,
    of_an_authority,
    policies,
    under_issuing,
    under_root,
    usage,
)
from portal.signing.pki.keys import PrivateKey
from portal.signing.pki.oids import SEAL_POLICY, SIGNER_POLICY

YEAR = timedelta(days=365)
LIVES = {
    "root": 20 * YEAR,
    "issuing": 10 * YEAR,
    "ocsp": 3 * YEAR,
    "seal": 3 * YEAR,
    "tsa": 10 * YEAR,
}
SKEW = timedelta(minutes=1)
"""A certificate is good from a little before it was made: the clocks of those who check it differ."""
SERIAL_BYTES = 19
LONGEST_COMMON_NAME = 64


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: its certificate and key, and the organisation that stands in what it signs. `base` is where its OCSP,
    its certificate and its list are asked for.
    """

    certificate: x509.Certificate
    key: PrivateKey
    operator: str
    base: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who a certificate for one signing names. `number`: the enrolment's."""

    number: str
    name: str


def root(key: PrivateKey, operator: str, at: datetime) -> x509.Certificate:
    subject = name(f"{operator} Root CA", operator, "Click2Sign")
    made = begun(subject, subject, key.public_key(), at - SKEW, at + LIVES["root"])
    return sealed(made, key, key.public_key(), of_an_authority(None))


def issuing(issuer: Issuer, public: ec.EllipticCurvePublicKey, at: datetime) -> x509.Certificate:
    subject = name(f"{issuer.operator} Issuing CA", issuer.operator, "Click2Sign")
    extensions = [*of_an_authority(0), *under_root(issuer.base), policies(CertificatePoliciesOID.ANY_POLICY)]
    return made_by(issuer, subject, public, at, LIVES["issuing"], extensions=extensions)


def responder(issuer: Issuer, public: ec.EllipticCurvePublicKey, at: datetime) -> x509.Certificate:
    """Nobody is asked whether a responder's certificate is still good: it says so itself (nocheck)."""
    extensions: list[Extension] = [
        (no_authority(), True),
        (usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
        (x509.OCSPNoCheck(), False),
    ]
    subject = name(f"{issuer.operator} OCSP", issuer.operator, "Click2Sign")
    return made_by(issuer, subject, public, at, LIVES["ocsp"], extensions=extensions)


def seal(issuer: Issuer, public: ec.EllipticCurvePublicKey, at: datetime) -> x509.Certificate:
    extensions = [*for_documents(), *under_issuing(issuer.base), policies(SEAL_POLICY)]
    return made_by(
        issuer, name(issuer.operator, issuer.operator, "Click2Sign"), public, at, LIVES["seal"], extensions=extensions
    )


def timestamper(issuer: Issuer, public: ec.EllipticCurvePublicKey, at: datetime) -> x509.Certificate:
    extensions: list[Extension] = [
        (no_authority(), True),
        (usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
        *under_root(issuer.base),
    ]
    subject = name("DEMO time stamps, not for real use", issuer.operator, "DEMO")
    return made_by(issuer, subject, public, at, LIVES["tsa"], extensions=extensions)


def signer(
    issuer: Issuer, person: Person, public: ec.EllipticCurvePublicKey, at: datetime, lives: timedelta
) -> x509.Certificate:
    subject = name(person.name, issuer.operator, "A1 certifikat", number=person.number)
    extensions = [*for_documents(), *under_issuing(issuer.base), policies(SIGNER_POLICY)]
    return made_by(issuer, subject, public, at, lives, extensions=extensions)


def made_by(
    issuer: Issuer,
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    at: datetime,
    lives: timedelta,
    *,
    extensions: Sequence[Extension],
) -> x509.Certificate:
    """None outlives who made it."""
    until = min(at + lives, issuer.certificate.not_valid_after_utc)
    made = begun(subject, issuer.certificate.subject, public, at - SKEW, until)
    return sealed(made, issuer.key, issuer.certificate.public_key(), extensions)


def begun(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=public)
        .serial_number(serial())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def sealed(
    made: x509.CertificateBuilder, key: PrivateKey, issuers: object, extensions: Sequence[Extension]
) -> x509.Certificate:
    assert isinstance(issuers, ec.EllipticCurvePublicKey)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers), critical=False)
    for extension, is_critical in extensions:
        made = made.add_extension(extension, critical=is_critical)
    return made.sign(key, hashes.SHA256())


def name(common: str, operator: str, unit: str, number: str | None = None) -> x509.Name:
    """A common name is at most 64 characters long (RFC 5280, appendix A): who is called longer is cut there."""
    parts = [
        (NameOID.COUNTRY_NAME, "SI"),
        (NameOID.ORGANIZATION_NAME, operator[:LONGEST_COMMON_NAME]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, common[:LONGEST_COMMON_NAME].strip()),
        *([(NameOID.SERIAL_NUMBER, number)] if number else []),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def serial() -> int:
    """144 random bits at least, positive and in at most 20 bytes (RFC 5280, 4.1.2.2)."""
    return int.from_bytes(b"\x01" + secrets.token_bytes(SERIAL_BYTES - 1))
