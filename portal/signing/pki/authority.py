"""The keys and certificates that this process signs with, and what it answers for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from portal.settings import Settings, settings
from portal.signing.pki import ocsp, profiles
from portal.signing.pki.folder import Keys
from portal.signing.pki.opening import NoKeys, Pair, pair, place, read_anchors, readable
from portal.signing.pki.profiles import Issuer, Person

__all__ = ["Authority", "NoKeys", "Pair", "Person", "authority"]


@dataclass(frozen=True, slots=True)
class Authority:
    """The issuing CA with its OCSP responder, and the operator's seal.

    `root_list`: the root's list of what it revoked of the certificates that it made (the issuing CA's, the demo
    timestamper's). `anchors`: of the timestamper that is not ours (`SIGNING_TSA_CERTIFICATES`).
    """

    root: x509.Certificate
    root_list: x509.CertificateRevocationList
    issuer: Pair
    responder: Pair
    seal: Pair
    former: tuple[x509.Certificate, ...]
    revoked: Mapping[int, datetime]
    anchors: tuple[x509.Certificate, ...]
    base: str
    operator: str

    @property
    def issuing(self) -> x509.Certificate:
        """The issuing CA's certificate."""
        return self.issuer.certificate

    def issue(
        self, subject: Person, public_key: ec.EllipticCurvePublicKey, at: datetime, lives: timedelta
    ) -> x509.Certificate:
        """A certificate for one signing. It names the person, the enrolment and what it is (A1 certifikat)."""
        return profiles.signer(self.issues, subject, public_key, at, lives)

    def ocsp_response(self, certificate: x509.Certificate, at: datetime) -> bytes:
        """DER of an OCSPResponse: that the certificate, one of the issuing CA's, is good, or since when it is not."""
        return self.signed(ocsp.found(certificate, self.issuing, at, self.revoked.get(certificate.serial_number)))

    def answer(self, question: ocsp.Question, certificate: x509.Certificate | None, at: datetime) -> bytes:
        """As `ocsp_response`, to whoever asks at /ocsp. `certificate`: what is known under the number asked for."""
        if certificate is None or not question.is_of(self.issuing):
            return self.signed(ocsp.unknown(question, at), question)
        since = self.revoked.get(certificate.serial_number)
        return self.signed(ocsp.found(certificate, self.issuing, at, since, question.algorithm), question)

    def signed(self, made: ocsp.Builder, question: ocsp.Question | None = None) -> bytes:
        return ocsp.signed(made, self.responder.certificate, self.responder.key, question)

    @property
    def crl(self) -> bytes:
        """DER of the root's list, to be embedded beside the responses."""
        return self.root_list.public_bytes(Encoding.DER)

    def trust_roots(self) -> Sequence[x509.Certificate]:
        """What a validation starts from: our root, and the roots of the timestamper."""
        return (self.root, *self.anchors)

    def stamper_roots(self) -> Sequence[x509.Certificate]:
        """Of the timestampers that are believed. Ours is not among them where others are named: the operator does not
        say itself when something was signed.
        """
        return self.anchors or (self.root,)

    def seal_of(self, serial: int) -> x509.Certificate | None:
        """The operator's seal with this serial number, be it a former one."""
        known = (self.seal.certificate, *self.former)
        return next((certificate for certificate in known if certificate.serial_number == serial), None)

    @property
    def issues(self) -> Issuer:
        return Issuer(self.issuer.certificate, self.issuer.key, self.operator, self.base)


@lru_cache(maxsize=1)
def authority() -> Authority:
    """As settings say. Raises NoKeys; keys that are put there later are found without a new start."""
    known = settings()
    folder, passphrase = place(known)
    return read(folder, passphrase, known)


def timestamper(known: Settings) -> Pair:
    """The demo's, made with the others. Raises NoKeys."""
    folder, passphrase = place(known)
    with readable(folder):
        return pair(Keys(folder), "tsa", passphrase)


def read(folder: Path, passphrase: bytes, known: Settings) -> Authority:
    """Raises NoKeys."""
    kept, anchors = Keys(folder), known.signing_tsa_certificates
    with readable(folder):
        return Authority(
            root=kept.certificate("root"),
            root_list=kept.root_list(),
            issuer=pair(kept, "issuing", passphrase),
            responder=pair(kept, "ocsp", passphrase),
            seal=pair(kept, "seal", passphrase),
            former=tuple(kept.former()),
            revoked=kept.revoked(),
            anchors=() if anchors is None else read_anchors(anchors),
            base=known.origin,
            operator=known.payee,
        )
