"""Everything the environment can set. The process refuses to start on what is missing or unsafe."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal import mail_settings, network_settings, signing_settings, sms_settings
from portal.hosts import is_this_machine

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
SHORTEST_TOKEN = 16


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
    voice_callback_token: SecretStr | None = None
    sms_sender: str = ""
    sms_sender_codes: str = ""
    sms_sender_collections: str = ""
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    dkim_key_file: Path | None = None
    dkim_selector: str | None = None
    network_url: str | None = None
    network_token: SecretStr | None = None
    letters_dir: Path = ROOT / "var" / "letters"
    handover_dir: Path = ROOT / "var" / "handover"
    proofs_dir: Path = ROOT / "var" / "proofs"
    payee_name: str = ""
    payee_street: str = ""
    payee_city: str = ""
    payee_iban: str = ""
    payee_vat_id: str = ""
    bank_dir: Path | None = None
    bank_ibans: str = ""
    signing_keys_dir: Path | None = None
    signing_keys_passphrase: SecretStr | None = None
    signing_tsa_url: str | None = None
    signing_tsa_certificates: Path | None = None
    orders_token: SecretStr | None = None
    staff_email: str | None = None

    @model_validator(mode="after")
    def safe_to_start(self) -> Self:
        faults = list(self.faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def faults(self) -> Iterator[str]:
        """What makes these settings unfit to run with, one sentence each."""
        if len(self.secret_key) < SHORTEST_KEY:
            yield f"PORTAL_SECRET_KEY needs at least {SHORTEST_KEY} characters"
        yield from self.address_faults()
        yield from self.stripe_faults()
        yield from self.payee_faults()
        yield from self.sms_faults()
        yield from self.mail_faults()
        token = revealed(self.network_token)
        yield from network_settings.faults(self.network_url, token, is_sandbox=self.portal_sandbox)
        yield from self.signing_faults()

    def address_faults(self) -> Iterator[str]:
        if self.portal_sandbox and not self.is_loopback:
            yield "PORTAL_SANDBOX=1 is for loopback only, PORTAL_URL is elsewhere"
        if not self.portal_sandbox and not self.is_https:
            yield "PORTAL_URL has to begin with https://"
        if not self.has_readable_proxies:
            yield "PORTAL_PROXIES is a list of networks, such as 127.0.0.1/32, 10.0.0.0/8"

    def stripe_faults(self) -> Iterator[str]:
        if self.portal_sandbox and self.has_live_stripe_key:
            yield "PORTAL_SANDBOX=1 refuses a live Stripe key"
        if self.has_test_stripe_key and not (self.portal_sandbox or self.stripe_test_allowed):
            yield "STRIPE_API_KEY is a test key: its cards would settle real bills. For staging: STRIPE_TEST_ALLOWED=1"
        if not self.portal_sandbox and self.stripe_api_key is None:
            yield "STRIPE_API_KEY is missing"
        if self.stripe_api_key is not None and self.stripe_webhook_secret is None:
            yield "STRIPE_WEBHOOK_SECRET is missing"

    def payee_faults(self) -> Iterator[str]:
        if self.payee_iban and not is_iban(self.payee_iban):
            yield "PAYEE_IBAN is no IBAN: customers would pay into nowhere"
        if not all(map(is_iban, self.our_ibans - {compact_iban(self.payee_iban)})):
            yield "BANK_IBANS is a list of IBANs, separated by commas"

    def sms_faults(self) -> Iterator[str]:
        url, password = self.sms_gateway_url, self.sms_gateway_password.get_secret_value()
        if url is not None:
            yield from sms_settings.gateway_faults(url, self.sms_gateway_user, password, is_sandbox=self.portal_sandbox)
        yield from sms_settings.token_faults(revealed(self.sms_callback_token), is_sending=url is not None)
        if self.voice_callback_token is not None and len(self.voice_callback_token.get_secret_value()) < SHORTEST_TOKEN:
            yield f"VOICE_CALLBACK_TOKEN needs at least {SHORTEST_TOKEN} characters"
        senders = {
            "SMS_SENDER": self.sms_sender,
            "SMS_SENDER_CODES": self.sms_sender_codes,
            "SMS_SENDER_COLLECTIONS": self.sms_sender_collections,
        }
        yield from sms_settings.sender_faults(senders, self.portal_operator, is_sending=url is not None)

    def mail_faults(self) -> Iterator[str]:
        return mail_settings.faults(
            revealed(self.smtp_url),
            self.mail_from,
            self.dkim_key_file,
            self.dkim_selector,
            is_sandbox=self.portal_sandbox,
        )

    def signing_faults(self) -> Iterator[str]:
        passphrase = revealed(self.signing_keys_passphrase)
        yield from signing_settings.key_faults(self.signing_keys_dir, passphrase)
        yield from signing_settings.timestamper_faults(self.signing_tsa_url, is_sandbox=self.portal_sandbox)
        yield from signing_settings.order_faults(revealed(self.orders_token), self.staff_email)

    @property
    def payee(self) -> str:
        """Who is paid, and who stands on top of a letter."""
        return self.payee_name or self.portal_operator

    @cached_property
    def our_ibans(self) -> frozenset[str]:
        """The accounts whose statements are ours, without spaces (`BANK_IBANS`, else `PAYEE_IBAN`)."""
        written = self.bank_ibans or self.payee_iban
        return frozenset(compact_iban(part) for part in written.split(",") if part.strip())

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
    def address(self) -> str:
        """`moj.example`, as one types it: with the port where it has one of its own."""
        return urlsplit(self.portal_url).netloc

    @cached_property
    def origin(self) -> str:
        """`https://moj.example`: scheme, host and port without a path."""
        parts = urlsplit(self.portal_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_loopback(self) -> bool:
        return is_this_machine(self.host)

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

    def link(self, path: str) -> str:
        """An absolute link to a page of ours, for messages and for Stripe. Never made from a request's Host."""
        return f"{self.origin}{path}"


def compact_iban(text: str) -> str:
    return "".join(text.split()).upper()


def is_iban(text: str) -> bool:
    from stdnum import iban  # here: it takes 50 ms, which a process without one can do without

    return bool(iban.is_valid(text))


def revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings()  # pyright: ignore[reportCallIssue] - the fields come from the environment
