"""Signing as settings name it: the keys (`SIGNING_KEYS_DIR`, `SIGNING_KEYS_PASSPHRASE`), the timestamper
(`SIGNING_TSA_URL`, `SIGNING_TSA_CERTIFICATES`), who may bring orders (`ORDERS_TOKEN`), and who hears of trouble with
them (`STAFF_EMAIL`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from portal.hosts import is_http, is_this_machine
from portal.mail_settings import wire_address

SHORTEST_PASSPHRASE = 20
SHORTEST_TOKEN = 16
_TOKEN = re.compile(rf"[A-Za-z0-9._~+/-]{{{SHORTEST_TOKEN},}}=*")


def key_faults(folder: Path | None, passphrase: str | None) -> Iterator[str]:
    """What makes them unfit, one sentence each. Without both the portal runs, and nothing can be signed."""
    if (folder is None) != (passphrase is None):
        yield "SIGNING_KEYS_DIR and SIGNING_KEYS_PASSPHRASE are set together or not at all"
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        yield f"SIGNING_KEYS_PASSPHRASE needs at least {SHORTEST_PASSPHRASE} characters"


def timestamper_faults(url: str | None, *, is_sandbox: bool) -> Iterator[str]:
    """A time stamp is signed: it may travel in the open. The sandbox asks nobody outside."""
    if url is None:
        return
    if not is_http(url):
        yield "SIGNING_TSA_URL is http://host/… or https://host/…, without a password in it"
    elif is_sandbox and not is_this_machine(urlsplit(url).hostname or ""):
        yield "PORTAL_SANDBOX=1 asks nobody outside: SIGNING_TSA_URL has to be on loopback"


def order_faults(token: str | None, staff: str | None) -> Iterator[str]:
    if token is not None and not _TOKEN.fullmatch(token):
        yield f"ORDERS_TOKEN is a bearer token of at least {SHORTEST_TOKEN} letters, digits and ._~+/-"
    if staff is not None and not is_mailbox(staff):
        yield "STAFF_EMAIL is one e-mail address"


def is_mailbox(text: str) -> bool:
    try:
        return bool(wire_address(text))
    except ValueError:
        return False
