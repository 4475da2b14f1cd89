"""What a file turned out to be, told to whoever holds it: only what stands in it, and whether it is the one we keep."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.database import connection
from portal.refusals import N_
from portal.signing.pades.validating_apart import validate_apart
from portal.signing.pades.validation import Role, Signature, Validation, Verdict
from portal.signing.verifying.refusals import Busy, TooLarge

MEGABYTES = 10
LARGEST = MEGABYTES * 1024 * 1024
AT_ONCE, MOST_WAITING = 1, 4
"""In a process: one file takes about a second of a core, and whoever cannot be served soon is told so."""

TITLE = re.compile(rb"<dc:title>\s*<rdf:Alt>\s*<rdf:li[^>]*>([^<]{1,400})</rdf:li>")


@dataclass(frozen=True, slots=True)
class Finding:
    """`title`: as a document of ours calls itself. `is_kept`: it is byte for byte the copy in our archive."""

    validation: Validation
    title: str | None = None
    is_kept: bool = False

    @property
    def verdict(self) -> Verdict:
        return self.validation.verdict

    @property
    def seal(self) -> Signature | None:
        return self.validation.seal

    @property
    def customer(self) -> Signature | None:
        return self.validation.customer

    @property
    def changes(self) -> list[str]:
        """What is wrong with one that was altered, as English msgids."""
        return [sentence for sentence, is_so in SIGNS.items() if any(map(is_so, self.validation.signatures))] or [ODD]

    @property
    def is_demo(self) -> bool:
        """By a timestamper that says of itself that it stamps for demonstration."""
        return any("demo" in (signature.stamped_by or "").lower() for signature in self.validation.signatures)


SIGNS: dict[str, Callable[[Signature], bool]] = {
    N_("Something that is covered by a signature was changed."): lambda one: not one.is_intact,
    N_("Something was added or changed after a signature."): lambda one: not one.is_untouched_since,
    N_("The confirmed time of a signature is missing, or cannot be trusted."): lambda one: one.signed_at is None,
    N_("It cannot be shown that a certificate was good when it was used."): lambda one: (
        one.role is not Role.OTHER and not one.is_trusted
    ),
    N_("It bears a signature that was not made here."): lambda one: one.role is Role.OTHER,
}
ODD = N_("Parts of it are missing, or do not belong to it.")


class Queue:
    """Of the files that wait in this process."""

    def __init__(self) -> None:
        self.waiting = 0
        self.places = asyncio.Semaphore(AT_ONCE)


async def find_out(content: bytes, queue: Queue, at: datetime) -> Finding:
    """Validate a file in a process of its own, which is stopped when it takes too long. Raises TooLarge, Busy."""
    if len(content) > LARGEST:
        raise TooLarge(megabytes=MEGABYTES)
    if queue.waiting >= MOST_WAITING:
        raise Busy
    queue.waiting += 1
    try:
        async with queue.places:
            validation = await validate_apart(content, at)
    finally:
        queue.waiting -= 1
    if validation.verdict not in (Verdict.OURS, Verdict.SEALED_ONLY):
        return Finding(validation)
    return Finding(validation, title_in(content), await is_kept(validation.sha256))


def title_in(pdf: bytes) -> str | None:
    """From its metadata, which our seal covers."""
    found = TITLE.search(pdf)
    return html.unescape(found.group(1).decode(errors="replace")).strip() if found else None


async def is_kept(sha256: bytes) -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(KEPT, sha256))


KEPT = "SELECT EXISTS (SELECT FROM documents WHERE signed_sha256 = $1)"
