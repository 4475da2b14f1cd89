"""The operator's network as settings name it: where its activation API is (`NETWORK_URL`), and by what it knows us
(`NETWORK_TOKEN`).

Source: RFC 6750, 2.1, for the characters of a bearer token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.hosts import is_http, is_this_machine

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def faults(url: str | None, token: str | None, *, is_sandbox: bool) -> Iterator[str]:
    """What makes them unfit, one sentence each. Nothing more is said of an address that cannot be read."""
    if token is not None and not _TOKEN.fullmatch(token):
        yield "NETWORK_TOKEN is no bearer token: letters, digits and ._~+/- only"
    if url is None:
        return
    if not is_base(url):
        yield "NETWORK_URL is https://host/…/v4, without a user, a password or a query in it"
        return
    host = urlsplit(url).hostname or ""
    if is_sandbox and not is_this_machine(host):
        yield "PORTAL_SANDBOX=1 switches nobody's line: NETWORK_URL has to be on loopback"
    elif urlsplit(url).scheme != "https" and not is_this_machine(host):
        yield "NETWORK_URL has to begin with https://: orders and the token cross the network"


def is_base(url: str) -> bool:
    """Whether the address can be read and says where an API is, and nothing more."""
    if not is_http(url):
        return False
    parts = urlsplit(url)
    return not any((parts.username, parts.query, parts.fragment))
