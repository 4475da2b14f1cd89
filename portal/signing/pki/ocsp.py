"""Answers about certificates of the issuing CA, each signed when it is asked for.

Sources: RFC 6960; RFC 9654 (nonces). The answer to a certificate that still lives ends when the certificate does:
validators refuse a nextUpdate beyond it. After that an answer has none: a newer one may be had at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.ocsp import (
    OCSPCertStatus,
    OCSPRequest,
    OCSPResponderEncoding,
    OCSPResponseBuilder,
    OCSPResponseStatus,
    load_der_ocsp_request,
)

from portal.signing.pki.keys import PrivateKey

Builder = OCSPResponseBuilder

NAMING = hashes.SHA1()  # noqa: S303 - names the issuer and proves nothing; everybody who asks knows this one
"""What an issuer is named by where nobody asked (RFC 6960, 4.1.1)."""
LONGEST_NONCE = 128


class Malformed(ValueError):
    """What was sent is no request for one certificate."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which certificate is meant, as whoever asks names it."""

    asked: OCSPRequest
    nonce: bytes | None

    @classmethod
    def read(cls, der: bytes) -> Self:
        """Raises Malformed."""
        try:
            asked = load_der_ocsp_request(der)
            nonce = nonce_of(asked)
            sizes = {len(asked.issuer_name_hash), len(asked.issuer_key_hash)}
            is_whole = asked.serial_number > 0 and sizes == {asked.hash_algorithm.digest_size}
        except Exception:  # noqa: BLE001 - whatever the parser stumbles over, it is a stranger's bytes
            raise Malformed from None
        if not is_whole or (nonce is not None and not 1 <= len(nonce) <= LONGEST_NONCE):
            raise Malformed
        return cls(asked, nonce)

    @property
    def serial(self) -> int:
        return self.asked.serial_number

    @property
    def algorithm(self) -> hashes.HashAlgorithm:
        return self.asked.hash_algorithm

    def is_of(self, issuer: x509.Certificate) -> bool:
        """Whether it asks for a certificate of this issuer."""
        named = digest(self.algorithm, issuer.subject.public_bytes())
        key = issuer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return (self.asked.issuer_name_hash, self.asked.issuer_key_hash) == (named, digest(self.algorithm, key))


def found(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    at: datetime,
    revoked: datetime | None,
    algorithm: hashes.HashAlgorithm = NAMING,
) -> Builder:
    """`revoked`: since when it is, or None."""
    ends = certificate.not_valid_after_utc
    return OCSPResponseBuilder().add_response(
        cert=certificate,
        issuer=issuer,
        algorithm=algorithm,
        cert_status=OCSPCertStatus.GOOD if revoked is None else OCSPCertStatus.REVOKED,
        this_update=at,
        next_update=ends if at < ends else None,
        revocation_time=revoked,
        revocation_reason=None if revoked is None else x509.ReasonFlags.key_compromise,
    )


def unknown(question: Question, at: datetime) -> Builder:
    return OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=question.asked.issuer_name_hash,
        issuer_key_hash=question.asked.issuer_key_hash,
        serial_number=question.serial,
        algorithm=question.algorithm,
        cert_status=OCSPCertStatus.UNKNOWN,
        this_update=at,
        next_update=None,
        revocation_time=None,
        revocation_reason=None,
    )


def signed(made: Builder, responder: x509.Certificate, key: PrivateKey, question: Question | None = None) -> bytes:
    """DER. A nonce comes back as it was sent."""
    whole = made.responder_id(OCSPResponderEncoding.HASH, responder).certificates([responder])
    if question is not None and question.nonce is not None:
        whole = whole.add_extension(x509.OCSPNonce(question.nonce), critical=False)
    return whole.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def malformed() -> bytes:
    return OCSPResponseBuilder.build_unsuccessful(OCSPResponseStatus.MALFORMED_REQUEST).public_bytes(Encoding.DER)


def try_later() -> bytes:
    return OCSPResponseBuilder.build_unsuccessful(OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)


def nonce_of(asked: OCSPRequest) -> bytes | None:
    try:
        return asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def digest(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(content)
    return made.finalize()
