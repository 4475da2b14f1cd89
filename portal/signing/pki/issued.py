"""The certificates that the issuing CA made, found by their serial numbers."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from portal.signing.pki.authority import Authority
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Issued:
    certificate: str


async def issued(serial: int, ours: Authority) -> x509.Certificate | None:
    """The operator's seal, or the one that an envelope was signed with. None: there is no such one."""
    found = ours.seal_of(serial)
    if found is not None:
        return found
    row = await BY_SERIAL.first(serial=serial_text(serial))
    return None if row is None else x509.load_pem_x509_certificate(row.certificate.encode())


def serial_text(serial: int) -> str:
    """As `Envelope.certificate_serial` has it."""
    return f"{serial:x}"


BY_SERIAL = Statement(
    "SELECT certificate FROM envelopes WHERE certificate_serial = $1 AND certificate IS NOT NULL", Issued, ("serial",)
)
