"""The request as pages see it: who asks, in which language, from where, and with which fields."""

from __future__ import annotations

import asyncio
import ipaddress
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from litestar import Request
from litestar.datastructures import State

from portal import clock
from portal.refusals import N_, Refusal
from portal.settings import settings
from portal.web import tokens
from portal.web.parts import MULTIPART, Parts, SentFile, read_parts
from portal.web.protection import SAFE_METHODS
from portal.web.wording import DEFAULT_LANGUAGE, LANGUAGES

MOST_FIELDS = 200
TAKES_FILES = {"takes_files": True}
"""The `opt` of a route whose form brings a file."""


class UnreadableForm(Refusal):
    status = 400
    message = N_("We could not read what was sent. Go back and try once more.")


class Viewer(Protocol):
    """Whoever is signed in, as far as the web layer cares."""

    @property
    def language(self) -> str: ...

    @property
    def csrf_binding(self) -> bytes: ...


class PortalRequest(Request[Any, Any, State]):
    """`viewer` is set by the `signed_in` guard; on public pages it is None."""

    @property
    def viewer(self) -> Any:
        """The identity domain's Viewer, or None. Typed there; the web layer knows only the protocol above."""
        return self.scope["state"].get("viewer")

    @viewer.setter
    def viewer(self, viewer: Viewer) -> None:
        self.scope["state"]["viewer"] = viewer

    @property
    def at(self) -> datetime:
        """The moment of this request: one for all that it decides."""
        state = self.scope["state"]
        if "at" not in state:
            state["at"] = clock.now()
        return state["at"]  # type: ignore[no-any-return]

    @property
    def language(self) -> str:
        """The signed-in person's choice, else this browser's choice, else what it prefers, else Slovenian."""
        if self.viewer is not None:
            return self.viewer.language  # type: ignore[no-any-return]
        chosen = self.cookies.get(tokens.LANGUAGE)
        if chosen in LANGUAGES:
            return chosen
        return preferred_language(self.headers.get("accept-language", ""))

    @property
    def visit(self) -> str:
        """The token of a browser that is not signed in, made on its first page; its forms are bound to it."""
        state = self.scope["state"]
        if "visit" not in state:
            state["visit"] = self.cookies.get(tokens.VISIT) or tokens.new_token()
        return state["visit"]  # type: ignore[no-any-return]

    @property
    def csrf_binding(self) -> bytes:
        """What this page's forms are bound to. Where no guard has run (no such page) a session may be there still."""
        if self.viewer is not None:
            return self.viewer.csrf_binding  # type: ignore[no-any-return]
        session = self.cookies.get(tokens.SESSION)
        if session and not self.is_recognised:
            return tokens.hashed(session)
        return self.visit.encode()

    @property
    def is_recognised(self) -> bool:
        """Whether a guard has looked who it is; before that `viewer` says nothing."""
        return bool(self.scope["state"].get("is_recognised"))

    @is_recognised.setter
    def is_recognised(self, value: bool) -> None:
        self.scope["state"]["is_recognised"] = value

    @property
    def address(self) -> str:
        """The asker's address; a proxy's word counts only when the proxy is one of ours."""
        peer = self.client.host if self.client else "127.0.0.1"
        for hop in reversed(self.headers.get("x-forwarded-for", "").split(",")):
            if not is_trusted_proxy(peer) or not is_address(hop.strip()):
                break
            peer = hop.strip()
        return peer

    @property
    def page_path(self) -> str:
        """The page that a person is on: the one asked for, or the one that a form stood on.

        Of that the browser tells us in the Referer, as our Referrer-Policy asks it to.
        """
        return path_of(str(self.url) if self.method in SAFE_METHODS else self.headers.get("referer", ""))

    @property
    def is_htmx(self) -> bool:
        return self.headers.get("hx-request") == "true"

    @property
    def htmx_target(self) -> str | None:
        """The id of the element that htmx will swap (it sends `tag#id`); None when htmx does not ask."""
        return self.headers.get("hx-target", "").partition("#")[2] or None if self.is_htmx else None

    async def fields(self) -> list[tuple[str, str]]:
        """The form's fields as sent, in order. Only URL-encoded UTF-8 without NUL is a form of ours; where the route's
        author says `opt=TAKES_FILES`, one with files is too.
        """
        return (await self.parts()).fields

    async def files(self) -> list[SentFile]:
        return (await self.parts()).files

    async def parts(self) -> Parts:
        state = self.scope["state"]
        if "parts" not in state:
            state["parts"] = await self.read(self.headers.get("content-type", ""), await self.body())
        return state["parts"]  # type: ignore[no-any-return]

    async def read(self, content_type: str, body: bytes) -> Parts:
        """A large form is taken apart in a thread."""
        if not (self.takes_files and content_type.startswith(MULTIPART)):
            return Parts(read_fields(content_type, body), [])
        try:
            parts = await asyncio.to_thread(read_parts, content_type, body)
        except ValueError:
            raise UnreadableForm from None
        if any("\x00" in value for _, value in parts.fields):
            raise UnreadableForm
        return parts

    @property
    def takes_files(self) -> bool:
        return self.route_handler.opt.get("takes_files") is True


def read_fields(content_type: str, body: bytes) -> list[tuple[str, str]]:
    if not content_type.startswith("application/x-www-form-urlencoded"):
        raise UnreadableForm
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise UnreadableForm from None
    if any("\x00" in value for _, value in fields):
        raise UnreadableForm
    return fields


def preferred_language(accepted: str) -> str:
    """The first of our languages in an Accept-Language header (RFC 9110, 12.5.4); browsers send them in order."""
    for part in accepted.split(","):
        code = part.partition(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return DEFAULT_LANGUAGE


def path_of(url: str) -> str:
    """Path and query of an address, or `/` where it has none that a redirect may go to."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    return local_path(parts.path + (f"?{parts.query}" if parts.query else "")) or "/"


def local_path(text: str | None) -> str | None:
    """A path on this site, or None: what a redirect may go to."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return None
    if not text.isascii() or not text.isprintable():
        return None  # browsers drop control characters; a header holds ASCII
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else None


def is_trusted_proxy(address: str) -> bool:
    proxies = settings().trusted_proxies
    return bool(proxies) and is_address(address) and any(ipaddress.ip_address(address) in net for net in proxies)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
