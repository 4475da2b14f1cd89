"""What the doctor asks of the ways out: SMS, e-mail and letters."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from portal import clock
from portal.billing.upn.latin2 import latin2
from portal.billing.upn.order import LONGEST_NAME
from portal.cli.findings import Finding, fault, fine, warning
from portal.hosts import is_this_machine
from portal.messaging.undelivered import REFUSED, UNKNOWN, Count, counts, longest_wait
from portal.settings import Settings

CONNECT_SECONDS = 3.0
LONGEST_WAIT = timedelta(minutes=10)
LONGEST_ORIGIN = 31
"""With which every SMS keeps within its segments, as its message.toml tells them (tests/messaging)."""


def of_settings(known: Settings) -> Iterator[Finding]:
    """What is configured."""
    yield from of_gateway(known)
    yield from of_mail(known)
    yield from of_folders(known)
    yield from of_payee(known)


def of_gateway(known: Settings) -> Iterator[Finding]:
    """Without a good SMS_CALLBACK_TOKEN no process starts."""
    if known.sms_gateway_url is None:
        yield fault(
            "no SMS gateway is connected: nobody can sign in",
            "Set SMS_GATEWAY_URL, SMS_GATEWAY_USER and SMS_GATEWAY_PASSWORD to Kannel's sendsms service.",
        )
        return
    where = urlsplit(known.sms_gateway_url)
    if where.scheme == "http" and not is_this_machine(where.hostname or ""):
        yield warning(
            "SMS_GATEWAY_URL is http:// to another machine: codes and the password cross the network in the open",
            "Use https://, or a gateway on this machine.",
        )
    if len(known.origin) > LONGEST_ORIGIN:
        yield warning(
            f"PORTAL_URL has {len(known.origin)} characters: SMS with a link or a code may take a part more",
            f"Take a name of at most {LONGEST_ORIGIN} characters, https:// included, if each part costs.",
        )


def of_mail(known: Settings) -> Iterator[Finding]:
    """What is wrong with an address or a key stops every process from starting."""
    if known.smtp_url is None:
        yield warning("SMTP_URL is unset: no e-mail is sent", "Set it: smtps://user:password@mail.example.si")
    elif known.dkim_key_file is None:
        yield warning("no DKIM key: mail may be taken for spam", "Set DKIM_KEY_FILE and DKIM_SELECTOR.")


def of_folders(known: Settings) -> Iterator[Finding]:
    if not can_hold(known.letters_dir):
        yield fault(f"letters cannot be laid into {known.letters_dir}", "Check LETTERS_DIR and its owner.")
    if not can_hold(known.handover_dir):
        yield fault(f"handovers cannot be laid into {known.handover_dir}", "Check HANDOVER_DIR and its owner.")
    if not can_hold(known.proofs_dir):
        yield fault(f"proofs of payment cannot be kept in {known.proofs_dir}", "Check PROOFS_DIR and its owner.")


def can_hold(folder: Path) -> bool:
    """It can be written to, or made."""
    standing_on = next(path for path in (folder, *folder.parents) if path.exists())
    return standing_on.is_dir() and os.access(standing_on, os.W_OK | os.X_OK)


def of_payee(known: Settings) -> Iterator[Finding]:
    """With a wrong PAYEE_IBAN no process starts."""
    asked = ("payee_name", "payee_street", "payee_city", "payee_iban", "payee_vat_id")
    missing = [name for name in asked if not getattr(known, name)]
    if missing:
        yield fault(
            f"{', '.join(map(str.upper, missing))} unset: bills, letters and the answer to RACUN name whom to pay",
            "Set them as they stand on a payment form; the law asks for the VAT ID on every bill (ZDDV-1, article 82).",
        )
    for name in ("payee_name", "payee_street", "payee_city"):
        value = getattr(known, name)
        if len(latin2(value, len(value) + LONGEST_NAME)) > LONGEST_NAME:
            yield warning(
                f"{name.upper()} is longer than a payment form takes: UPN QR codes say «{latin2(value, LONGEST_NAME)}»",
                f"Shorten it to {LONGEST_NAME} characters by which the bank still knows it.",
            )


async def reached(known: Settings) -> AsyncIterator[Finding]:
    """What answers."""
    if known.sms_gateway_url is not None:
        where = urlsplit(known.sms_gateway_url)
        port = where.port or (443 if where.scheme == "https" else 80)
        yield await reachable("SMS gateway", where.hostname or "", port, "Start Kannel, or check SMS_GATEWAY_URL.")
    if known.mail_server is not None:
        yield await reachable("mail server", known.mail_server.host, known.mail_server.port, "Check SMTP_URL.")


async def reachable(what: str, host: str, port: int, mend: str) -> Finding:
    """Its port takes connections."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        return fault(f"the {what} does not answer at {host}:{port}: {error or type(error).__name__}", mend)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return fine(f"{what}: answers at {host}:{port}")


async def messages() -> Finding:
    """How they stand."""
    at = clock.now()
    counted = await counts(at)
    wait = longest_wait(counted, at)
    if wait > LONGEST_WAIT:
        minutes = wait.total_seconds() / 60
        return warning(f"a message has waited for {minutes:.0f} minutes", "Look at it: portal messages waiting")
    in_doubt, refused = total(counted, UNKNOWN), total(counted, REFUSED)
    if in_doubt or refused:
        return warning(
            f"{in_doubt} messages in doubt, {refused} refused or failed in the last 30 days",
            "Look at them: portal messages unknown, portal messages refused",
        )
    return fine("messages: none is in doubt, refused or late")


def total(counted: Sequence[Count], states: Sequence[str]) -> int:
    return sum(one.messages for one in counted if one.state in states)
