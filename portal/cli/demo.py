"""`portal demo`: the portal with invented people, on this machine only. `bin/demo` is `portal demo start`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

VAR = Path(__file__).resolve().parents[2] / "var"
KEY = VAR / "secret-key"
PORT = 8000
PAYEE = {
    "PAYEE_NAME": "Moj A1, d. o. o.",
    "PAYEE_STREET": "Zgledna ulica 1",
    "PAYEE_CITY": "1000 Ljubljana",
    "PAYEE_IBAN": "SI56191000000123438",
    "PAYEE_VAT_ID": "SI12345679",
}
"""An operator that there is not; the account is the example of the IBAN registry (SWIFT) for Slovenia."""
NOT_THE_DEMOS = (
    *PAYEE,
    *("DATABASE_URL", "PORTAL_URL", "PORTAL_SECRET_KEY", "STRIPE_API_BASE"),
    *("SMS_GATEWAY_URL", "SMTP_URL", "LETTERS_DIR", "PROOFS_DIR", "HANDOVER_DIR"),
    *("SIGNING_KEYS_DIR", "SIGNING_KEYS_PASSPHRASE", "SIGNING_TSA_URL", "SIGNING_TSA_CERTIFICATES"),
    *("ORDERS_TOKEN", "STAFF_EMAIL"),
)
"""What another portal on this machine may have set: the demo must not reach its database, its keys, anybody's telephone
or a print house."""
ORDERS_TOKEN = "orders-of-the-demo"  # noqa: S105 - it opens the demo, which listens on this machine only
STAFF_EMAIL = "prodaja@moj.example"


@click.group
def demo() -> None:
    """The portal with invented people, on this machine only."""


@demo.command
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1024, 65535))
@click.option("--reset", is_flag=True, help="Throw away what is there and begin anew.")
def start(port: int, reset: bool) -> None:
    """Start the database, the pages and the worker, and say who can sign in."""
    set_environment(port)
    from portal.cli import demonstrating  # here: it reads the environment that was just set

    demonstrating.run(port, reset=reset)


@demo.command
@click.option("--customers", default=0, type=click.IntRange(0, 999_999), help="That many more, for measuring.")
@click.option("--reset", is_flag=True, help="Throw away what is there and begin anew.")
def seed(customers: int, reset: bool) -> None:
    """Write the demo's people, and any number of others with three years of bills each."""
    set_environment(PORT)
    from portal.cli import seeding  # here: it reads the environment that was just set

    seeding.run(customers, reset=reset)


def set_environment(port: int) -> None:
    """Settings of the demo. An environment with PORTAL_SANDBOX=1 is left as it is; any other is not touched by it."""
    if os.environ.get("PORTAL_SANDBOX") != "1":
        for name in NOT_THE_DEMOS:
            os.environ.pop(name, None)
    url = os.environ.setdefault("PORTAL_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("PORTAL_SECRET_KEY", secret_key())
    os.environ.setdefault("STRIPE_API_BASE", f"{url}/sandbox/stripe")
    for name, value in PAYEE.items():
        os.environ.setdefault(name, value)
    os.environ["LETTERS_DIR"] = os.environ.get("LETTERS_DIR") or str(private_folder("demo-letters"))
    os.environ["HANDOVER_DIR"] = os.environ.get("HANDOVER_DIR") or str(private_folder("demo-handover"))
    os.environ["PROOFS_DIR"] = os.environ.get("PROOFS_DIR") or str(private_folder("demo-proofs"))
    os.environ.setdefault("SIGNING_TSA_URL", f"{url}/sandbox/tsa")
    os.environ.setdefault("ORDERS_TOKEN", ORDERS_TOKEN)
    os.environ.setdefault("STAFF_EMAIL", STAFF_EMAIL)
    if "SIGNING_KEYS_DIR" not in os.environ:
        os.environ |= signing_keys(url)
    os.environ |= {
        "PORTAL_SANDBOX": "1",
        "PORTAL_EMBEDDED_STOP": "1",
        "STRIPE_API_KEY": "sk_test_sandbox",
        "STRIPE_WEBHOOK_SECRET": "whsec_sandbox",
        "XDG_RUNTIME_DIR": str(private_folder("run")),
    }


def secret_key() -> str:
    """Made once, so that who is signed in stays so over a restart."""
    return kept_secret(KEY)


def signing_keys(url: str) -> dict[str, str]:
    """Where the demo's keys are, made at its first start, and what opens them."""
    folder, passphrase = VAR / "demo-signing", kept_secret(VAR / "signing-passphrase")
    if not (folder / "root.crt").exists():
        from portal import clock  # here: the keys are made once, and cryptography takes a while
        from portal.signing.pki.ceremony import Ceremony

        made = Ceremony(folder, passphrase.encode(), PAYEE["PAYEE_NAME"], url, is_demo=True)
        made.hold(clock.now())
    return {"SIGNING_KEYS_DIR": str(folder), "SIGNING_KEYS_PASSPHRASE": passphrase}


def kept_secret(file: Path) -> str:
    if not file.exists():
        private_folder(".")
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


def private_folder(name: str) -> Path:
    folder = VAR / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
