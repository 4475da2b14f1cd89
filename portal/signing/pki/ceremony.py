"""Making and renewing the keys folder. What is done with it by hand: docs/signing-keys.md."""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from portal.signing.pki import profiles
from portal.signing.pki.folder import FOLDER_MODE, Keys
from portal.signing.pki.keys import PrivateKey, decrypted, encrypted, new_key
from portal.signing.pki.profiles import Issuer

Profile = Callable[[Issuer, ec.EllipticCurvePublicKey, datetime], x509.Certificate]

UNDER_ISSUING: dict[str, Profile] = {"ocsp": profiles.responder, "seal": profiles.seal}


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Whose keys they are. `base`: `https://moj.example`, where certificates say that their state is asked for.
    `is_demo`: with a timestamper of its own, for which no root in real use may vouch.
    """

    folder: Path
    passphrase: bytes = field(repr=False)
    operator: str
    base: str
    is_demo: bool = False

    @property
    def keys(self) -> Keys:
        return Keys(self.folder)

    def hold(self, at: datetime) -> None:
        """Everything that signing needs, whole or not at all. Raises FileExistsError where there is a folder."""
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise FileExistsError(errno.EEXIST, "it is there already", str(self.folder))
        part = self.folder.with_name(f".{self.folder.name}.{secrets.token_hex(4)}.part")
        part.mkdir(mode=FOLDER_MODE, parents=True)
        try:
            replace(self, folder=part).fill(at)
            part.rename(self.folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise

    def fill(self, at: datetime) -> None:
        key = new_key()
        root = profiles.root(key, self.operator, at)
        self.keys.keep("root", root, encrypted(key, self.passphrase))
        top = self.issuer(root, key)
        self.keys.keep_root_list(revocation_list(top, at))
        if self.is_demo:
            self.make("tsa", profiles.timestamper, top, at)
        issuing = self.make("issuing", profiles.issuing, top, at)
        for which, profile in UNDER_ISSUING.items():
            self.make(which, profile, issuing, at)

    def make(self, which: str, profile: Profile, issuer: Issuer, at: datetime) -> Issuer:
        """A new key and its certificate. Returned as who could sign with them."""
        key = new_key()
        certificate = profile(issuer, key.public_key(), at)
        self.keys.keep(which, certificate, encrypted(key, self.passphrase))
        return self.issuer(certificate, key)

    def renew(self, which: str, at: datetime, *, was_stolen: bool = False) -> None:
        """A new key and certificate for the seal or the OCSP responder. A key that was stolen takes its certificate
        with it: from now on /ocsp says so. Raises WrongPassphrase, OSError.
        """
        issuing = self.issuer(self.keys.certificate("issuing"), self.keys.key("issuing", self.passphrase))
        if was_stolen:
            self.keys.revoke(self.keys.certificate(which), at)
        self.keys.put_aside(which)
        self.make(which, UNDER_ISSUING[which], issuing, at)

    def list_anew(self, root_key: bytes, at: datetime, revoked: x509.Certificate | None = None) -> None:
        """A new list by the root. `root_key`: its PEM, from where it is kept; `revoked` comes to those listed before.

        Raises WrongPassphrase, ValueError (another root's key), OSError.
        """
        root, key = self.keys.certificate("root"), decrypted(root_key, self.passphrase)
        if root.public_key() != key.public_key():
            raise ValueError("this is not the key of root.crt")
        self.keys.keep_root_list(revocation_list(self.issuer(root, key), at, self.keys.root_list(), revoked))

    def issuer(self, certificate: x509.Certificate, key: PrivateKey) -> Issuer:
        return Issuer(certificate, key, self.operator, self.base)


def revocation_list(
    issuer: Issuer,
    at: datetime,
    before: x509.CertificateRevocationList | None = None,
    revoked: x509.Certificate | None = None,
) -> x509.CertificateRevocationList:
    """What the root revoked. It is good for as long as an issuing CA: the root's key is not at hand to make another."""
    ends = min(at + profiles.LIVES["issuing"], issuer.certificate.not_valid_after_utc)
    made = (
        x509.CertificateRevocationListBuilder(issuer_name=issuer.certificate.subject)
        .last_update(at)
        .next_update(ends)
        .add_extension(x509.CRLNumber(number_after(before)), critical=False)
        .add_extension(key_identifier(issuer.key), critical=False)
    )
    for entry in before or ():
        made = made.add_revoked_certificate(entry)
    if revoked is not None:
        made = made.add_revoked_certificate(entry_of(revoked, at))
    return made.sign(issuer.key, hashes.SHA256())


def number_after(before: x509.CertificateRevocationList | None) -> int:
    return 1 if before is None else before.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number + 1


def key_identifier(key: PrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def entry_of(certificate: x509.Certificate, at: datetime) -> x509.RevokedCertificate:
    return x509.RevokedCertificateBuilder(certificate.serial_number, at).build()
