"""What a validation tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

HEXADECIMAL = {"val_json_bytes": "hex"}
"""How bytes are written where a validation travels as JSON."""


class Verdict(StrEnum):
    """`ours`: sealed by us, signed by the customer, time-stamped, and nothing changed since. All else is no.

    `sealed_only`: our document, but not signed by the customer, or their signature was taken away. `altered`: it bears
    our signatures, and something is not as it was. `foreign`: signed, but not by us. `unreadable`: broken, or made to
    be hard to read.
    """

    OURS = "ours"
    SEALED_ONLY = "sealed_only"
    ALTERED = "altered"
    FOREIGN = "foreign"
    UNSIGNED = "unsigned"
    ENCRYPTED = "encrypted"
    NO_PDF = "no_pdf"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"


class Role(StrEnum):
    """Whose signature it is: the operator's seal, the customer's, or somebody else's."""

    SEAL = "seal"
    CUSTOMER = "customer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`serial` and `sha256` (of the DER) in hexadecimal; names as in RFC 4514."""

    subject: str
    issuer: str
    serial: str
    sha256: str
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature in the PDF, in the order in which they were made.

    `signed_at`: by the trusted time stamp, None where there is none that we trust. `is_intact`: what it covers is as it
    was. `is_trusted`: by a certificate of ours that was good then. `is_untouched_since`: nothing was added after it but
    what may be. `record_sha256`: the hash of the evidence that the customer's signature carries (32 bytes).
    `stamped_by`: the common name of the timestamper.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = HEXADECIMAL

    role: Role
    signer: str
    signed_at: datetime | None
    is_intact: bool
    is_trusted: bool
    is_untouched_since: bool
    record_sha256: bytes | None
    certificate: CertificateFacts
    stamped_by: str | None

    @property
    def is_good(self) -> bool:
        return self.is_intact and self.is_trusted and self.is_untouched_since and self.signed_at is not None


@dataclass(frozen=True, slots=True)
class Validation:
    """`sha256`: of the file. `preserved_at`: the archive time stamp over all of it. `reasons`: for the log, English."""

    __pydantic_config__: ClassVar[dict[str, Any]] = HEXADECIMAL

    verdict: Verdict
    sha256: bytes
    signatures: tuple[Signature, ...] = ()
    preserved_at: datetime | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        return self.verdict is Verdict.OURS

    @property
    def seal(self) -> Signature | None:
        return self.of(Role.SEAL)

    @property
    def customer(self) -> Signature | None:
        return self.of(Role.CUSTOMER)

    def of(self, role: Role) -> Signature | None:
        return next((one for one in self.signatures if one.role is role), None)
