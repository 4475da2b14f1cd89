"""What a mail server's answer means for a mail, and whose fault a no is, by the stage at which it was given.

Source: RFC 5321, 4.2 (replies) and 4.3.2 (which replies a command has); RFC 4954, 6 (those that ask to sign in);
RFC 3463 (what a status such as 5.1.1 is about).
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import structlog
from aiosmtplib import SMTPException, SMTPResponseException

from portal.messaging.gateways import GatewayUnavailable, MessageRefused

log = structlog.get_logger()

TOO_LARGE, SIGN_IN_FIRST = 552, (530, 535, 538)
NO_MAILBOX = range(550, 555)
ABOUT_A_RECIPIENT = re.compile(r"1\.(?![78]\Z)|2\.|4\.")
"""The address, the mailbox, the way there; 1.7 and 1.8 are our own address."""
UNDEFINED = "0.0"
STATUS = re.compile(r"(?:\A|#)5\.(\d{1,3}\.\d{1,3})\b")
NO_TO_US = re.compile(
    r"\brelay(?:ing)? (?:access |is )?(?:denied|not|prohibited)\b|\b(?:to|not|no) relay\b"
    r"|\b(?:sender|client|helo)\b.{0,60}\b(?:rejected|denied|refused|blocked|verify)\b",
    re.IGNORECASE,
)
"""In the words of Postfix, Exim and Exchange, for servers whose status says less: `Sender address rejected`."""
LONGEST_WORDS = 160
PRIVATE = re.compile(r"\S*@\S*|\w+://\S*|\S*\d{5,}\S*")
"""Addresses, links and long numbers: a server that quotes our mail does not bring it into our records."""


class Stage(StrEnum):
    CONNECTING = "connecting"
    SENDER = "MAIL"
    RECIPIENT = "RCPT"
    DATA = "DATA"
    SENT = "after the mail"


class UnclearAnswer(Exception):
    """The server has the whole mail and said something that is neither yes nor no."""


@contextmanager
def asked(stage: Stage) -> Iterator[None]:
    """Before the final dot: what an answer means, and none means that nothing was taken."""
    try:
        yield
    except SMTPResponseException as answer:
        raise meaning(stage, answer.code, answer.message) from None
    except (SMTPException, OSError) as trouble:
        reason = said(str(trouble)) or type(trouble).__name__
        if is_no_passing_trouble(trouble):
            log.error("mail server cannot be used", stage=stage, reason=reason)  # noqa: TRY400 - it says all
        raise GatewayUnavailable(f"{stage}: {reason}") from None


def is_no_passing_trouble(trouble: Exception) -> bool:
    """A certificate that does not hold, or what we need and the server has not."""
    return isinstance(trouble.__cause__ or trouble, ssl.SSLError) or not isinstance(trouble, OSError)


def meaning(stage: Stage, code: int, words: str) -> Exception:
    """What a no at some stage means for the mail."""
    answer = f"{code} {said(words)}"
    if code >= 500 and is_about_the_mail(stage, code, said(words)):
        return MessageRefused(answer)
    if code >= 500:
        log.error("mail server refuses us", stage=stage, answer=answer)
    if stage is Stage.SENT and not 400 <= code < 600:
        return UnclearAnswer(code)
    return GatewayUnavailable(f"{stage}: {answer}")


def is_about_the_mail(stage: Stage, code: int, words: str) -> bool:
    if stage is Stage.SENDER:
        return code == TOO_LARGE
    if stage is Stage.RECIPIENT:
        return is_about_the_recipient(code, words)
    return stage is not Stage.CONNECTING and code not in SIGN_IN_FIRST


def is_about_the_recipient(code: int, words: str) -> bool:
    """Servers wait for the recipient before they say what they have against us (Postfix, smtpd_delay_reject)."""
    if NO_TO_US.search(words):
        return False
    status = found[1] if (found := STATUS.search(words)) else UNDEFINED
    return bool(ABOUT_A_RECIPIENT.match(status)) or (status == UNDEFINED and code in NO_MAILBOX)


def said(words: str) -> str:
    """A server's words on one line."""
    printable = "".join(character if character.isprintable() else " " for character in words)
    return " ".join(PRIVATE.sub("…", printable).split())[:LONGEST_WORDS]
