"""Files that people show us, and showing them on the page."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.visiting import ORIGIN, Page, Visitor


async def show(visit: Visitor, content: bytes, name: str = "pogodba.pdf", *, status: int = 200, **fields: str) -> Page:
    """Choose a file on the page and press the button, as a browser without JavaScript does."""
    form = (await visit.get("/verify")).form
    response = await visit.client.post(
        form.action,
        data={"csrf_token": form.fields["csrf_token"], **fields},
        files=[("file", (name, content, "application/pdf"))],
        headers={"sec-fetch-site": "same-origin", "origin": ORIGIN},
    )
    return await visit.arrive(response, status, follow=True)


async def signed_by_somebody_else(paper: bytes) -> bytes:
    """With a key and a certificate of their own, which calls itself what ours does."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Moj A1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        ),
        cert_registry=SimpleCertificateStore(),
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    made = await PdfSigner(PdfSignatureMetadata(field_name="Customer"), signer=signer).async_sign_pdf(writer)
    content: bytes = made.getvalue()
    return content


def locked(paper: bytes) -> bytes:
    writer: PdfFileWriter = copy_into_new_writer(PdfFileReader(io.BytesIO(paper)))
    writer.encrypt("geslo")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
