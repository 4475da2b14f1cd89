"""Private keys at rest: PKCS#8 in PEM, encrypted by a passphrase.

Sources: RFC 5958 (EncryptedPrivateKeyInfo), RFC 8018 (PBES2, AES-256-CBC), RFC 7914 (scrypt and its parameters).
`openssl pkey` reads them. The library's own encryption makes do with 2,048 rounds of PBKDF2, which is little.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from asn1crypto import algos, core, pem
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

PrivateKey = ec.EllipticCurvePrivateKey

COST = {"n": 2**14, "r": 8, "p": 1}
"""16 MiB and 30 ms: as much memory as OpenSSL grants when it reads such a key."""
KEY_BYTES = 32
BLOCK_BYTES = 16
SCRYPT = "1.3.6.1.4.1.11591.4.11"


class WrongPassphrase(Exception):
    """The passphrase does not open the key, or the file holds no such key."""


class ScryptParams(core.Sequence):  # type: ignore[misc] # asn1crypto has no types
    """RFC 7914, 7.1."""

    _fields: ClassVar = [
        ("salt", core.OctetString),
        ("n", core.Integer),
        ("r", core.Integer),
        ("p", core.Integer),
        ("key_length", core.Integer, {"optional": True}),
    ]


class Derivation(core.Sequence):  # type: ignore[misc] # as above
    _fields: ClassVar = [("algorithm", core.ObjectIdentifier), ("parameters", ScryptParams)]


class Parameters(core.Sequence):  # type: ignore[misc] # as above
    """PBES2-params of RFC 8018, A.4."""

    _fields: ClassVar = [("key_derivation_func", Derivation), ("encryption_scheme", algos.EncryptionAlgorithm)]


class Scheme(core.Sequence):  # type: ignore[misc] # as above
    _fields: ClassVar = [("algorithm", algos.EncryptionAlgorithmId), ("parameters", Parameters)]


class Encrypted(core.Sequence):  # type: ignore[misc] # as above
    _fields: ClassVar = [("encryption_algorithm", Scheme), ("encrypted_data", core.OctetString)]


def new_key() -> PrivateKey:
    """On P-256: Ed25519 is refused by readers of PDF that are about."""
    return ec.generate_private_key(ec.SECP256R1())


def encrypted(key: PrivateKey, passphrase: bytes) -> bytes:
    """PEM, `ENCRYPTED PRIVATE KEY`."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, start = secrets.token_bytes(BLOCK_BYTES), secrets.token_bytes(BLOCK_BYTES)
    wrapping = Scrypt(salt, KEY_BYTES, **COST).derive(passphrase)
    padder = padding.PKCS7(8 * BLOCK_BYTES).padder()
    cipher = Cipher(algorithms.AES256(wrapping), modes.CBC(start)).encryptor()
    sealed = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    whole = Encrypted({"encryption_algorithm": scheme(salt, start), "encrypted_data": sealed})
    armoured: bytes = pem.armor("ENCRYPTED PRIVATE KEY", whole.dump())
    return armoured


def scheme(salt: bytes, start: bytes) -> Scheme:
    derivation = {"algorithm": SCRYPT, "parameters": {"salt": salt, **COST}}
    cipher = {"algorithm": "aes256_cbc", "parameters": start}
    return Scheme(
        {"algorithm": "pbes2", "parameters": {"key_derivation_func": derivation, "encryption_scheme": cipher}}
    )


def decrypted(written: bytes, passphrase: bytes) -> PrivateKey:
    """Raises WrongPassphrase."""
    try:
        key = load_pem_private_key(written, passphrase)
    except (ValueError, TypeError):
        raise WrongPassphrase from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise WrongPassphrase
    return key
