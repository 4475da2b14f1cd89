"""E-mail as settings name it: the server that takes it (`SMTP_URL`), whom it is from (`MAIL_FROM`), its key (DKIM).

Sources: RFC 5321 and 5322 (addresses), RFC 6376 and 8301 (DKIM keys), RFC 3207 (STARTTLS).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.hosts import is_this_machine

SUBMISSION, SUBMISSIONS = 587, 465
SHORTEST_KEY_BITS = 1024

# Without quotes, comments and blanks, which nobody's address needs: so it stands in a header or a command as it is.
_PART = r"[^\x00-\x20\x7f-\xa0()<>\[\]\\,;:\"@.\s]+"
_ADDRESS = re.compile(rf"\A(?=.{{3,320}}\Z){_PART}(?:\.{_PART})*@{_PART}(?:\.{_PART})*\Z")
_SELECTOR = re.compile(r"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z", re.IGNORECASE)
_SENDER = re.compile(r"\A(?:\"?(?P<name>[^\x00-\x1f\x7f<>\"]*?)\"?\s*<(?P<inside>[^<>]+)>|(?P<bare>\S+))\Z")


T = TypeVar("T", "MailServer", "Sender")


class Tls(StrEnum):
    """How the way to the server is encrypted. `offered`: by STARTTLS where the server has it."""

    FROM_THE_START = "smtps"
    REQUIRED = "required"
    OFFERED = "offered"
    OFF = "off"


def wire_address(address: str) -> str:
    """The address as SMTP writes it: a domain with letters such as č in its ASCII form (RFC 5890).

    Raises ValueError for what is no address.
    """
    if not _ADDRESS.match(address):
        raise ValueError("not an e-mail address")
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox}@{domain.encode('idna').decode()}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom our mail is from."""

    name: str
    address: str

    @classmethod
    def read(cls, text: str) -> Self:
        """`Moj A1 <moj@operator.si>` or a bare address, in ASCII. Raises ValueError."""
        found = _SENDER.match(text.strip())
        if found is None:
            raise ValueError("no sender")
        address = wire_address(found["bare"] or found["inside"])
        if not address.isascii():
            raise ValueError("a sender everybody can answer")
        return cls(found["name"] or "", address)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `user` is empty where the server asks for nobody."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> Self:
        """`smtp://user:password@host:587?starttls=required` or `smtps://host`. Raises ValueError without the words
        of the address: there is a password in it.
        """
        try:
            parts = urlsplit(url)
            port, options = parts.port, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        except ValueError:
            raise ValueError("unreadable") from None
        if not parts.hostname or parts.path.strip("/") or parts.fragment:
            raise ValueError("unreadable")
        tls = way(parts.scheme, options)
        port = port or (SUBMISSIONS if tls is Tls.FROM_THE_START else SUBMISSION)
        return cls(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def is_on_this_machine(self) -> bool:
        return is_this_machine(self.host)

    @property
    def tells_its_password(self) -> bool:
        """Whether everybody on the way could read it."""
        return bool(self.user) and self.tls is Tls.OFF and not self.is_on_this_machine


def way(scheme: str, options: dict[str, str]) -> Tls:
    if scheme == "smtps" and not options:
        return Tls.FROM_THE_START
    if scheme == "smtp" and options.keys() <= {"starttls"}:
        starttls = Tls(options.get("starttls", Tls.OFFERED))
        if starttls is not Tls.FROM_THE_START:
            return starttls
    raise ValueError("unreadable")


def faults(
    smtp_url: str | None,
    mail_from: str | None,
    key_file: Path | None,
    selector: str | None,
    *,
    is_sandbox: bool = False,
) -> Iterator[str]:
    """What makes these settings unfit to send mail with, one sentence each, without a password."""
    server = read(MailServer, smtp_url)
    if smtp_url and server is None:
        yield (
            "SMTP_URL is smtp://user:password@host:587, with ?starttls=required or off if need be, or smtps://…:465,"
            " and special characters of the password as in %40"
        )
    if server and server.tells_its_password:
        yield "SMTP_URL would send its password in the clear: leave starttls=off away"
    if server and is_sandbox and not server.is_on_this_machine:
        yield "PORTAL_SANDBOX=1 sends nothing away: SMTP_URL has to be on loopback"
    if smtp_url and not mail_from:
        yield "MAIL_FROM is missing"
    if mail_from and read(Sender, mail_from) is None:
        yield "MAIL_FROM is an address such as Moj A1 <moj@operator.si>"
    yield from key_faults(key_file, selector)


def read(kind: type[T], text: str | None) -> T | None:
    try:
        return kind.read(text) if text else None
    except ValueError:
        return None


def key_faults(key_file: Path | None, selector: str | None) -> Iterator[str]:
    if (key_file is None) != (selector is None):
        yield "DKIM_KEY_FILE and DKIM_SELECTOR go together"
    if selector is not None and not _SELECTOR.match(selector):
        yield "DKIM_SELECTOR is a name in the DNS, such as moj2026"
    if key_file is not None and not is_signing_key(content(key_file)):
        yield f"DKIM_KEY_FILE has to be a readable RSA key in PEM of at least {SHORTEST_KEY_BITS} bits"


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def is_signing_key(pem: bytes) -> bool:
    """Whether it is an RSA key in PEM, long enough to be believed (RFC 8301, 3.2)."""
    from dkim.crypto import parse_pem_private_key  # here: it takes 0.2 s, which a process without a key can do without

    try:
        return int(parse_pem_private_key(pem)["modulus"]).bit_length() >= SHORTEST_KEY_BITS
    except Exception:  # noqa: BLE001 - it has an exception of its own for each kind of nonsense
        return False
