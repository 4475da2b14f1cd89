"""A file for the customer to keep, and one that they send."""

from __future__ import annotations

import asyncio
import os
import unicodedata
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO, Literal
from urllib.parse import quote
from uuid import UUID

from litestar import Response
from litestar.response import Stream

from portal.limits import Limit
from portal.refusals import N_, Refusal
from portal.web.parts import SentFile
from portal.web.requests import PortalRequest, UnreadableForm

PIECE = 64 * 1024


class ManyFilesSaved(Refusal):
    status = 429
    message = N_("That was very often in a short time. Please try again in an hour.")


async def count_saved(saved: Limit, login: UUID, at: datetime) -> None:
    """One more file that a person saves; over the limit it is refused."""
    if not await saved.take(str(login), at):
        raise ManyFilesSaved


def download(name: str, media_type: str, content: bytes) -> Response[bytes]:
    """Saved under its name, never shown in our origin (the Protection layer adds `nosniff`)."""
    return Response(content, media_type=media_type, headers={"content-disposition": disposition(name)})


def streamed(name: str, media_type: str, file: IO[bytes]) -> Stream:
    """A download that may be large, as it stands on disk; it is closed at the end."""
    headers = {"content-disposition": disposition(name), "content-length": str(file.seek(0, os.SEEK_END))}
    file.seek(0)
    return Stream(pieces(file), media_type=media_type, headers=headers)


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def shown(name: str, media_type: str, content: bytes) -> Response[bytes]:
    """What browsers open by themselves, such as a PDF, in a viewer that reaches nothing of ours."""
    headers = {"content-disposition": disposition(name, "inline"), "content-security-policy": NOTHING_OF_OURS}
    return Response(content, media_type=media_type, headers=headers)


NOTHING_OF_OURS = "default-src 'none'; frame-ancestors 'none'; sandbox"


def disposition(name: str, kind: Literal["attachment", "inline"] = "attachment") -> str:
    """With the name in full for browsers of today, and its letters without marks for others (RFC 6266, appendix D)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = "".join("_" if character in '"\\%' or not character.isprintable() else character for character in plain)
    return f"{kind}; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"


async def sent_file(request: PortalRequest, field: str) -> SentFile | None:
    """The one file that a form sends; None where none was chosen. What our page cannot send is an UnreadableForm."""
    files = await request.files()
    if len(files) > 1 or any(file.field != field for file in files):
        raise UnreadableForm
    return files[0] if files else None
