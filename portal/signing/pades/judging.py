"""Judging a PDF: whether it is ours, who signed it when, and whether it is whole.

pyHanko follows the signatures, their certificates and what was added after them. That is not enough by itself: it
judges each signature alone. What makes a document ours is the whole (`faults`): our seal first, the customer's
signature next, archive time stamps and nothing else after them, the last over the whole file.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from datetime import datetime

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from portal.signing.pades import coverage, fields
from portal.signing.pades.looking import look
from portal.signing.pades.trust import LIMITS, MEGABYTE, Trust
from portal.signing.pades.validation import Role, Signature, Validation, Verdict

LARGEST = 20 * MEGABYTE
MOST_SIGNATURES = 12
BEGINNING = 1024
"""Bytes among which a PDF says that it is one."""

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def judge(pdf: bytes, at: datetime, trusted: Trust) -> Validation:
    """Never raises, whatever is in the file; RuntimeError on an event loop, where it would hold up everybody."""
    if asyncio._get_running_loop() is not None:
        raise RuntimeError("a PDF is not validated on the event loop")
    digest = hashlib.sha256(pdf).digest()
    if len(pdf) > LARGEST:
        return Validation(Verdict.TOO_LARGE, digest)
    if b"%PDF-" not in pdf[:BEGINNING]:
        return Validation(Verdict.NO_PDF, digest)
    try:
        return asyncio.run(read(pdf, digest, trusted, at))
    except Exception as trouble:  # noqa: BLE001 - it was made by anybody, and breaks the reader where it likes
        return Validation(Verdict.UNREADABLE, digest, reasons=(f"{type(trouble).__name__}: {trouble}"[:200],))


async def read(pdf: bytes, digest: bytes, trusted: Trust, at: datetime) -> Validation:
    reader = PdfFileReader(io.BytesIO(pdf), decode_limits=LIMITS)
    if reader.encrypted:
        return Validation(Verdict.ENCRYPTED, digest)
    embedded = reader.embedded_signatures
    if len(embedded) > MOST_SIGNATURES:
        raise PdfReadError("more signatures than anybody needs")
    regular = [one for one in embedded if not is_archive(one)]
    if not regular:
        return Validation(Verdict.UNSIGNED, digest)
    looked = [await look(one, trusted, at) for one in regular]
    signatures = tuple(seen.signature for seen in looked)
    if all(one.role is Role.OTHER for one in signatures):
        return Validation(Verdict.FOREIGN, digest, signatures)
    reasons = [*faults(pdf, embedded, signatures), *(reason for seen in looked for reason in seen.reasons)]
    preserved = min((seen.preserved_at for seen in looked if seen.preserved_at), default=None)
    return Validation(verdict(signatures, reasons), digest, signatures, preserved, tuple(reasons))


def verdict(signatures: tuple[Signature, ...], reasons: list[str]) -> Verdict:
    """A prefix of ours that ends before the customer's signature has its seal intact and nothing else."""
    if not reasons:
        return Verdict.OURS
    roles = [one.role for one in signatures]
    is_only_sealed = roles == [Role.SEAL] and signatures[0].is_intact and signatures[0].is_untouched_since
    return Verdict.SEALED_ONLY if is_only_sealed else Verdict.ALTERED


def faults(pdf: bytes, embedded: list[EmbeddedPdfSignature], signatures: tuple[Signature, ...]) -> list[str]:
    """What of the whole is not as we make it."""
    found = []
    if [one.role for one in signatures] != [Role.SEAL, Role.CUSTOMER]:
        found.append("not one seal and one signature of a customer")
    if [one.field_name for one in embedded[:2]] != [fields.SEAL, fields.CUSTOMER]:
        found.append("the signatures stand in other fields")
    if len(embedded) < 3 or not all(map(is_archive, embedded[2:])):
        found.append("no archive time stamp at the end")
    elif not covers_everything(pdf, embedded):
        found.append("the last time stamp does not cover all of the file")
    return found


def covers_everything(pdf: bytes, embedded: list[EmbeddedPdfSignature]) -> bool:
    last = embedded[-1].byte_range
    if not coverage.is_whole(pdf, last):
        return False
    token = coverage.contents(pdf[last[1] : last[2]])
    covered = (stamp for one in embedded[:-1] for stamp in coverage.stamps_in(one.signer_info))
    return token is not None and coverage.is_same_kind(token, covered)


def is_archive(signature: EmbeddedPdfSignature) -> bool:
    return bool(signature.sig_object_type == "/DocTimeStamp")
