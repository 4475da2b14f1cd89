"""Everything the environment can set. The process refuses to start on what is missing or unsafe."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal import mail_settings, sms_settings

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
SHORTEST_TOKEN = 16
TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST_TOKEN},}}")


class Settings(BaseSettings):
    """Read once at start; see the table of variables in the README."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: SecretStr | None = None
    database_pool_size: int = Field(default=16, ge=2, le=200)
    portal_url: str
    portal_secret_key: SecretStr
    portal_sandbox: bool = False
    portal_proxies: str = ""
    portal_operator: str = "Moj A1"
    portal_care_number: str = "040 40 40 40"
    portal_collections_number: str = "040 40 40 85"
    portal_collections_email: str = "izterjave@a1.si"
    stripe_api_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_api_base: str = "https://api.stripe.com"
    stripe_test_allowed: bool = False
    sms_gateway_url: str | None = None
    sms_gateway_user: str = ""
    sms_gateway_password: SecretStr = SecretStr("")
    sms_callback_token: SecretStr | None = None
    sms_sender: str = ""
    sms_sender_codes: str = ""
    sms_sender_collections: str = ""
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    dkim_key_file: Path | None = None
    dkim_selector: str | None = None
    letters_dir: Path = ROOT / "var" / "letters"
    payee_name: str = ""
    payee_street: str = ""
    payee_city: str = ""
    payee_iban: str = ""

    @model_validator(mode="after")
    def safe_to_start(self) -> Self:
        faults = list(self.faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def faults(self) -> list[str]:
        """What makes these settings unfit to run with, one sentence each."""
        checks = [
            (len(self.secret_key) < SHORTEST_KEY, f"PORTAL_SECRET_KEY needs at least {SHORTEST_KEY} characters"),
            (
                self.portal_sandbox and not self.is_loopback,
                "PORTAL_SANDBOX=1 is for loopback only, PORTAL_URL is elsewhere",
            ),
            (self.portal_sandbox and self.has_live_stripe_key, "PORTAL_SANDBOX=1 refuses a live Stripe key"),
            (
                self.has_test_stripe_key and not (self.portal_sandbox or self.stripe_test_allowed),
                "STRIPE_API_KEY is a test key: its cards would settle real bills. For staging: STRIPE_TEST_ALLOWED=1",
            ),
            (not self.has_readable_proxies, "PORTAL_PROXIES is a list of networks, such as 127.0.0.1/32, 10.0.0.0/8"),
            (not self.portal_sandbox and not self.is_https, "PORTAL_URL has to begin with https://"),
            (not self.portal_sandbox and self.stripe_api_key is None, "STRIPE_API_KEY is missing"),
            (
                self.stripe_api_key is not None and self.stripe_webhook_secret is None,
                "STRIPE_WEBHOOK_SECRET is missing",
            ),
            (
                not self.has_readable_sms_gateway,
                "SMS_GATEWAY_URL is http://host:13013, without a user, a password or a query in it",
            ),
            (
                self.portal_sandbox and not self.has_sms_gateway_here,
                "PORTAL_SANDBOX=1 sends nothing away: SMS_GATEWAY_URL has to be on loopback",
            ),
            (
                not self.has_fit_callback_token,
                f"SMS_CALLBACK_TOKEN needs at least {SHORTEST_TOKEN} letters and digits, it stands in addresses",
            ),
            (
                bool(self.payee_iban) and not is_iban(self.payee_iban),
                "PAYEE_IBAN is no IBAN: customers would pay into nowhere",
            ),
        ]
        senders = {
            "SMS_SENDER": self.sms_sender,
            "SMS_SENDER_CODES": self.sms_sender_codes,
            "SMS_SENDER_COLLECTIONS": self.sms_sender_collections,
        }
        smtp_url = self.smtp_url.get_secret_value() if self.smtp_url else None
        return [
            *(sentence for wrong, sentence in checks if wrong),
            *sms_settings.faults(senders, self.portal_operator, is_sending=self.sms_gateway_url is not None),
            *self.gateway_faults(),
            *mail_settings.faults(
                smtp_url, self.mail_from, self.dkim_key_file, self.dkim_selector, is_sandbox=self.portal_sandbox
            ),
        ]

    def gateway_faults(self) -> Iterator[str]:
        if self.sms_gateway_url and self.has_readable_sms_gateway:
            password = self.sms_gateway_password.get_secret_value()
            yield from sms_settings.gateway_faults(self.sms_gateway_url, self.sms_gateway_user, password)

    @property
    def payee(self) -> str:
        """Who is paid, and who stands on top of a letter."""
        return self.payee_name or self.portal_operator

    @cached_property
    def sender(self) -> mail_settings.Sender:
        """Whom our e-mail is from. Without MAIL_FROM it leaves the sandbox nowhere."""
        named = mail_settings.Sender.read(self.mail_from or "moj@localhost")
        return named if named.name else mail_settings.Sender(self.portal_operator, named.address)

    @cached_property
    def mail_server(self) -> mail_settings.MailServer | None:
        return mail_settings.MailServer.read(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def secret_key(self) -> bytes:
        return self.portal_secret_key.get_secret_value().encode()

    @property
    def is_https(self) -> bool:
        return urlsplit(self.portal_url).scheme == "https"

    @cached_property
    def host(self) -> str:
        return urlsplit(self.portal_url).hostname or ""

    @cached_property
    def origin(self) -> str:
        """`https://moj.example`: scheme, host and port without a path."""
        parts = urlsplit(self.portal_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_loopback(self) -> bool:
        return self.host == "localhost" or _is_loopback_address(self.host)

    @property
    def has_test_stripe_key(self) -> bool:
        return self.stripe_api_key is not None and "_test_" in self.stripe_api_key.get_secret_value()

    @property
    def has_live_stripe_key(self) -> bool:
        return self.stripe_api_key is not None and "_live_" in self.stripe_api_key.get_secret_value()

    @cached_property
    def trusted_proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Networks of the reverse proxies whose X-Forwarded-For is believed (`PORTAL_PROXIES`, comma separated)."""
        return tuple(ipaddress.ip_network(part.strip()) for part in self.portal_proxies.split(",") if part.strip())

    @property
    def has_readable_proxies(self) -> bool:
        try:
            return self.trusted_proxies is not None
        except ValueError:
            return False

    @property
    def has_readable_sms_gateway(self) -> bool:
        if self.sms_gateway_url is None:
            return True
        try:
            parts = urlsplit(self.sms_gateway_url)
            has_port = parts.port != 0
        except ValueError:
            return False
        more = (parts.username, parts.password, parts.query, parts.fragment)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and has_port and not any(more)

    @property
    def has_sms_gateway_here(self) -> bool:
        """True also where there is none, or one that cannot be read, which another fault is for."""
        if self.sms_gateway_url is None or not self.has_readable_sms_gateway:
            return True
        host = urlsplit(self.sms_gateway_url).hostname or ""
        return host == "localhost" or _is_loopback_address(host)

    @property
    def has_fit_callback_token(self) -> bool:
        """A gateway has to have one; it is written into addresses that the gateway fills in at each %."""
        if self.sms_callback_token is None:
            return self.sms_gateway_url is None
        return TOKEN.fullmatch(self.sms_callback_token.get_secret_value()) is not None

    def link(self, path: str) -> str:
        """An absolute link to a page of ours, for messages and for Stripe. Never made from a request's Host."""
        return f"{self.origin}{path}"


def is_iban(text: str) -> bool:
    from stdnum import iban  # here: it takes 50 ms, which a process without one can do without

    return bool(iban.is_valid(text))


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings()  # pyright: ignore[reportCallIssue] - the fields come from the environment
