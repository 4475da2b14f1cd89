"""Which network this process has: what the environment names. A second kind of network is chosen here."""

from __future__ import annotations

from portal.network import port
from portal.network.tmf640.adapter import Tmf640Network
from portal.settings import settings


def connect() -> None:
    """Put the operator's network behind the port where it is named; what stood there otherwise stays."""
    if network := Tmf640Network.from_settings(settings()):
        port.use(network)
