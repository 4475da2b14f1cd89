"""One signature of a PDF, as pyHanko and our own authority see it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.ades import AdESLTAValidationResult, ades_lta_validation
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus

from portal.signing.pades.certificates import RECORD, is_by
from portal.signing.pades.trust import Trust, as_of, policy
from portal.signing.pades.validation import CertificateFacts, Role, Signature
from portal.signing.pki.oids import SEAL_POLICY, SIGNER_POLICY

ROLES = {SEAL_POLICY: Role.SEAL, SIGNER_POLICY: Role.CUSTOMER}
ALLOWED = {Role.SEAL: ModificationLevel.FORM_FILLING, Role.CUSTOMER: ModificationLevel.LTA_UPDATES}
"""What may follow: on the seal the customer's signature, on that what keeps it provable."""
DIGEST_BYTES = 32
NAMES = {NameOID.SERIAL_NUMBER: "serialNumber"}
"""Which cryptography writes as a number otherwise."""


@dataclass(frozen=True, slots=True)
class Looked:
    """`preserved_at`: by the first archive time stamp after it, if all of them are trusted. `reasons`: why it is not
    good.
    """

    signature: Signature
    preserved_at: datetime | None
    reasons: tuple[str, ...]


async def look(embedded: EmbeddedPdfSignature, trusted: Trust, at: datetime) -> Looked:
    certificate = x509.load_der_x509_certificate(embedded.signer_cert.dump())
    role = role_of(certificate, trusted, embedded.other_embedded_certs)
    spec = policy(trusted)
    found = await ades_lta_validation(embedded, spec, as_of(at))
    reasons = () if role is Role.OTHER else tuple(why_not(embedded, found, role))
    return Looked(signature_of(embedded, found.api_status, certificate, role), preserved(found), reasons)


def role_of(certificate: x509.Certificate, trusted: Trust, others: Iterable[asn1_x509.Certificate]) -> Role:
    """By what an issuing CA of ours wrote into it. Whose certificate none of them signed is nobody of ours."""
    issuers = [trusted.issuing, *(x509.load_der_x509_certificate(other.dump()) for other in others)]
    if not any(is_by(certificate, issuer) and is_by(issuer, trusted.root) for issuer in issuers):
        return Role.OTHER
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return Role.OTHER
    dotted = [one.policy_identifier.dotted_string for one in policies]
    return next((ROLES[one] for one in dotted if one in ROLES), Role.OTHER)


def why_not(embedded: EmbeddedPdfSignature, found: AdESLTAValidationResult, role: Role) -> Iterator[str]:
    status = found.api_status
    if status is None or found.ades_subindic is not AdESPassed.OK:
        yield f"{role}: {found.ades_subindic} {found.failure_msg}"
    elif not status.bottom_line:
        yield f"{role}: {status.summary()}"
    elif stamped_at(status) is None:
        yield f"{role}: no time stamp that is trusted"
    if preserved(found) is None:
        yield f"{role}: no archive time stamp that is trusted"
    if not is_untouched_since(status, role):
        yield f"{role}: something was added after it"
    if role is Role.SEAL and not is_certifying(embedded):
        yield f"{role}: it does not say what may follow"
    if role is Role.CUSTOMER and record_of(embedded) is None:
        yield f"{role}: it carries no hash of the evidence"


def signature_of(
    embedded: EmbeddedPdfSignature, status: PdfSignatureStatus | None, certificate: x509.Certificate, role: Role
) -> Signature:
    return Signature(
        role=role,
        signer=common_name(embedded.signer_cert.subject),
        signed_at=stamped_at(status),
        is_intact=status is not None and status.intact and status.valid,
        is_trusted=role is not Role.OTHER and status is not None and status.trusted,
        is_untouched_since=is_untouched_since(status, role),
        record_sha256=record_of(embedded),
        certificate=facts_of(certificate),
        stamped_by=stamper_of(status),
    )


def is_untouched_since(status: PdfSignatureStatus | None, role: Role) -> bool:
    if status is None or not status.docmdp_ok or status.modification_level is None:
        return False
    return bool(status.modification_level <= ALLOWED.get(role, ModificationLevel.FORM_FILLING))


def is_certifying(embedded: EmbeddedPdfSignature) -> bool:
    """Whether the document itself names it as what says which changes are allowed: forms that are filled in."""
    named = embedded.reader.root.get("/Perms", {}).get_value_as_reference("/DocMDP", optional=True)
    return named == embedded.sig_field.get_value_as_reference("/V") and embedded.docmdp_level is MDPPerm.FILL_FORMS


def stamped_at(status: PdfSignatureStatus | None) -> datetime | None:
    stamp = status.timestamp_validity if status is not None else None
    if stamp is None or not (stamp.valid and stamp.intact and stamp.trusted):
        return None
    moment: datetime = stamp.timestamp.astimezone(UTC)
    return moment


def preserved(found: AdESLTAValidationResult) -> datetime | None:
    moment = found.oldest_evidence_record_timestamp
    return moment.astimezone(UTC) if moment is not None else None


def stamper_of(status: PdfSignatureStatus | None) -> str | None:
    stamp = status.timestamp_validity if status is not None else None
    return common_name(stamp.signing_cert.subject) if stamp is not None else None


def record_of(embedded: EmbeddedPdfSignature) -> bytes | None:
    """The digest among what was signed, if there is exactly one."""
    values = [
        value.native
        for attribute in embedded.signer_info["signed_attrs"]
        if attribute["type"].native == RECORD
        for value in attribute["values"]
    ]
    return values[0] if len(values) == 1 and len(values[0]) == DIGEST_BYTES else None


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(NAMES),
        issuer=certificate.issuer.rfc4514_string(NAMES),
        serial=f"{certificate.serial_number:x}",
        sha256=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
    )


def common_name(name: asn1_x509.Name) -> str:
    parts = name.native
    return str(parts.get("common_name") or parts.get("organization_name") or name.human_friendly)
