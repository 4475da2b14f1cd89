"""How often codes may be asked for, sent and tried, and why just so often."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from uuid import UUID

from portal.identity.tables import Device
from portal.limits import Limit
from portal.web import tokens

# Six digits and five tries: one guess in 200,000 succeeds. The pause begins at the fifth try, not at the first.
ATTEMPTS = Limit("attempts", 5, timedelta(minutes=15), from_the_last=True)

# A password is looked at only after the right code, and then as often as a code is.
PASSWORDS = Limit("passwords", 5, timedelta(minutes=15), from_the_last=True)

# Whoever mistypes or waits for a slow SMS needs two or three. The day's cap keeps a stranger from ringing
# somebody's phone all night.
ASKED_IN_AN_HOUR = Limit("asked_hour", 5, timedelta(hours=1))
ASKED_IN_A_DAY = Limit("asked_day", 15, timedelta(days=1))

# Hundreds of subscribers share one address of a mobile network (CGNAT); a bot behind one gets no further than they.
FROM_AN_ADDRESS = Limit("asked_address", 300, timedelta(hours=1))

# A login has three names (number, e-mail, customer number), each with its five, and a known browser five more.
TO_A_NUMBER = Limit("sent_number", 20, timedelta(hours=1))

# Ten thousand numbers side by side: four times their share of the busiest hour, too few for pumping SMS into a range.
TO_A_PREFIX = Limit("sent_prefix", 2_000, timedelta(hours=1))

# Bounds what a botnet gets by five guesses at everybody: 200,000 codes a day are one lucky guess a day.
IN_ALL = Limit("sent_in_all", 200_000, timedelta(days=1))
EVERYBODY = "everybody"

# One's number or address changes once in years; whoever mistypes needs two or three. These codes go where the asker
# says, so beside the login's share each number has its own, whoever asks for it, and each range: no number of
# logins sends a stranger a sixth message in a day, or a range more than an honest hour needs.
CHANGES_IN_AN_HOUR = Limit("change_hour", 5, timedelta(hours=1))
CHANGES_IN_A_DAY = Limit("change_day", 10, timedelta(days=1))
CHANGES_TO_ONE = Limit("change_to", 5, timedelta(days=1))
CHANGES_TO_A_PREFIX = Limit("change_prefix", 30, timedelta(hours=1))


NETWORK_BITS = {4: 24, 6: 64}


def key_of(identifier: str, device: Device | None) -> str:
    """Whose tries are counted: those of a known browser apart, so that strangers' tries do not lock it out."""
    return f"device:{device.id}" if device else tokens.hashed(identifier).hex()


def address_key(address: str) -> str:
    """An IPv4 address as it is; of IPv6 the /64 that one household or phone has to itself."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return address


def prefix_key(number: str) -> str:
    """`+38641123456` → `+3864112`: the block of ten thousand."""
    return number[:-4]


def change_key(login: UUID, kind: str) -> str:
    """Tries at the code of a change belong to the login, whichever browser and value: asking anew brings no more."""
    return f"change:{login}:{kind}"


def network_of(address: str) -> str:
    """`203.0.113.0/24`; of IPv6 the /64 that one household or phone has to itself."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, NETWORK_BITS[ip.version]), strict=False))
