"""Proof that a form was made by us for this very session (double HMAC, OWASP CSRF cheat sheet)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from portal.refusals import N_, Refusal
from portal.settings import settings

FIELD = "csrf_token"
SIZE = 16


class ForgedForm(Refusal):
    status = 403
    message = N_("This page was open for a long time. Go back, reload it and try once more.")


def token_for(binding: bytes) -> str:
    """A token bound to a session, masked anew each time so that compression does not give it away (BREACH)."""
    mask = secrets.token_bytes(SIZE)
    return base64.urlsafe_b64encode(mask + _xor(mask, _proof(binding))).decode()


def is_valid(token: str, binding: bytes) -> bool:
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except (binascii.Error, ValueError):
        return False
    return len(raw) == 2 * SIZE and hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), _proof(binding))


def comes_from_us(site: str | None, origin: str | None) -> bool:
    """Whether the browser says that the request began on a page of ours: by Fetch Metadata and by Origin, whichever
    it sends. An old one sends no Fetch Metadata; none sends neither.
    """
    if site is None and origin is None:
        return False
    return site in ("same-origin", "none", None) and origin in (settings().origin, None)


def _proof(binding: bytes) -> bytes:
    return hmac.digest(settings().secret_key, b"csrf" + binding, hashlib.sha256)[:SIZE]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
