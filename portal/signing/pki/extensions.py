"""Extensions of certificates, as RFC 5280 names them."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from portal.signing.pki.oids import DOCUMENT_SIGNING

Extension = tuple[x509.ExtensionType, bool]
"""With whether it is critical."""


def of_an_authority(path: int | None) -> list[Extension]:
    return [(x509.BasicConstraints(ca=True, path_length=path), True), (usage("key_cert_sign", "crl_sign"), True)]


def for_documents() -> list[Extension]:
    """NSS, and with it pdfsig, knows no usage for documents yet and asks for the one for e-mail."""
    usages = [x509.ObjectIdentifier(DOCUMENT_SIGNING), ExtendedKeyUsageOID.EMAIL_PROTECTION]
    return [
        (no_authority(), True),
        (usage("digital_signature", "content_commitment"), True),
        (x509.ExtendedKeyUsage(usages), False),
    ]


def no_authority() -> x509.BasicConstraints:
    return x509.BasicConstraints(ca=False, path_length=None)


def usage(*allowed: str) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{one: one in allowed for one in every})


def under_root(base: str) -> list[Extension]:
    """Where the root's certificate and its list of what is revoked are fetched."""
    point = x509.DistributionPoint([uri(f"{base}/ca/root.crl")], None, None, None)
    return [(x509.CRLDistributionPoints([point]), False), (access(issuers=f"{base}/ca/root.crt"), False)]


def under_issuing(base: str) -> list[Extension]:
    return [(access(ocsp=f"{base}/ocsp", issuers=f"{base}/ca/issuing.crt"), False)]


def access(*, issuers: str, ocsp: str | None = None) -> x509.AuthorityInformationAccess:
    where = [(AuthorityInformationAccessOID.CA_ISSUERS, issuers)]
    if ocsp is not None:
        where.insert(0, (AuthorityInformationAccessOID.OCSP, ocsp))
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, uri(at)) for method, at in where])


def uri(address: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(address)


def policies(oid: str | x509.ObjectIdentifier) -> Extension:
    dotted = oid if isinstance(oid, x509.ObjectIdentifier) else x509.ObjectIdentifier(oid)
    return x509.CertificatePolicies([x509.PolicyInformation(dotted, None)]), False
