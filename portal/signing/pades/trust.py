"""Whom a validation trusts, and what it asks for: everything has to be in the document, nothing is fetched.

Source: ETSI EN 319 102-1 (validation of AdES signatures), as pyHanko has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    FreshnessReqType,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

from portal.signing.pades.certificates import asn1

MEGABYTE = 1024 * 1024
LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * MEGABYTE),
    document_budget=DocumentDecodeBudget(base_allowance=32 * MEGABYTE, max_ratio=20),
)
"""What a document may grow to while it is read."""

KNOWN = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
IF_DECLARED = RevocationCheckingRule.CHECK_IF_DECLARED
BELIEVED = timedelta(days=30 * 365)


@dataclass(frozen=True, slots=True)
class Trust:
    """Our root, our issuing CA, and the roots of timestampers."""

    root: x509.Certificate
    issuing: x509.Certificate
    stampers: Sequence[x509.Certificate]


def policy(trusted: Trust) -> PdfSignatureValidationSpec:
    """Who signed goes back to our root alone, who stamped to any of `stampers`. Of all it has to be shown in the
    document that nothing was revoked; of a timestamper, as far as its certificate says where that is asked.
    """
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=trusting([trusted.root], KNOWN),
            ts_cert_validation_policy=stamping(trusted.stampers),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        )
    )


def trusting(roots: Sequence[x509.Certificate], rule: RevocationCheckingRule) -> CertValidationPolicySpec:
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[asn1(root) for root in roots]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
    )


def stamping(roots: Sequence[x509.Certificate]) -> CertValidationPolicySpec:
    """What shows that a timestamper was not revoked stands in the document that it stamps last: there can be nothing
    newer in it. So it is believed for as long as certificates may live, and not for the days that are usual for lists.
    """
    return replace(
        trusting(roots, IF_DECLARED),
        revinfo_policy=CertRevTrustPolicy(
            RevocationCheckingPolicy(IF_DECLARED, IF_DECLARED),
            freshness=BELIEVED,
            freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
        ),
    )


def as_of(at: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=False)
