"""Who signs: a key in memory with its certificate, and what its signature says beside the document.

Source: ETSI EN 319 122-1, 5 (signed attributes).
"""

from __future__ import annotations

from collections.abc import Iterable

from asn1crypto import algos, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.attributes import (
    CMSAttributeProvider,
    SignedAttributeProviderSpec,
    SigningCertificateV2Provider,
)
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.signing.pades.certificates import RECORD, asn1

DIGEST = "sha256"


class Hand(Signer):
    """`record`: the digest of the evidence, which the customer signs along."""

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        issuing: x509.Certificate,
        record: bytes | None = None,
    ) -> None:
        known = SimpleCertificateStore()
        known.register(asn1(issuing))
        super().__init__(
            signing_cert=asn1(certificate),
            cert_registry=known,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": f"{DIGEST}_ecdsa"}),
        )
        self.key = key
        self.signed_attr_prov_spec = Attributes(self.signing_cert, record)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


class Attributes(SignedAttributeProviderSpec):
    def __init__(self, certificate: asn1_x509.Certificate, record: bytes | None) -> None:
        self.certificate, self.record = certificate, record

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterable[CMSAttributeProvider]:  # noqa: ARG002
        yield SigningCertificateV2Provider(self.certificate)
        if self.record is not None:
            yield RecordDigest(self.record)


class RecordDigest(CMSAttributeProvider):
    attribute_type = RECORD

    def __init__(self, record: bytes) -> None:
        self.record = record

    async def build_attr_value(self, dry_run: bool = False) -> core.OctetString:  # noqa: ARG002
        return core.OctetString(self.record)
