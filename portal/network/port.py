"""The operator's network, as far as we ask anything of it: a port. A line is named by its number or code."""

from __future__ import annotations

from typing import Protocol

from portal.network.tables import Profile


class NetworkTimeout(Exception):
    """It did not answer: whether it did what we asked is unknown until we have looked."""


class NetworkRefused(Exception):
    """It said no and will say no again; the reason is for staff."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Network(Protocol):
    """Desired states in, observed states out. Both may raise NetworkTimeout."""

    async def apply(self, line: str, profile: Profile, reference: str) -> None:
        """Make the line's barring exactly `profile`. The same again changes nothing. May raise NetworkRefused."""

    async def profile_of(self, line: str) -> Profile:
        """What the line has now."""


class NotConnected(Exception):
    """No network was given to this process."""


_network: Network | None = None


def use(network: Network | None) -> None:
    """Give this process its network."""
    global _network
    _network = network


def network() -> Network:
    if _network is None:
        raise NotConnected("no network is connected; this release has one for PORTAL_SANDBOX=1 only")
    return _network
