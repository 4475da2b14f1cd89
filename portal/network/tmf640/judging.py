"""What an answer that is not «done» means: no, or unknown.

A no ends an order, so it is believed only where the answer is about the order itself and says why. Whatever may be a
fault of our set-up, or of a moment, leaves the order unknown: it is looked after until the set-up is mended.
docs/network.md has the table.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import structlog

from portal.network.port import NetworkRefused, NetworkTimeout
from portal.network.tmf640.api import Answer

log = structlog.get_logger()

REFUSING = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.GONE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
MOMENTARY = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.LOCKED,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
BUSY = re.compile(r"progress|busy|pending|lock|concurren", re.IGNORECASE)
LONGEST_CODE = 40
LONGEST_WORDS = 200


def judge(answer: Answer) -> None:
    """Raises NetworkRefused or NetworkTimeout for an order that was neither done nor taken."""
    error = error_in(answer.document)
    if answer.status in REFUSING and error is not None and not is_of_a_moment(answer.status, error):
        raise error
    raise unknown(answer.status)


def error_in(document: Any) -> NetworkRefused | None:
    """The specification's Error: `code` and `reason` have to be there, `message` says more."""
    if not isinstance(document, dict):
        return None
    code, reason, message = (one_line(document.get(name)) for name in ("code", "reason", "message"))
    if not (code and reason):
        return None
    more = f": {message}" if message not in ("", reason) else ""
    return NetworkRefused(f"{reason}{more}"[:LONGEST_WORDS], code[:LONGEST_CODE])


def one_line(said: Any) -> str:
    """Words, or an integer, as a row and a log can hold them; nothing of anything else."""
    written = str(said) if isinstance(said, int) and not isinstance(said, bool) else said
    if not isinstance(written, str):
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())


def is_of_a_moment(status: int, error: NetworkRefused) -> bool:
    """Something else is being done to the Service just now."""
    return status == HTTPStatus.CONFLICT and BUSY.search(f"{error.code} {error.reason}") is not None


def unknown(status: int) -> NetworkTimeout:
    """What does not pass by itself is logged aloud."""
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in MOMENTARY:
        log.error("the network does not understand us: see NETWORK_URL and NETWORK_TOKEN", status=status)
    return NetworkTimeout(f"HTTP {status}")
