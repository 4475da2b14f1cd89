"""E-mail addresses as they are shown."""

from __future__ import annotations


def mask(address: str) -> str:
    """`ana@example.test` shown to someone who need not know it: `a••@example.test`."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}{'•' * min(len(name) - 1, 5)}{at}{host}"
