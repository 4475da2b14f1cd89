"""The keys folder (`SIGNING_KEYS_DIR`): certificates and lists to be read by anyone, keys by the portal alone.

root.crt  root.crl  issuing.crt  issuing.key  ocsp.crt  ocsp.key  seal.crt  seal.key
    tsa.crt  tsa.key    of the demo's timestamper
offline/root.key    to be taken off the machine
former/             certificates that were replaced, without their keys
revoked.txt         serial number (hexadecimal) and moment of each that was revoked, one a line

A file whose name begins with a dot is being written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.signing.pki import keys
from portal.signing.pki.keys import PrivateKey

OFFLINE = "offline"
FORMER = "former"
REVOKED = "revoked.txt"
ALL = ("root", "issuing", "seal", "ocsp", "tsa")
FOLDER_MODE = 0o700
FILE_MODE = 0o600


@dataclass(frozen=True, slots=True)
class Keys:
    """What is kept in one folder. `which`: root, issuing, ocsp, seal or tsa."""

    root: Path

    @property
    def offline(self) -> Path:
        """Where the root's key is until it is taken away."""
        return self.root / OFFLINE / "root.key"

    def certificate(self, which: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.root / f"{which}.crt").read_bytes())

    def key(self, which: str, passphrase: bytes) -> PrivateKey:
        """Raises WrongPassphrase."""
        return keys.decrypted((self.root / f"{which}.key").read_bytes(), passphrase)

    def certificates(self) -> dict[str, x509.Certificate]:
        """Those in use. A timestamper's there is in the demo only."""
        return {which: self.certificate(which) for which in ALL if (self.root / f"{which}.crt").exists()}

    def root_list(self) -> x509.CertificateRevocationList:
        return x509.load_pem_x509_crl((self.root / "root.crl").read_bytes())

    def former(self) -> Iterator[x509.Certificate]:
        for path in sorted((self.root / FORMER).glob("*.crt")):
            yield x509.load_pem_x509_certificate(path.read_bytes())

    def revoked(self) -> dict[int, datetime]:
        """Of those that the issuing CA made: since when. Raises ValueError."""
        file = self.root / REVOKED
        lines = file.read_text().split("\n") if file.exists() else []
        return dict(revocation(line) for line in lines if line)

    def revoke(self, certificate: x509.Certificate, at: datetime) -> None:
        lines = [f"{serial:x} {since.isoformat()}" for serial, since in self.revoked().items()]
        lines.append(f"{certificate.serial_number:x} {at.replace(microsecond=0).isoformat()}")
        write(self.root / REVOKED, "\n".join(lines).encode())

    def keep(self, which: str, certificate: x509.Certificate, sealed: bytes) -> None:
        """`sealed`: the key as encrypted PEM. The key first: a certificate without its key is never there."""
        write(self.offline if which == "root" else self.root / f"{which}.key", sealed)
        write(self.root / f"{which}.crt", certificate.public_bytes(Encoding.PEM))

    def keep_root_list(self, made: x509.CertificateRevocationList) -> None:
        write(self.root / "root.crl", made.public_bytes(Encoding.PEM))

    def put_aside(self, which: str) -> None:
        """Keep a certificate that is about to be replaced, so that /ocsp goes on answering for it."""
        certificate = self.certificate(which)
        write(self.root / FORMER / f"{which}-{certificate.serial_number:x}.crt", certificate.public_bytes(Encoding.PEM))


def revocation(line: str) -> tuple[int, datetime]:
    serial, since = line.split()
    return int(serial, 16), datetime.fromisoformat(since)


def write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner alone."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
