"""`/sandbox/messages`: every message in every channel and language, filled with its examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from portal import clock
from portal.messaging import letters
from portal.messaging.segments import is_gsm7, segments
from portal.messaging.tables import Channel
from portal.messaging.templates import Purpose, Template, templates
from portal.messaging.wording import sms_text, title
from portal.messaging.writing import Writing, write
from portal.refusals import N_, NotFound
from portal.sandbox.frames import framed, holding_frames
from portal.web.guards import anyone
from portal.web.pages import page
from portal.web.requests import PortalRequest
from portal.web.wording import LANGUAGES

EXAMPLE = "example"
PURPOSES = {Purpose.CODES: N_("codes"), Purpose.COLLECTIONS: N_("collections"), Purpose.SERVICE: N_("service")}
ADDRESS = ("Cvetka Mlakar", "Pod lipami 9", "1000 Ljubljana")


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as one of its examples fills it, in one language. `sms`, `email`, `letter`: None where it has none."""

    message: Template
    case: str
    language: str

    @property
    def values(self) -> dict[str, Any]:
        return self.message.cases.get(self.case, self.message.example)

    @property
    def sms(self) -> Sms | None:
        return Sms(sms_text(self.message.name, self.language, self.values)) if self.goes_by(Channel.SMS) else None

    @property
    def email(self) -> Writing | None:
        return self.written(Channel.EMAIL) if self.goes_by(Channel.EMAIL) else None

    @property
    def letter(self) -> letters.Letter | None:
        if not self.goes_by(Channel.LETTER):
            return None
        return letters.Letter(
            writing=self.written(Channel.LETTER),
            language=self.language,
            address=ADDRESS,
            number=letters.number_of(UUID(int=0)),
            written_on=clock.today(),
            customer_number=self.values.get("customer_number"),
        )

    @property
    def title(self) -> str:
        return title(self.message.name, self.language)

    @property
    def path(self) -> str:
        return f"/sandbox/messages/{self.message.name}/{self.case}/{self.language}"

    def goes_by(self, channel: Channel) -> bool:
        return channel in self.message.channels

    def written(self, channel: Channel) -> Writing:
        return write(self.message.name, channel, self.language, self.values)


@dataclass(frozen=True, slots=True)
class Sms:
    text: str

    @property
    def encoding(self) -> str:
        return "GSM-7" if is_gsm7(self.text) else "UCS-2"

    @property
    def segments(self) -> int:
        return segments(self.text)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on the page: for each of its cases the previews in all languages."""

    message: Template
    purpose: str
    cases: dict[str, list[Preview]]


@get("/sandbox/messages", guards=[anyone], sync_to_thread=True)
def messages(request: PortalRequest) -> Response[bytes]:
    return holding_frames(page(request, "sandbox/messages.html", messages=list(every_message())))


@get("/sandbox/messages/{name:str}/{case:str}/{language:str}/email", guards=[anyone], sync_to_thread=True)
def email(name: FromPath[str], case: FromPath[str], language: FromPath[str]) -> Response[bytes]:
    """An e-mail as it looks, for a frame or by itself."""
    found = preview(name, case, language).email
    if found is None:
        raise NotFound
    return framed(found.html)


@get("/sandbox/messages/{name:str}/{case:str}/{language:str}/letter", guards=[anyone])
async def letter(name: FromPath[str], case: FromPath[str], language: FromPath[str]) -> Response[bytes]:
    """A letter as it is printed."""
    found = preview(name, case, language).letter
    if found is None:
        raise NotFound
    return Response(await letters.pdf_of(found), media_type="application/pdf")


@get("/sandbox/messages/{name:str}/{case:str}/{language:str}/sheet", guards=[anyone], sync_to_thread=True)
def sheet(name: FromPath[str], case: FromPath[str], language: FromPath[str]) -> Response[bytes]:
    """The first side of a letter, as a picture."""
    found = preview(name, case, language).letter
    if found is None:
        raise NotFound
    return Response(letters.typeset(found, "png"), media_type="image/png")


def every_message() -> Iterator[Shown]:
    for message in templates():
        cases = {
            case: [Preview(message, case, language) for language in LANGUAGES] for case in (EXAMPLE, *message.cases)
        }
        yield Shown(message, PURPOSES[message.purpose], cases)


def preview(name: str, case: str, language: str) -> Preview:
    """Raises NotFound."""
    message = known().get(name)
    if message is None or case not in (EXAMPLE, *message.cases) or language not in LANGUAGES:
        raise NotFound
    return Preview(message, case, language)


@cache
def known() -> dict[str, Template]:
    return {message.name: message for message in templates()}


ROUTES = [messages, email, letter, sheet]
