"""All documents of an envelope, sealed by the operator and signed by the customer: PAdES B-LTA.

What is appended to a document, each part over all that stands before it:
1. both fields, empty, and the operator's seal, which allows forms to be filled in and nothing else; its time stamp
2. the customer's signature with the hash of the evidence in it; its time stamp
3. the certificates and what shows that none was revoked (DSS), and the archive time stamp
The document as it was shown stands unchanged at the beginning. docs/decisions/signatures.md tells why.

Sources: ETSI EN 319 142-1 (PAdES), ETSI EN 319 122-1 (CAdES attributes), ISO 32000-1, 12.8.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from asn1crypto import cms, crl, ocsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp, SignatureObject
from pyhanko.sign.validation.dss import DocumentSecurityStore

from portal.jobs import NotYet
from portal.signing.pades import fields
from portal.signing.pades.certificates import asn1
from portal.signing.pades.hands import DIGEST, Hand
from portal.signing.pades.stampers import Stampers, stampers
from portal.signing.pades.stamps import Stamp
from portal.signing.pades.timestamps import PATIENCE, Timestamper, time_of
from portal.signing.pki.authority import Authority, Person

LIVES = timedelta(minutes=10)
"""Of the certificate: as long as a slow timestamper may take over all documents of an envelope."""
ROOM = 3_500
"""Bytes of a signature without its time stamp: attributes and two certificates, and air."""


class TooSlow(NotYet):
    """The certificate ended before the signing did: with a new one, from the beginning."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`record`: SHA-256 of the evidence up to now. The stamps and names are in the language of the order."""

    person: Person
    record: bytes
    seal_stamp: Stamp
    customer_stamp: Stamp
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Signed:
    """`pdfs` in the order of the papers. `at`: the first trusted time of the customer's signatures."""

    pdfs: Sequence[bytes]
    certificate: x509.Certificate
    at: datetime


def sign(
    papers: Sequence[bytes], wanted: Wanted, authority: Authority, timestamper: str, now: Callable[[], datetime]
) -> Signed:
    """Takes about 100 ms of CPU a document and three answers of the timestamper: not on the event loop.

    `timestamper`: its URL. Raises NoTime, TooSlow. The key lives in this call alone.
    """
    return asyncio.run(signed(papers, wanted, authority, timestamper, now))


async def signed(
    papers: Sequence[bytes], wanted: Wanted, authority: Authority, timestamper: str, now: Callable[[], datetime]
) -> Signed:
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        signing = Signing(wanted, authority, Timestamper(timestamper, client, now), now)
        pdfs = await asyncio.gather(*(signing.sign(paper) for paper in papers))
    if max(signing.times) > signing.certificate.not_valid_after_utc:
        raise TooSlow("the certificate ended before all was signed")
    return Signed(pdfs, signing.certificate, min(signing.times))


class Signing:
    """One signing: one key, one certificate, all documents of an envelope."""

    def __init__(
        self, wanted: Wanted, authority: Authority, timestamps: Timestamper, now: Callable[[], datetime]
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = authority.issue(wanted.person, key.public_key(), now(), LIVES)
        self.customer = Hand(key, self.certificate, authority.issuing, wanted.record)
        self.seal = Hand(authority.seal.key, authority.seal.certificate, authority.issuing)
        self.wanted, self.authority, self.timestamps, self.now = wanted, authority, timestamps, now
        self.times: list[datetime] = []
        self.asking = asyncio.Lock()

    async def sign(self, paper: bytes) -> bytes:
        """Each step appends to the same file in memory."""
        pdf = io.BytesIO(paper)
        await self.add_seal(pdf)
        await self.add_signature(pdf)
        await self.add_archive(pdf)
        return pdf.getvalue()

    async def add_seal(self, pdf: io.BytesIO) -> None:
        writer = IncrementalPdfFileWriter(pdf)
        fields.add_fields(writer, self.wanted.names)
        allows = SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.FILL_FORMS)
        await self.put(writer, fields.SEAL, self.seal, self.wanted.seal_stamp, allows)

    async def add_signature(self, pdf: io.BytesIO) -> None:
        writer = IncrementalPdfFileWriter(pdf)
        at = await self.put(writer, fields.CUSTOMER, self.customer, self.wanted.customer_stamp, None)
        self.times.append(at)

    async def put(
        self, writer: IncrementalPdfFileWriter, field: str, hand: Hand, stamp: Stamp, allows: SigMDPSetup | None
    ) -> datetime:
        """Fill in one field: what it shows, and the signature over all that stands in the document then. When it was
        made, by its time stamp.
        """
        embedding = PdfCMSEmbedder().write_cms(field, writer, existing_fields_only=True)
        stamp.show(writer, next(embedding))
        holder = SignatureObject(self.now(), SigSeedSubFilter.PADES, bytes_reserved=2 * (ROOM + self.timestamps.room))
        embedding.send(SigObjSetup(holder, allows))
        digest, _ = embedding.send(SigIOSetup(DIGEST, in_place=True))
        made = await hand.async_sign(digest.document_digest, DIGEST, use_pades=True, timestamper=self.timestamps)
        embedding.send(made)
        return time_of(stamp_in(made))

    async def add_archive(self, pdf: io.BytesIO) -> None:
        writer = IncrementalPdfFileWriter(pdf)
        self.preserve(writer, await self.stampers())
        field = SigFieldSpec(fields.ARCHIVE)
        embedding = PdfCMSEmbedder(new_field_spec=field).write_cms(fields.ARCHIVE, writer)
        next(embedding)
        embedding.send(SigObjSetup(DocumentTimestamp(bytes_reserved=2 * self.timestamps.room)))
        digest, _ = embedding.send(SigIOSetup(DIGEST, in_place=True))
        embedding.send(await self.timestamps.async_timestamp(digest.document_digest, DIGEST))

    async def stampers(self) -> Stampers:
        """Those who stamped up to now. Raises NoTime."""
        async with self.asking:
            return await stampers(self.timestamps, self.authority, self.now())

    def preserve(self, writer: IncrementalPdfFileWriter, stamped: Stampers) -> None:
        """Embed what a validation in ten years needs. The answers are younger than the signatures they are about."""
        mine, at = self.authority, self.now()
        answers = [mine.ocsp_response(one, at) for one in (self.certificate, mine.seal.certificate)]
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            certs=[asn1(one) for one in (mine.root, mine.issuing, self.certificate, mine.seal.certificate)]
            + [*self.timestamps.cert_registry, *map(asn1, stamped.certificates)],
            ocsps=[ocsp.OCSPResponse.load(answer) for answer in (*answers, *stamped.ocsps)],
            crls=[crl.CertificateList.load(one) for one in (mine.crl, *stamped.crls)],
        )


def stamp_in(made: cms.ContentInfo) -> cms.ContentInfo:
    """The time stamp of a signature that was just made."""
    attributes = made["content"]["signer_infos"][0]["unsigned_attrs"]
    return next(one["values"][0] for one in attributes if one["type"].native == "signature_time_stamp_token")
