"""A stand-in for the SMS gateway and for every telephone behind it: what arrives is read in the browser."""

from __future__ import annotations

import re
from datetime import date, datetime

from litestar import Response, get
from litestar.params import FromPath
from piccolo.columns import Text, Timestamptz, Varchar
from piccolo.table import Table

from portal import clock
from portal.messaging.gateways import Sms
from portal.refusals import NotFound
from portal.rows import Identified
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement
from portal.web.guards import anyone
from portal.web.pages import page
from portal.web.requests import PortalRequest

DIGITS = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)", re.ASCII)
MOST = 50


class ReceivedText(Identified, Table, tablename="phone_texts", schema=SCHEMA):
    """One SMS on one phone."""

    number = Varchar(16, index=True, default=None)
    sender = Varchar(16, default=None)
    text = Text(default=None)
    reference = Varchar(80, unique=True, default=None)
    at = Timestamptz(default=None)

    @property
    def code(self) -> str | None:
        """A one-time code in it, to be copied."""
        found = CODE.search(self.text)
        return found.group() if found else None

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
    """Takes every message; the same reference again is the same message."""

    is_idempotent = True

    async def send(self, sms: Sms) -> None:
        received = ReceivedText(
            number=sms.to, sender=sms.sender, text=sms.text, reference=sms.reference, at=clock.now()
        )
        await ReceivedText.insert(received).on_conflict(ReceivedText.reference, "DO NOTHING")


@get("/sandbox/phone", guards=[anyone])
async def phones(request: PortalRequest) -> Response[bytes]:
    """Every number that got a message, the latest first."""
    return page(request, "sandbox/phones.html", blocks=("phones",), latest=await LATEST.all(most=MOST))


@get("/sandbox/phone/{digits:str}", guards=[anyone])
async def phone(request: PortalRequest, digits: FromPath[str]) -> Response[bytes]:
    """The screen of one phone, as if it were in the hand."""
    if not DIGITS.fullmatch(digits):
        raise NotFound
    return page(
        request,
        "sandbox/phone.html",
        blocks=("screen",),
        number=f"+{digits}",
        digits=digits,
        received=await RECEIVED.all(number=f"+{digits}", most=MOST),
        clock=shown_time(request.at),
    )


LATEST = Statement(
    """
    SELECT * FROM (SELECT DISTINCT ON (number) * FROM sandbox.phone_texts ORDER BY number, at DESC, id DESC) AS latest
    ORDER BY at DESC LIMIT $1
    """,
    ReceivedText,
    ("most",),
)
RECEIVED = Statement(
    "SELECT * FROM sandbox.phone_texts WHERE number = $1 ORDER BY at DESC, id DESC LIMIT $2",
    ReceivedText,
    ("number", "most"),
)
ROUTES = [phones, phone]
