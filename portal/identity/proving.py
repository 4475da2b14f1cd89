"""Before a sensitive act: entering a code again, unless one was entered a moment ago, at contact data that stands."""

from __future__ import annotations

from typing import Any, cast

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler

from portal.identity import asking, cookies
from portal.identity.forms import NextForm
from portal.identity.pages import HOME, leading_on, too_many_page
from portal.identity.refusals import ContactChangedRecently, TooMany
from portal.web.forms import fill
from portal.web.guards import Connection, SignInNeeded, signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, local_path


class ProofNeeded(SignInNeeded):
    """The answer is a redirect to the page that asks for a code, and back."""

    @property
    def location(self) -> str:
        return leading_on("/account/proof", self.path)


async def freshly_proven(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of sensitive acts: a signed-in person who entered a code within the last minutes.

    A code proves the person only while it goes to their own number: after a change of contact data the act waits a
    day, in which whoever was told of the change can object.
    """
    await signed_in(connection, handler)
    request = cast("PortalRequest", connection)
    demand_proof(request, request.page_path)


def demand_proof(request: PortalRequest, then: str) -> None:
    """For an act that is sensitive only in some of its turns: the same, and back to the page `then`."""
    if not request.viewer.has_settled(request.at):
        raise ContactChangedRecently(request.viewer.contact_changed_at)
    if not request.viewer.has_proven(request.at):
        raise ProofNeeded(then)


@get("/account/proof", guards=[signed_in])
async def ask_for_proof(request: PortalRequest) -> Response[bytes]:
    then = local_path(request.query_params.get("next")) or HOME
    if request.viewer.has_proven(request.at):
        return see_other(request, then)
    return page(request, "identity/proof.html", nav="more", then=then)


@post("/account/proof", guards=[signed_in])
async def send_proof(request: PortalRequest) -> Response[bytes]:
    """The code is entered where one signs in; being signed in already, it renews the session."""
    filled = await fill(request, NextForm)
    then, viewer = local_path(filled.typed.get("next")) or HOME, request.viewer
    try:
        challenge = await asking.ask(
            viewer.contact_number, cookies.browser_of(request), remember=viewer.is_remembered, at=request.at
        )
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    return see_other(request, leading_on("/sign-in/code", then), [cookies.challenge(challenge)])


def blocked_page(request: PortalRequest, refusal: ContactChangedRecently) -> Response[bytes]:
    """What happened, until when the act waits, and whom to call if somebody else made the change."""
    return page(request, "identity/blocked.html", status=refusal.status, nav="more", refusal=refusal)


ROUTES = [ask_for_proof, send_proof]
HANDLERS: dict[int | type[Exception], Any] = {ContactChangedRecently: blocked_page}
