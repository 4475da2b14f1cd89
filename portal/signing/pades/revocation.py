"""What shows that the certificates of a timestamper that is not ours were not revoked: asked for where they say, kept
for as long as it is said to be good.

Only those are asked about that go back to an anchor: nobody else says which addresses we call.
Sources: RFC 5280 (4.2.1.13 and 4.2.2.1), RFC 6960 (4.2.2.2 and appendix A).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import (
    OCSPCertStatus,
    OCSPRequestBuilder,
    OCSPResponse,
    OCSPResponseStatus,
    load_der_ocsp_response,
)
from cryptography.x509.oid import AuthorityInformationAccessOID

from portal.signing.pades.certificates import is_by
from portal.signing.pades.timestamps import NoTime

SECONDS = 15
"""For one answer, from the call to its last byte."""
LARGEST = 512 * 1024
"""Bytes of an answer. It stands in every document."""
QUESTION = "application/ocsp-request"
NAMING = hashes.SHA1()  # noqa: S303 - names the issuer and proves nothing; every responder knows it


class Unusable(Exception):
    """An answer that proves nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """DER, one of both: an OCSP response, or a list of what was revoked. `until`: when it is asked for again."""

    until: datetime
    ocsp: bytes | None = None
    crl: bytes | None = None


Reading = Callable[[bytes, x509.Certificate, x509.Certificate, datetime], Answer]

KEPT: dict[bytes, Answer] = {}
"""By the SHA-256 of the certificate that it is about, for this process."""


async def answers(path: Sequence[x509.Certificate], client: httpx.AsyncClient, at: datetime) -> list[Answer]:
    """About each certificate of a path that says where that is asked. Raises NoTime."""
    return [await answer(one, issuer, client, at) for one, issuer in pairwise(path) if any(ways(one, issuer))]


def path(
    certificate: x509.Certificate, known: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """From a certificate up to an anchor, and with it; empty where it goes back to none."""
    made = [certificate]
    while made[-1] not in anchors:
        issuers = (one for one in (*anchors, *known) if one not in made and is_by(made[-1], one))
        issuer = next(issuers, None)
        if issuer is None:
            return []
        made.append(issuer)
    return made


async def answer(
    certificate: x509.Certificate, issuer: x509.Certificate, client: httpx.AsyncClient, at: datetime
) -> Answer:
    key = certificate.fingerprint(hashes.SHA256())
    kept = KEPT.get(key)
    if kept is not None and at < kept.until:
        return kept
    for asked, read in ways(certificate, issuer):
        try:
            KEPT[key] = read(await fetched(client, asked), certificate, issuer, at)
            return KEPT[key]
        except (Unusable, ValueError, InvalidSignature, TimeoutError, httpx.HTTPError):
            continue
    raise NoTime("nobody says whether the timestamper's certificate was revoked")


def ways(certificate: x509.Certificate, issuer: x509.Certificate) -> Iterator[tuple[httpx.Request, Reading]]:
    """An answer about one certificate is shorter than the list of all."""
    for address in responders(certificate):
        asked = OCSPRequestBuilder().add_certificate(certificate, issuer, NAMING).build().public_bytes(Encoding.DER)
        yield httpx.Request("POST", address, content=asked, headers={"Content-Type": QUESTION}), of_responder
    for address in lists(certificate):
        yield httpx.Request("GET", address), of_list


async def fetched(client: httpx.AsyncClient, asked: httpx.Request) -> bytes:
    body = b""
    async with asyncio.timeout(SECONDS):
        sent = await client.send(asked, stream=True)
        try:
            async for piece in sent.aiter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise Unusable
        finally:
            await sent.aclose()
    if sent.status_code != 200:
        raise Unusable
    return body


def of_responder(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> Answer:
    """Raises Unusable, InvalidSignature, ValueError; NoTime where it was revoked."""
    said = load_der_ocsp_response(der)
    if said.response_status is not OCSPResponseStatus.SUCCESSFUL:
        raise Unusable
    verify(said, responder(said, issuer))
    one = next((one for one in said.responses if one.serial_number == certificate.serial_number), None)
    if one is None or one.certificate_status is OCSPCertStatus.UNKNOWN:
        raise Unusable
    if one.certificate_status is OCSPCertStatus.REVOKED:
        raise NoTime("the timestamper's certificate was revoked")
    return Answer(good_until(one.next_update_utc, at), ocsp=der)


def of_list(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> Answer:
    """As `of_responder`."""
    said = x509.load_der_x509_crl(der)
    if said.issuer != issuer.subject or not said.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type] # of a CA
        raise Unusable
    if said.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
        raise NoTime("the timestamper's certificate was revoked")
    return Answer(good_until(said.next_update_utc, at), crl=der)


def good_until(next_update: datetime | None, at: datetime) -> datetime:
    """Who says no end can be asked again at any time. Raises Unusable for what has ended."""
    if next_update is not None and next_update <= at:
        raise Unusable
    return next_update or at


def responder(said: OCSPResponse, issuer: x509.Certificate) -> x509.Certificate:
    """Who answered: the issuer, or whom it named for that and nobody needs to ask about. Raises Unusable."""
    for one in said.certificates:
        if one != issuer and not (is_by(one, issuer) and has_nocheck(one)):
            raise Unusable
    return next((one for one in said.certificates if one != issuer), issuer)


def verify(said: OCSPResponse, by: x509.Certificate) -> None:
    """Raises InvalidSignature, Unusable."""
    key, made = by.public_key(), said.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and made is not None:
        key.verify(said.signature, said.tbs_response_bytes, padding.PKCS1v15(), made)
    elif isinstance(key, ec.EllipticCurvePublicKey) and made is not None:
        key.verify(said.signature, said.tbs_response_bytes, ec.ECDSA(made))
    else:
        raise Unusable


def has_nocheck(certificate: x509.Certificate) -> bool:
    return any(isinstance(one.value, x509.OCSPNoCheck) for one in certificate.extensions)


def responders(certificate: x509.Certificate) -> Iterator[str]:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.AuthorityInformationAccess):
            for one in extension.value:
                if one.access_method == AuthorityInformationAccessOID.OCSP:
                    yield from addresses([one.access_location])


def lists(certificate: x509.Certificate) -> Iterator[str]:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.CRLDistributionPoints):
            for point in extension.value:
                yield from addresses(point.full_name or ())


def addresses(names: Sequence[x509.GeneralName]) -> Iterator[str]:
    for name in names:
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://")):
            yield name.value
