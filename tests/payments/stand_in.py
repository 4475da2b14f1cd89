"""Stripe's stand-in as stories use it: the API over real HTTP, the payment page in a browser, webhooks when told to."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from portal import clock
from portal.identity.viewers import find_viewer
from portal.payments import card
from portal.sandbox import stripe
from portal.sandbox.stripe.tables import CheckoutPage, Event, KeptAnswer
from portal.sandbox.stripe.webhooks import signed
from portal.settings import settings
from portal.web import errors
from portal.web.requests import PortalRequest
from tests.visiting import ORIGIN, Page, Visitor, portal_app


class StandIn:
    """`visitor` is the customer's browser on Stripe's own site."""

    def __init__(self) -> None:
        self.app = Litestar(
            route_handlers=stripe.ROUTES,
            request_class=PortalRequest,
            exception_handlers=errors.HANDLERS,
            openapi_config=None,
            logging_config=None,
        )
        self.app.state.find_viewer = find_viewer
        self.port = free_port()
        self.server: Server | None = None
        self.serving: asyncio.Task[None] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/sandbox/stripe"

    async def up(self) -> None:
        if self.server is not None:
            return
        self.server = Server(self.app, port=self.port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
        listening = asyncio.Event()
        self.server.on_startup(listening.set)
        self.serving = asyncio.create_task(self.server.serve())
        await listening.wait()

    async def down(self) -> None:
        """Stripe cannot be reached at all."""
        if self.server is not None and self.serving is not None:
            self.server.stop()  # type: ignore[no-untyped-call]
            await self.serving
        self.server = self.serving = None

    async def page(self, url: str) -> Page:
        async with Visitor(self.app) as visitor:
            return await visitor.get(url)

    async def choose(self, url: str, outcome: str) -> str:
        """What a customer presses on the payment page; where Stripe sends them then."""
        async with Visitor(self.app) as visitor:
            form = (await visitor.get(url)).form
            answer = await visitor.post(form.action, {**form.fields, "outcome": outcome}, status=303, follow=False)
        return answer.response.headers["location"].removeprefix(ORIGIN)

    async def tell(self, *, times: int = 1, reverse: bool = False, portal: str = ORIGIN) -> list[int]:
        """Send the portal every event it has not been told, all at once. Returns what it answered."""
        events = await Event.objects().where(Event.told == 0).order_by(Event.created_at, ascending=not reverse)
        transport = httpx.ASGITransport(portal_app()) if portal == ORIGIN else None
        async with httpx.AsyncClient(transport=transport, base_url=portal) as client:
            answers = await asyncio.gather(*(post(client, event.body) for event in events for _ in range(times)))
        await Event.update({Event.told: 1}, force=True)
        return answers

    async def sessions(self) -> list[CheckoutPage]:
        return await CheckoutPage.objects().order_by(CheckoutPage.created_at)

    async def calls(self) -> int:
        """How many different requests that change something it was sent."""
        return int(await KeptAnswer.count())


async def post(client: httpx.AsyncClient, body: str) -> int:
    answer = await client.post("/webhooks/stripe", content=body, headers=signed(body, clock.now()))
    return answer.status_code


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def standing_in() -> AsyncIterator[StandIn]:
    """Until the end, the portal's Stripe is here."""
    stand_in, before = StandIn(), os.environ.get("STRIPE_API_BASE")
    point_at(stand_in.base)
    await stand_in.up()
    try:
        yield stand_in
    finally:
        await card.connections().close_async()  # type: ignore[no-untyped-call]
        await stand_in.down()
        point_at(before)


def point_at(base: str | None) -> None:
    """Where the portal finds Stripe from now on."""
    os.environ.pop("STRIPE_API_BASE", None)
    if base is not None:
        os.environ["STRIPE_API_BASE"] = base
    for remembered in (settings, card.client, card.connections):
        remembered.cache_clear()
