"""`/sandbox/tsa`: time stamps for whoever POSTs a request (RFC 3161, 3.4), and how they are given."""

from __future__ import annotations

import asyncio
import hashlib
from functools import lru_cache
from http import HTTPStatus

from litestar import Response, get, post

from portal import clock
from portal.sandbox.tsa.manners import MANNERS, Manner, behave, manner
from portal.sandbox.tsa.stamping import answer
from portal.settings import settings
from portal.signing.pki.authority import NoKeys, Pair, timestamper
from portal.web.forms import Form, fill
from portal.web.guards import anyone, machine
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

PATH = "/sandbox/tsa"
REPLY = "application/timestamp-reply"
SLOWNESS = 4.0
SOMETHING_ELSE = hashlib.sha256(b"something else").digest()


class MannerForm(Form):
    manner: Manner


@get(PATH, guards=[anyone])
async def shown(request: PortalRequest) -> Response[bytes]:
    return page(request, "sandbox/tsa.html", manner=await manner(), manners=MANNERS, stamper=known())


@post(f"{PATH}/manner", guards=[anyone])
async def choose(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, MannerForm)
    if filled.form is None:
        raise UnreadableForm
    await behave(filled.form.manner)
    return see_other(request, PATH)


@post(PATH, guards=[machine], status_code=200)
async def stamp(request: PortalRequest) -> Response[bytes]:
    chosen, pair = await manner(), known()
    if chosen is Manner.DOWN or pair is None:
        return Response(b"", status_code=HTTPStatus.SERVICE_UNAVAILABLE, media_type=REPLY)
    if chosen is Manner.SLOW:
        await take_its_time(SLOWNESS)
    instead = SOMETHING_ELSE if chosen is Manner.LYING else None
    return Response(answer(await request.body(), pair, clock.now(), instead=instead), media_type=REPLY)


async def take_its_time(seconds: float) -> None:
    await asyncio.sleep(seconds)


def known() -> Pair | None:
    """None: there are no keys."""
    try:
        return stamper()
    except NoKeys:
        return None


@lru_cache(maxsize=1)
def stamper() -> Pair:
    """Raises NoKeys."""
    return timestamper(settings())


ROUTES = [shown, choose, stamp]
