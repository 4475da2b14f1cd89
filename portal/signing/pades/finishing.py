"""From the code entered to «podpisano»: a worker signs all documents of an envelope, or none.

Nothing is kept of a try that fails: whoever tries again makes a new key. All that follows from the signatures is one
transaction, whose guarded UPDATE lets one worker through.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from portal import clock
from portal.identity.enrolling import enrolment_of
from portal.settings import settings
from portal.signing.pades import showing
from portal.signing.pades.keeping import Accepted, Copy, Paper, keep
from portal.signing.pades.signing import Signed, Wanted, sign
from portal.signing.pades.timestamps import NoTime
from portal.signing.pades.validating import validate
from portal.signing.pki.authority import Person, authority
from portal.statements import Statement

THREADS = ThreadPoolExecutor(3, "signing")
"""More would only take the interpreter from each other, and from the loop that holds the chain's lock."""


class NotWhatWasAccepted(Exception):
    """A document is not the one that the code was sent for. Nobody signs it; a person has to look."""


class NotClean(Exception):
    """What we signed does not pass our own validation."""


async def finish(envelope: UUID) -> None:
    """Sign what was accepted; nothing when that is done. Raises NotYet (NoTime, TooSlow), NotClean, NoKeys."""
    accepted = await ACCEPTED.first(envelope=envelope)
    if accepted is None:
        return
    papers = await PAPERS.all(envelope=envelope)
    check(accepted, papers)
    wanted = await wanted_for(accepted, clock.now())
    signed, copies = await asyncio.get_running_loop().run_in_executor(THREADS, sign_and_check, papers, wanted)
    await keep(accepted, signed, copies, clock.now())


def check(accepted: Accepted, papers: Sequence[Paper]) -> None:
    """Raises NotWhatWasAccepted."""
    hashes = [hashlib.sha256(paper.pdf).digest() for paper in papers]
    if hashes != [paper.sha256 for paper in papers]:
        raise NotWhatWasAccepted(f"a document of order {accepted.number} was changed")
    if hashlib.sha256(b"".join(hashes)).digest() != accepted.documents_sha256:
        raise NotWhatWasAccepted(f"the documents of order {accepted.number} are not all there")


async def wanted_for(accepted: Accepted, at: datetime) -> Wanted:
    enrolment = await enrolment_of(accepted.login)
    language, name = accepted.language, accepted.signatory
    return Wanted(
        person=Person(enrolment.number, name),
        record=hashlib.sha256(accepted.record).digest(),
        seal_stamp=showing.seal_stamp(language, at),
        customer_stamp=showing.customer_stamp(language, name, accepted.number, at),
        names=showing.field_names(language, name),
    )


def sign_and_check(papers: Sequence[Paper], wanted: Wanted) -> tuple[Signed, list[Copy]]:
    """Off the event loop: mostly CPU, and some waiting for the timestamper."""
    timestamper = settings().signing_tsa_url
    if timestamper is None:
        raise NoTime("SIGNING_TSA_URL is not set")
    signed = sign([paper.pdf for paper in papers], wanted, authority(), timestamper, clock.now)
    copies = [copy_of(paper, pdf, wanted) for paper, pdf in zip(papers, signed.pdfs, strict=True)]
    return signed, copies


def copy_of(paper: Paper, pdf: bytes, wanted: Wanted) -> Copy:
    """Raises NotClean."""
    said = validate(pdf, clock.now())
    customer = said.customer
    if not said.is_ours or customer is None or customer.record_sha256 != wanted.record:
        raise NotClean("; ".join(said.reasons) or f"{said.verdict}")
    if not pdf.startswith(paper.pdf):
        raise NotClean("the signed copy does not begin with the document that was shown")
    return Copy(paper, pdf, said)


ACCEPTED = Statement(
    """
    SELECT e.id, e.record, e.documents_sha256, e.decided_by AS login, o.customer, o.number, o.language, o.signatory,
           o.email
    FROM envelopes e JOIN orders o ON o.id = e."order"
    WHERE e.id = $1 AND e.state = 'accepted'
    """,
    Accepted,
    ("envelope",),
)
PAPERS = Statement(
    "SELECT id, position, title, pdf, sha256 FROM documents WHERE envelope = $1 ORDER BY position",
    Paper,
    ("envelope",),
)
