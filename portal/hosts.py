"""Whether an address of the settings can be read, and what its host says of where it leads.

Sources: RFC 1122 and 4291 (loopback), RFC 1918 and 4193 (networks that are private).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def is_http(url: str) -> bool:
    """Whether it is `http://host/…` or `https://host/…` as it stands, without a password in it."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    return is_plain and parts.scheme in ("http", "https") and bool(parts.hostname) and has_port and not parts.password


def is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public_address(host: str) -> bool:
    """A name is none: who it leads to is known to the DNS of the network alone."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_loopback and not any(address in network for network in PRIVATE)
