"""An address or a token of the operator's network that is unsafe or unreadable does not start a process."""

from __future__ import annotations

from typing import Any

import pytest

from portal.settings import Settings
from tests.test_settings import ON_THIS_MACHINE, RIGHT, faults

URL = "https://activation.example.si/tmf-api/ServiceActivationAndConfiguration/v4"
UNREADABLE = "NETWORK_URL is https://host/…/v4, without a user, a password or a query in it"
IN_THE_CLEAR = "NETWORK_URL has to begin with https://: orders and the token cross the network"
AWAY = "PORTAL_SANDBOX=1 switches nobody's line: NETWORK_URL has to be on loopback"
TOKEN = "NETWORK_TOKEN is no bearer token: letters, digits and ._~+/- only"


@pytest.mark.parametrize(
    "url", [URL, f"{URL}/", "https://10.1.2.3:8443/v4", "http://127.0.0.1:8080/v4", "http://[::1]/v4"]
)
def test_a_network_over_tls_or_on_this_machine_starts(url: str) -> None:
    assert Settings(**RIGHT, network_url=url).network_url == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v4", "http://localhost/v4", "https://[::1]/v4"])
def test_the_sandbox_may_have_a_network_on_this_machine(url: str) -> None:
    assert Settings(**RIGHT | ON_THIS_MACHINE, network_url=url).network_url == url


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"network_url": "http://activation.example.si/v4"}, IN_THE_CLEAR),
        ({"network_url": "http://10.1.2.3/v4"}, IN_THE_CLEAR),
        ({"network_url": "http://127.0.0.1.example.si/v4"}, IN_THE_CLEAR),
        ({"network_url": "ftp://activation.example.si/v4"}, UNREADABLE),
        ({"network_url": "activation.example.si/v4"}, UNREADABLE),
        ({"network_url": "https://"}, UNREADABLE),
        ({"network_url": "https://a:b@activation.example.si/v4"}, UNREADABLE),
        ({"network_url": f"{URL}?tenant=1"}, UNREADABLE),
        ({"network_url": f"{URL}#service"}, UNREADABLE),
        ({"network_url": "https://activation.example.si:many/v4"}, UNREADABLE),
        ({"network_url": "https://activation.example.si/v4 "}, UNREADABLE),
        ({"network_url": "https://[activation/v4"}, UNREADABLE),
        ({"network_url": URL, "network_token": "two words"}, TOKEN),
        ({"network_url": URL, "network_token": "a\r\nX-Evil: 1"}, TOKEN),
        ({"network_url": URL, "network_token": "žeton"}, TOKEN),
        (ON_THIS_MACHINE | {"network_url": URL}, AWAY),
    ],
)
def test_an_unsafe_network_does_not_start(changed: dict[str, Any], fault: str) -> None:
    assert faults(**changed) == [fault]


def test_the_token_is_not_told() -> None:
    known = Settings(**RIGHT, network_url=URL, network_token="eyJhbGciOi.J9.sig-_~+/==")

    assert "eyJ" not in repr(known)
