"""`/documents/{id}/refusal`: not signing, and why."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from portal.identity.cookies import browser_of
from portal.refusals import Refusal
from portal.signing.envelopes.declining import LONGEST_WORDS, Reason, decline
from portal.signing.envelopes.reading import EnvelopeSeen, Standing
from portal.signing.forms import RefusalForm
from portal.signing.pages import PATH, path_of, seen_by
from portal.signing.showing import NAMES, REASONS
from portal.web.forms import Filled, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

REFUSAL = f"{PATH}/{{envelope_id:uuid}}/refusal"
NOTHING_TYPED: Filled[Any] = Filled(None)


@get(REFUSAL, guards=[signed_in])
async def ask_why(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    seen = await seen_by(request, envelope_id)
    return refusal_page(request, seen) if can_decline(seen, request) else see_other(request, path_of(seen))


@post(REFUSAL, guards=[signed_in])
async def refuse(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    """Decided or expired meanwhile: the page of the envelope says so."""
    seen = await seen_by(request, envelope_id)
    filled = await fill(request, RefusalForm)
    if filled.form is None and can_decline(seen, request):
        return refusal_page(request, seen, filled)
    if filled.form is not None:
        reason, words = Reason(filled.form.reason), filled.form.words
        with suppress(Refusal):
            await decline(seen, request.viewer, reason, words, browser_of(request), at=request.at)
    return see_other(request, path_of(seen))


def can_decline(seen: EnvelopeSeen, request: PortalRequest) -> bool:
    return seen.is_open(request.at) and seen.standing(request.at) != Standing.BLOCKED


def refusal_page(
    request: PortalRequest, seen: EnvelopeSeen, filled: Filled[RefusalForm] = NOTHING_TYPED
) -> Response[bytes]:
    return page(
        request,
        "signing/refusal.html",
        status=400 if filled.errors else 200,
        nav="more",
        seen=seen,
        name=NAMES[seen.kind],
        reasons=REASONS,
        most=LONGEST_WORDS,
        filled=filled,
        envelope=path_of(seen),
    )


ROUTES = [ask_why, refuse]
