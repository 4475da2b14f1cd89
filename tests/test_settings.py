"""Settings that are unsafe or incomplete do not start a process, and say what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from portal.cli.running import sentences
from portal.settings import Settings

RIGHT: dict[str, Any] = {
    "portal_url": "https://moj.example.si",
    "portal_secret_key": "0123456789abcdefghijklmnopqrstuvwxyz",
    "portal_sandbox": False,
    "stripe_test_allowed": False,
    "stripe_api_key": "sk_live_1",
    "stripe_webhook_secret": "whsec_1",
}
ON_THIS_MACHINE: dict[str, Any] = {
    "portal_url": "http://127.0.0.1:8000",
    "portal_sandbox": True,
    "stripe_api_key": "sk_test_1",
}


def faults(**changed: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Settings(**RIGHT | changed)
    return sentences(refused.value)


def test_an_operator_s_settings_start() -> None:
    assert Settings(**RIGHT).link("/bills") == "https://moj.example.si/bills"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_the_sandbox_starts_on_loopback(url: str) -> None:
    assert Settings(**RIGHT | ON_THIS_MACHINE | {"portal_url": url}).is_loopback


ELSEWHERE = "PORTAL_SANDBOX=1 is for loopback only, PORTAL_URL is elsewhere"
NETWORKS = "PORTAL_PROXIES is a list of networks, such as 127.0.0.1/32, 10.0.0.0/8"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"portal_url": "http://moj.example.si"}, "PORTAL_URL has to begin with https://"),
        (
            {"stripe_api_key": "sk_test_1"},
            "STRIPE_API_KEY is a test key: its cards would settle real bills. For staging: STRIPE_TEST_ALLOWED=1",
        ),
        ({"portal_secret_key": "short"}, "PORTAL_SECRET_KEY needs at least 32 characters"),
        ({"stripe_api_key": None}, "STRIPE_API_KEY is missing"),
        ({"stripe_webhook_secret": None}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"portal_sandbox": True}, ELSEWHERE),
        (ON_THIS_MACHINE | {"portal_url": "http://127.0.0.1.example.si"}, ELSEWHERE),
        (ON_THIS_MACHINE | {"stripe_api_key": "rk_live_1"}, "PORTAL_SANDBOX=1 refuses a live Stripe key"),
        ({"portal_proxies": "10.0.0.0/8, everybody"}, NETWORKS),
    ],
)
def test_what_is_unsafe_does_not_start(changed: dict[str, Any], sentence: str) -> None:
    assert sentence in faults(**changed)


def test_several_faults_are_said_at_once() -> None:
    assert len(faults(portal_url="http://moj.example.si", portal_secret_key="short")) == 2


def test_what_is_missing_is_called_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_URL")

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert sentences(refused.value) == ["PORTAL_URL is missing"]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(Settings(**RIGHT | {"database_url": "postgresql://portal:hunter2@db/portal"}))

    assert "0123456789" not in shown
    assert "sk_live" not in shown
    assert "hunter2" not in shown
