"""Where the network tells what becomes of an order that it took, and what it tells there."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from portal.network.port import Became, NetworkRefused, NetworkTimeout, OrderForgotten
from portal.network.tmf640.api import Answer, document_of
from portal.network.tmf640.judging import error_in, unknown

RESOURCE = "monitor"
ID = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._~:@+,=-]{1,200}")
# The specification's words are InProgress, Completed and InError; the others are what servers say instead.
UNDER_WAY = frozenset({"inprogress", "acknowledged", "accepted", "pending", "running"})
DONE = frozenset({"completed", "succeeded", "successful", "success", "done"})
FAILED = frozenset({"inerror", "failed", "failure", "error", "rejected", "cancelled", "aborted"})
DEFAULT_PORTS = {"http": 80, "https": 443}


def monitor_of(answer: Answer, base: str) -> str:
    """The id of the monitor that an order is followed by: by Location, or by the Monitor in the body.

    Only one of the same API: another address would be told our token. Raises NetworkTimeout where there is none.
    """
    named = answer.document.get("href") if isinstance(answer.document, dict) else None
    for href in (answer.location, named):
        if isinstance(href, str) and (known_as := id_in(href, base)):
            return known_as
    raise NetworkTimeout("an order was taken, and not said where to ask for it")


def id_in(href: str, base: str) -> str | None:
    """Of `href`, absolute or not, if it leads to a monitor below `base`."""
    try:
        ours, told = urlsplit(f"{base}/{RESOURCE}/"), urlsplit(urljoin(f"{base}/", href))
        is_elsewhere = origin(told) != origin(ours) or told.username is not None
    except ValueError:
        return None
    if is_elsewhere or told.query or told.fragment or not told.path.startswith(ours.path):
        return None
    known_as = told.path.removeprefix(ours.path)
    return known_as if ID.fullmatch(known_as) else None


def origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)


def became(answer: Answer) -> Became:
    """Raises NetworkRefused where it failed, OrderForgotten where nothing is known of it any more."""
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise OrderForgotten
    if answer.status != HTTPStatus.OK:
        raise unknown(answer.status)
    monitor = answer.document if isinstance(answer.document, dict) else {}
    state = re.sub("[^a-z]", "", str(monitor.get("state", "")).lower())
    if state in FAILED:
        raise failure_in(monitor.get("response"))
    if state in UNDER_WAY:
        return Became.UNDER_WAY
    if state in DONE:
        return Became.DONE
    raise NetworkTimeout("a monitor that says nothing we know")


def failure_in(response: Any) -> NetworkRefused:
    """Its body is text, in which an Error may stand as JSON."""
    body = response.get("body") if isinstance(response, dict) else None
    error = error_in(document_of(body.encode()) if isinstance(body, str) else body)
    return error or NetworkRefused("the network took the order and failed, without saying why")
