"""What a browser keeps of signing in: all of it opaque, and worth something only with our table beside it."""

from __future__ import annotations

from datetime import timedelta

from litestar.datastructures import Cookie

from portal.identity.browsers import Browser
from portal.identity.durations import ASKING_LIVES, DEVICE_IS_KNOWN, REGISTERING_LIVES, REMEMBERED_ABSOLUTE
from portal.web import tokens
from portal.web.requests import PortalRequest

REGISTRATION = "__Host-registration"


def browser_of(request: PortalRequest) -> Browser:
    return Browser(
        address=request.address,
        user_agent=request.headers.get("user-agent", ""),
        device=request.cookies.get(tokens.DEVICE),
        session=request.cookies.get(tokens.SESSION),
    )


def session(token: str, is_remembered: bool) -> Cookie:
    """On a device that is not remembered it goes when the browser is closed."""
    return tokens.cookie(tokens.SESSION, token, max_age=in_seconds(REMEMBERED_ABSOLUTE) if is_remembered else None)


def device(token: str) -> Cookie:
    return tokens.cookie(tokens.DEVICE, token, max_age=in_seconds(DEVICE_IS_KNOWN))


def challenge(token: str) -> Cookie:
    return tokens.cookie(tokens.CHALLENGE, token, max_age=in_seconds(ASKING_LIVES))


def registration(token: str) -> Cookie:
    return tokens.cookie(REGISTRATION, token, max_age=in_seconds(REGISTERING_LIVES))


def in_seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
