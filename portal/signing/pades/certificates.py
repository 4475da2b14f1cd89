"""What asn1crypto, which pyHanko speaks, has to know of ours."""

from __future__ import annotations

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

RECORD_DIGEST = "2.25.288643619870690766329778394578049052238"
"""A signed attribute: an OCTET STRING with SHA-256 of the evidence record (docs/decisions/signatures.md). Under 2.25
anybody may use the number of a UUID (ITU-T X.667).
"""
RECORD = "evidence_record_digest"

cms.CMSAttributeType._map[RECORD_DIGEST] = RECORD
cms.CMSAttributeType._reverse_map = None
cms.CMSAttribute._oid_specs[RECORD] = cms.SetOfOctetString


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def is_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer signed it."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
