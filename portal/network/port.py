"""The operator's network, as far as we ask anything of it: a port. A line is named by its number or code.

Both what is barred for debts and the services that customers switch are desired states: ordered whole, and ordered
again without harm. They never meet: what a customer bars themselves is a service, and no profile touches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from portal.network.tables import Profile, Setting


class NetworkTimeout(Exception):
    """It did not answer: whether it did what we asked is unknown until we have looked."""


class NetworkRefused(Exception):
    """It said no and will say no again; the reason is for staff. `code`: its short name for why, where it has one."""

    def __init__(self, reason: str, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class OrderForgotten(LookupError):
    """The network knows nothing of an order that it took: what the line has tells whether it did it."""


class Became(StrEnum):
    """What a network that took an order says of it later. Done is no proof: what the line has is read back."""

    UNDER_WAY = "under_way"
    DONE = "done"


class Network(Protocol):
    """Desired states in, observed states out. All may raise NetworkTimeout.

    An order that the network takes and does later is answered by where it tells what becomes of it.
    """

    async def apply(self, line: str, profile: Profile, reference: str) -> str | None:
        """Make the line's barring exactly `profile`. The same again changes nothing. May raise NetworkRefused."""

    async def profile_of(self, line: str) -> Profile:
        """What the line has now."""

    async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:
        """Make the service of the line exactly `setting`. The same again changes nothing. May raise NetworkRefused."""

    async def services_of(self, line: str) -> Mapping[str, Setting]:
        """How all services of the line are set now; one that is missing is off. Names and values: 40 characters."""

    async def became(self, under_way: str) -> Became:
        """What became of an order that was taken. Raises NetworkRefused where it failed, or OrderForgotten."""


class NotConnected(Exception):
    """No network was given to this process."""


_network: Network | None = None


def use(network: Network | None) -> None:
    """Give this process its network."""
    global _network
    _network = network


def network() -> Network:
    if _network is None:
        raise NotConnected("no network is connected: NETWORK_URL names none")
    return _network
