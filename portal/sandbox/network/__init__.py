"""A stand-in for the operator's network, line by line as well-behaved as one chooses."""

from portal.sandbox.network.behaviours import Behaviour, behave, bring_up, take_down
from portal.sandbox.network.exchange import SandboxNetwork
from portal.sandbox.network.later import finish
from portal.sandbox.network.state import NetworkLine, NetworkService, bar, has_services, set_service

__all__ = [
    "Behaviour",
    "NetworkLine",
    "NetworkService",
    "SandboxNetwork",
    "bar",
    "behave",
    "bring_up",
    "finish",
    "has_services",
    "set_service",
    "take_down",
]
