"""A tiny PDF, signed as the portal signs, with nothing but what the authority gives."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import ocsp, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.validation.ades import AdESLTAValidationResult, ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleCertificateStore, SimpleTrustManager

from portal.sandbox.tsa.stamping import answer
from portal.signing.pki.authority import Authority, Pair, Person
from portal.signing.pki.keys import new_key

ANA = Person("A1-7K2M-94QX", "Ana Žgajnar")
LIVES = timedelta(minutes=10)


class Stamper(timestamps.TimeStamper):
    """The sandbox's, asked without HTTP."""

    def __init__(self, pair: Pair, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.pair, self.at = pair, at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(answer(req.dump(), self.pair, self.at))


async def signed_by_ana(authority: Authority, stamper: Pair, at: datetime) -> bytes:
    """PAdES-B-LTA with a key and a certificate made for it."""
    key = new_key()
    certificate = authority.issue(ANA, key.public_key(), at, LIVES)
    known = ValidationContext(
        trust_roots=[converted(root) for root in authority.trust_roots()],
        other_certs=[converted(authority.issuing)],
        crls=[authority.crl],
        ocsps=[ocsp.OCSPResponse.load(authority.ocsp_response(certificate, at))],
        allow_fetching=False,
        moment=at,
        revocation_mode="require",
    )
    store = SimpleCertificateStore()
    store.register(converted(authority.issuing))
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(converted(certificate), asn1_keys.PrivateKeyInfo.load(plain), store)
    asked = signers.PdfSignatureMetadata(
        field_name="Customer",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=known,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(empty_page()))
    made: Any = await signers.PdfSigner(asked, signer, timestamper=Stamper(stamper, at)).async_sign_pdf(writer)
    return bytes(made.getvalue())


async def validated(pdf: bytes, authority: Authority, at: datetime) -> AdESLTAValidationResult:
    """From our root alone, offline, and nothing is believed whose revocation is not known."""
    trust = SimpleTrustManager.build([converted(authority.root)])
    policy = CertValidationPolicySpec(trust_manager=trust, revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO))
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=policy))
    return await ades_lta_validation(signature, spec, timing_info=ValidationTimingInfo(at, at, True))


def empty_page() -> bytes:
    writer = PdfFileWriter()
    nothing = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=nothing, media_box=(0, 0, 200, 200)))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def converted(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
