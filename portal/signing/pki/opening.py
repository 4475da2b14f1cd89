"""Reading the keys folder as settings name it, and saying what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from portal.refusals import N_, Refusal
from portal.settings import Settings, revealed
from portal.signing.pki.folder import Keys
from portal.signing.pki.keys import PrivateKey, WrongPassphrase


class NoKeys(Refusal):
    """Keys are not made, not readable, or do not fit together. `why` is for the operator, not for the customer."""

    status = 503
    message = N_("Documents cannot be signed here at the moment. Please try again later.")

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: PrivateKey


def place(known: Settings) -> tuple[Path, bytes]:
    """The folder and the passphrase. Raises NoKeys."""
    passphrase = revealed(known.signing_keys_passphrase)
    if known.signing_keys_dir is None or passphrase is None:
        raise NoKeys("SIGNING_KEYS_DIR and SIGNING_KEYS_PASSPHRASE are not set")
    return known.signing_keys_dir, passphrase.encode()


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Turns what can go wrong with a keys folder into NoKeys."""
    try:
        yield
    except OSError as missing:
        raise NoKeys(f"{missing.filename}: {missing.strerror}") from None
    except WrongPassphrase:
        raise NoKeys(f"SIGNING_KEYS_PASSPHRASE does not open the keys in {folder}") from None
    except ValueError as unreadable:
        raise NoKeys(f"what is in {folder} cannot be read: {unreadable}") from None


def pair(kept: Keys, which: str, passphrase: bytes) -> Pair:
    """Raises WrongPassphrase, OSError, ValueError."""
    found = Pair(kept.certificate(which), kept.key(which, passphrase))
    if found.certificate.public_key() != found.key.public_key():
        raise ValueError(f"{which}.crt does not belong to {which}.key")
    return found


def read_anchors(file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file. Raises NoKeys."""
    try:
        return tuple(x509.load_pem_x509_certificates(file.read_bytes()))
    except (OSError, ValueError):
        raise NoKeys(f"SIGNING_TSA_CERTIFICATES {file} holds no certificates in PEM that can be read") from None
