"""A time stamp token, as an authority gives it that is asked for one.

Sources: RFC 3161; RFC 5652 (CMS) and RFC 5816 (the signer's certificate by SHA-256). `openssl ts -verify` reads it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from portal.signing.pki.authority import Pair
from portal.signing.pki.oids import TIMESTAMP_POLICY

HASHES = ("sha256", "sha384", "sha512")
ACCURACY_SECONDS = 1
FAILED = "rejection"


class NotARequest(ValueError):
    """What was sent is no timestamp request."""


class Refused(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """A TimeStampResp without a token, which asn1crypto's own cannot be."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


@dataclass(frozen=True, slots=True)
class Request:
    """`nonce` and `policy` are None where they were not sent."""

    imprint: tsp.MessageImprint
    nonce: int | None
    policy: str | None
    wants_certificate: bool

    @classmethod
    def read(cls, der: bytes) -> Request:
        """Raises NotARequest."""
        try:
            sent = tsp.TimeStampReq.load(der, strict=True)
            fields = sent.native
            return cls(sent["message_imprint"], fields["nonce"], fields["req_policy"], bool(fields["cert_req"]))
        except (ValueError, TypeError, KeyError):
            raise NotARequest from None

    def about(self, digest: bytes) -> Request:
        imprint = tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest})
        return replace(self, imprint=imprint)

    @property
    def trouble(self) -> str | None:
        """Why it is refused, in the words of RFC 3161 (PKIFailureInfo)."""
        algorithm, digest = self.imprint["hash_algorithm"]["algorithm"].native, self.imprint["hashed_message"].native
        if algorithm not in HASHES:
            return "bad_alg"
        if len(digest) != hashlib.new(algorithm).digest_size:
            return "bad_data_format"
        return "unaccepted_policy" if self.policy not in (None, TIMESTAMP_POLICY) else None


def answer(der: bytes, stamper: Pair, at: datetime, *, instead: bytes | None = None) -> bytes:
    """DER of the TimeStampResp to what was asked. `instead`: the SHA-256 that a liar stamps."""
    try:
        asked = Request.read(der)
    except NotARequest:
        return refused("bad_data_format")
    if asked.trouble:
        return refused(asked.trouble)
    return granted(asked if instead is None else asked.about(instead), stamper, at)


def granted(asked: Request, stamper: Pair, at: datetime) -> bytes:
    token = signed(stamped(asked, at), stamper, at, with_certificate=asked.wants_certificate)
    return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())


def refused(why: str) -> bytes:
    return bytes(Refused({"status": {"status": FAILED, "fail_info": {why}}}).dump())


def stamped(asked: Request, at: datetime) -> tsp.TSTInfo:
    fields: dict[str, Any] = {
        "version": "v1",
        "policy": asked.policy or TIMESTAMP_POLICY,
        "message_imprint": asked.imprint,
        "serial_number": secrets.randbits(127),
        "gen_time": at.replace(microsecond=0),
        "accuracy": {"seconds": ACCURACY_SECONDS},
    }
    return tsp.TSTInfo(fields | ({} if asked.nonce is None else {"nonce": asked.nonce}))


def signed(what: tsp.TSTInfo, stamper: Pair, at: datetime, *, with_certificate: bool) -> cms.ContentInfo:
    certificate = x509.Certificate.load(stamper.certificate.public_bytes(Encoding.DER))
    attributes = attributes_of(what.dump(), certificate, at)
    content = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(what.dump())},
        "signer_infos": [signer_info(certificate, attributes, stamper)],
    }
    if with_certificate:
        content["certificates"] = [certificate]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})


def signer_info(certificate: x509.Certificate, attributes: cms.CMSAttributes, stamper: Pair) -> cms.SignerInfo:
    named = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": {"issuer_and_serial_number": named},
            "digest_algorithm": {"algorithm": "sha256"},
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signed_attrs": attributes,
            "signature": stamper.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )


def attributes_of(content: bytes, certificate: x509.Certificate, at: datetime) -> cms.CMSAttributes:
    named = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "cert_hash": hashlib.sha256(certificate.dump()).digest(),
    }
    values = {
        "content_type": "tst_info",
        "signing_time": cms.Time({"utc_time": at.replace(microsecond=0)}),
        "message_digest": hashlib.sha256(content).digest(),
        "signing_certificate_v2": {"certs": [named]},
    }
    return cms.CMSAttributes([{"type": name, "values": [value]} for name, value in values.items()])
