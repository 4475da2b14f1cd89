"""A stand-in for the SMS gateway and for every telephone behind it: what arrives is read in the browser."""

from __future__ import annotations

import re
from datetime import date, datetime
from operator import itemgetter
from typing import Annotated
from uuid import uuid4

from litestar import Response, get, post
from litestar.params import FromPath
from piccolo.columns import Text, Timestamptz, Varchar
from piccolo.table import Table
from pydantic import StringConstraints

from portal import clock
from portal.messaging import inbound, receipts
from portal.messaging.gateways import Sms
from portal.messaging.keywords import KEYWORDS
from portal.messaging.receipts import Outcome
from portal.refusals import NotFound
from portal.rows import Identified
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

DIGITS = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)", re.ASCII)
MOST = 50


class PhoneText(Identified, Table, tablename="phone_texts", schema=SCHEMA):
    """One SMS on one phone, received or written on it."""

    number = Varchar(16, index=True, default=None, help_text="the phone's")
    sender = Varchar(16, default=None, help_text="the phone's own number where it was written on it")
    text = Text(default=None)
    reference = Varchar(80, unique=True, default=None)
    at = Timestamptz(default=None)

    @property
    def is_own(self) -> bool:
        return self.sender == self.number

    @property
    def code(self) -> str | None:
        """A one-time code in it, to be copied."""
        found = CODE.search(self.text)
        return found.group() if found and not self.is_own else None

    @property
    def day(self) -> date:
        return clock.day_of(self.at)

    @property
    def time(self) -> str:
        """`14:05`, as a phone shows it."""
        return shown_time(self.at)

    @property
    def path(self) -> str:
        return f"/sandbox/phone/{self.number.removeprefix('+')}"


def shown_time(moment: datetime) -> str:
    return f"{moment.astimezone(clock.LJUBLJANA):%H:%M}"


class SandboxPhone:
    """Takes every message; the same reference again is the same message.

    `gives_receipts`: says of each at once that it was delivered, as a network does a moment later.
    """

    is_idempotent = True

    def __init__(self, *, gives_receipts: bool = False) -> None:
        self.gives_receipts = gives_receipts

    async def send(self, sms: Sms) -> None:
        received = PhoneText(number=sms.to, sender=sms.sender, text=sms.text, reference=sms.reference, at=clock.now())
        await PhoneText.insert(received).on_conflict(PhoneText.reference, "DO NOTHING")
        if self.gives_receipts:
            await receipts.note(sms.reference, Outcome.DELIVERED, None, clock.now())


async def send_from(number: str, receiver: str, text: str, at: datetime) -> None:
    """An SMS from a phone to one of our short numbers, whose answer comes back to the phone."""
    gateway_id = f"phone {uuid4()}"
    await PhoneText(number=number, sender=number, text=text, reference=gateway_id, at=at).save()
    reply = await inbound.answer(gateway_id, number, receiver, text, at)
    if reply is not None:
        await PhoneText(number=number, sender=receiver, text=reply.body, reference=str(reply.id), at=at).save()


class TextForm(Form):
    receiver: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,8}$")]
    text: Annotated[str, StringConstraints(min_length=1, max_length=160)]


@get("/sandbox/phone", guards=[anyone])
async def phones(request: PortalRequest) -> Response[bytes]:
    """Every number with a message, the latest first."""
    return page(request, "sandbox/phones.html", blocks=("phones",), latest=await LATEST.all(most=MOST))


@get("/sandbox/phone/{digits:str}", guards=[anyone])
async def phone(request: PortalRequest, digits: FromPath[str]) -> Response[bytes]:
    """The screen of one phone, as if it were in the hand."""
    number = number_of(digits)
    return page(
        request,
        "sandbox/phone.html",
        blocks=("screen",),
        number=number,
        digits=digits,
        texts=await TEXTS.all(number=number, most=MOST),
        clock=shown_time(request.at),
        keywords=sorted(KEYWORDS, key=itemgetter(1), reverse=True),
    )


@post("/sandbox/phone/{digits:str}", guards=[anyone])
async def write(request: PortalRequest, digits: FromPath[str]) -> Response[bytes]:
    """Send an SMS from it."""
    number, filled = number_of(digits), await fill(request, TextForm)
    if filled.form is None:
        raise UnreadableForm
    await send_from(number, filled.form.receiver, filled.form.text, request.at)
    return see_other(request, f"/sandbox/phone/{digits}")


def number_of(digits: str) -> str:
    if not DIGITS.fullmatch(digits):
        raise NotFound
    return f"+{digits}"


LATEST = Statement(
    """
    SELECT * FROM (SELECT DISTINCT ON (number) * FROM sandbox.phone_texts ORDER BY number, at DESC, id DESC) AS latest
    ORDER BY at DESC LIMIT $1
    """,
    PhoneText,
    ("most",),
)
TEXTS = Statement(
    "SELECT * FROM sandbox.phone_texts WHERE number = $1 ORDER BY at DESC, id DESC LIMIT $2",
    PhoneText,
    ("number", "most"),
)
ROUTES = [phones, phone, write]
