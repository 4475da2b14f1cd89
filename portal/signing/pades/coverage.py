"""That not one byte of a file is left to whoever holds it.

The last time stamp covers all of the file but the place in which it stands itself. Most of what stands there is
protected by the timestamper's own signature; the rest has to be exactly what the earlier time stamps have there, which
are covered. So no byte can be changed, not even to one that means the same.

Sources: ISO 32000-1, 12.8.1 (byte ranges); RFC 5652, 5 (which parts of a CMS message are signed); X.690 (DER).
"""

from __future__ import annotations

from binascii import hexlify, unhexlify
from collections.abc import Iterator, Sequence
from typing import Any

from asn1crypto import cms, parser

OCTETS = 4
WRAPPED = (1, 0, 2, 1)
MADE = {(1, 0, signers, 0, part) for signers in (4, 5) for part in (3, 5)}
"""Where in a time stamp its content stands, and where its signed attributes and its signature do, with or without lists
of what is revoked before them: what nobody else can make."""


def is_whole(pdf: bytes, byte_range: Sequence[int]) -> bool:
    """Whether a signature covers all of the file but one string of hexadecimal digits, written as we write it."""
    if len(byte_range) != 4:
        return False
    start, first, second, rest = (int(number) for number in byte_range)
    if start != 0 or not 0 < first < second or second + rest != len(pdf):
        return False
    return contents(pdf[first:second]) is not None


def contents(hole: bytes) -> bytes | None:
    """The DER of what stands in the place of a signature, if nothing follows it but zeros."""
    try:
        written = unhexlify(hole[1:-1])
        der = parser.peek(written)
    except (ValueError, IndexError):
        return None
    is_exact = hole == b"<" + hexlify(written).upper() + b">" and not any(written[der:])
    return written[:der] if is_exact else None


def is_same_kind(token: bytes, covered: Iterator[bytes]) -> bool:
    """Whether a time stamp says, beside what it signs, exactly what one of those says that are covered."""
    try:
        shape = skeleton(token)
        return any(skeleton(one) == shape for one in covered)
    except (ValueError, IndexError):
        return False


def skeleton(der: bytes, path: tuple[int, ...] = ()) -> Any:
    """What no signature protects, as nested tuples. Raises ValueError for what is not exactly DER."""
    cls, method, tag, header, content, trailer = parser.parse(der, strict=True)
    if trailer or parser.emit(cls, method, tag, content) != header + content:
        raise ValueError("not as DER has it")
    if path in MADE:
        return cls, method, tag
    if path == WRAPPED:
        return cls, method, tag, wrapping(content)
    if not method:
        return cls, method, tag, content
    return cls, method, tag, tuple(skeleton(child, (*path, n)) for n, child in enumerate(children(content)))


def wrapping(content: bytes) -> tuple[int, int, int]:
    """Of the octets that hold what the timestamper says: the digest that it signed is of what is inside."""
    cls, method, tag, header, inside, trailer = parser.parse(content, strict=True)
    if trailer or (cls, method, tag) != (0, 0, OCTETS) or parser.emit(cls, method, tag, inside) != header + inside:
        raise ValueError("not as DER has it")
    return cls, method, tag


def children(content: bytes) -> Iterator[bytes]:
    while content:
        length = parser.peek(content)
        yield content[:length]
        content = content[length:]


def stamps_in(signer: cms.SignerInfo) -> Iterator[bytes]:
    """The DER of the time stamps of a signature."""
    for attribute in signer["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            yield from (value.dump() for value in attribute["values"])
