"""Every message that was sent to a person, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jinja2 import TemplateNotFound
from litestar import Controller, Response, get
from litestar.params import FromPath

from portal.identity import identifiers
from portal.identity.viewers import Viewer
from portal.messaging import reading, wording
from portal.messaging.delivery_words import Delivery, delivery_of, story
from portal.messaging.reading import ListedFile, Reader
from portal.messaging.stored_text import blocks_of
from portal.messaging.tables import Channel, Message
from portal.refusals import N_, NotFound
from portal.web.files import download
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest
from portal.web.wording import say


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as its owner sees it: what it is called, whom it went to, masked, and what became of it."""

    message: Message
    title: str
    recipient: str
    delivery: Delivery


class MessagePages(Controller):
    path = "/account/messages"
    guards = (signed_in,)

    @get()
    async def messages(self, request: PortalRequest) -> Response[bytes]:
        before = reading.Place.read(request.query_params.get("before", "")) or reading.NEWEST
        found, older = await reading.messages_of(reader(request.viewer), before)
        shown = [as_shown(message, request.language) for message in found]
        return page(request, "messaging/messages.html", nav="more", messages=shown, older=older)

    @get("/{message_id:uuid}")
    async def message(self, request: PortalRequest, message_id: FromPath[UUID]) -> Response[bytes]:
        message = await reading.message_of(reader(request.viewer), message_id)
        if message is None:
            raise NotFound
        return message_page(request, message, await reading.files_of(message))

    @get("/files/{attachment_id:uuid}")
    async def file(self, request: PortalRequest, attachment_id: FromPath[UUID]) -> Response[bytes]:
        found = await reading.file_of(reader(request.viewer), attachment_id)
        if found is None:
            raise NotFound
        return download(found.name, found.media_type, found.content)


def message_page(request: PortalRequest, message: Message, files: list[ListedFile]) -> Response[bytes]:
    return page(
        request,
        "messaging/message.html",
        nav="more",
        shown=as_shown(message, request.language),
        text=blocks_of(message.body or ""),
        files=files,
        story=story(message),
    )


def reader(viewer: Viewer) -> Reader:
    customer = viewer.current.customer_id
    assert customer is not None, "an account has a customer"
    return Reader(customer, viewer.login_id)


def as_shown(message: Message, language: str) -> Shown:
    return Shown(message, titled(message.template, language), masked(message), delivery_of(message))


def titled(template: str, language: str) -> str:
    """Messages outlive the templates that they were written with."""
    try:
        return wording.title(template, language)
    except TemplateNotFound:
        return say(language, N_("Message"))


def masked(message: Message) -> str:
    """A number or an address by its ends; of a letter the name and the town."""
    if message.channel != Channel.LETTER:
        return identifiers.mask(message.recipient)
    lines = message.recipient.splitlines()
    return ", ".join(dict.fromkeys((lines[0], lines[-1])))


ROUTES = [MessagePages]
