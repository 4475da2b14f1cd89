"""What a host in an address of the settings says of where it leads.

Sources: RFC 1122 and 4291 (loopback), RFC 1918 and 4193 (networks that are private).
"""

from __future__ import annotations

import ipaddress

PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


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
