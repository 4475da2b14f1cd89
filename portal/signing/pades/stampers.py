"""Who stamped, as it stands in the documents: the certificates up to an anchor, and that none of them was revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from portal.signing.pades import revocation
from portal.signing.pades.timestamps import Timestamper
from portal.signing.pki.authority import Authority


@dataclass(frozen=True, slots=True)
class Stampers:
    """`ocsps` and `crls` in DER."""

    certificates: Sequence[x509.Certificate]
    ocsps: Sequence[bytes]
    crls: Sequence[bytes]


async def stampers(timestamps: Timestamper, ours: Authority, at: datetime) -> Stampers:
    """All whose certificates came with a time stamp. Raises NoTime where what they say of revocation cannot be had.

    What our root made (the demo's timestamper) is on the list that stands in every document.
    """
    came = [x509.load_der_x509_certificate(one.dump()) for one in timestamps.cert_registry]
    chains = [revocation.path(one, came, ours.stamper_roots()) for one in came if is_stamper(one)]
    foreign = [chain for chain in chains if chain and chain[-1] != ours.root]
    said = [one for chain in foreign for one in await revocation.answers(chain, timestamps.client, at)]
    return Stampers(
        certificates=[one for chain in foreign for one in chain],
        ocsps=[one.ocsp for one in said if one.ocsp is not None],
        crls=[one.crl for one in said if one.crl is not None],
    )


def is_stamper(certificate: x509.Certificate) -> bool:
    usages = (one.value for one in certificate.extensions if isinstance(one.value, x509.ExtendedKeyUsage))
    return any(ExtendedKeyUsageOID.TIME_STAMPING in usage for usage in usages)
