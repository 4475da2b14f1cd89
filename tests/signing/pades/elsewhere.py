"""Somebody else's timestamper: a root, an authority under it, and under that a timestamper of OpenSSL's. Its list and
its responder, OpenSSL's as well, answer on loopback, for a week each.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from portal.signing.pki.extensions import Extension, no_authority, of_an_authority, usage
from portal.signing.pki.keys import PrivateKey, new_key

WEEK = timedelta(days=7)
YEAR = timedelta(days=365)


@dataclass
class Elsewhere:
    """`asked`: the paths that were called. `away`: those that do not answer."""

    folder: Path
    base: str = ""
    asked: list[str] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    revoked: list[int] = field(default_factory=list)

    def found(self, *, ocsp: bool, crl: bool) -> None:
        """Found it anew. `ocsp`, `crl`: what the certificates name."""
        now = datetime.now(UTC)
        self.root_key, self.middle_key, self.key = new_key(), new_key(), new_key()
        self.root = made("Tuji koren", self.root_key, None, now, of_an_authority(None))
        by_root = (self.root_key, self.root)
        points = [*(self.at_list("root") if crl or ocsp else [])]
        self.middle = made("Tuji izdajatelj", self.middle_key, by_root, now, [*of_an_authority(0), *points])
        named = [*(self.at_responder() if ocsp else []), *(self.at_list("middle") if crl else [])]
        for_stamps = [(no_authority(), True), (usage("digital_signature"), True), (STAMPS, True), *named]
        self.certificate = made("Tuji čas", self.key, (self.middle_key, self.middle), now, for_stamps)

    def at_list(self, which: str) -> list[Extension]:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{self.base}/{which}.crl")], None, None, None)
        return [(x509.CRLDistributionPoints([point]), False)]

    def at_responder(self) -> list[Extension]:
        at = x509.UniformResourceIdentifier(f"{self.base}/ocsp")
        access = [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, at)]
        return [(x509.AuthorityInformationAccess(access), False)]

    def answer(self, path: str, question: bytes) -> bytes | None:
        self.asked.append(path)
        if path in self.away:
            return None
        if path == "/ocsp":
            return self.responded(question)
        key, certificate = (self.root_key, self.root) if path == "/root.crl" else (self.middle_key, self.middle)
        return listed(key, certificate, self.revoked)

    def responded(self, question: bytes) -> bytes:
        pem = self.middle_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        ends = self.certificate.not_valid_after_utc.strftime("%y%m%d%H%M%SZ")
        state = f"R\t{ends}\t260101000000Z" if self.certificate.serial_number in self.revoked else f"V\t{ends}\t"
        (self.folder / "index.txt").write_text(f"{state}\t{self.certificate.serial_number:X}\tunknown\t/CN=x\n")
        (self.folder / "middle.key").write_bytes(pem)
        (self.folder / "middle.crt").write_bytes(self.middle.public_bytes(Encoding.PEM))
        (self.folder / "question").write_bytes(question)
        subprocess.run(
            [
                *("openssl", "ocsp", "-index", "index.txt", "-CA", "middle.crt", "-rsigner", "middle.crt"),
                *("-rkey", "middle.key", "-reqin", "question", "-respout", "answer", "-ndays", "7"),
            ],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "answer").read_bytes()


STAMPS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])


@contextmanager
def elsewhere(folder: Path, *, ocsp: bool = True, crl: bool = True) -> Iterator[Elsewhere]:
    theirs = Elsewhere(folder)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send(theirs.answer(self.path, b""))

        def do_POST(self) -> None:
            self.send(theirs.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def send(self, body: bytes | None) -> None:
            self.send_response(503 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    theirs.base = f"http://127.0.0.1:{server.server_port}"
    theirs.found(ocsp=ocsp, crl=crl)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield theirs
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def made(
    name: str,
    key: PrivateKey,
    by: tuple[PrivateKey, x509.Certificate] | None,
    now: datetime,
    extensions: Sequence[Extension],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signing, issuer = (key, subject) if by is None else (by[0], by[1].subject)
    begun = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - YEAR)
        .not_valid_after(now + 10 * YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    for extension, is_critical in extensions:
        begun = begun.add_extension(extension, critical=is_critical)
    return begun.sign(signing, hashes.SHA256())


def listed(key: PrivateKey, issuer: x509.Certificate, revoked: Sequence[int]) -> bytes:
    now = datetime.now(UTC)
    begun = (
        x509.CertificateRevocationListBuilder(issuer.subject, now - timedelta(hours=1), now + WEEK)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for serial in revoked:
        begun = begun.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, now - YEAR).build())
    return begun.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
