"""The first page of registering: what only the customer knows, or has in the welcome letter."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from portal.identity import cookies
from portal.identity.pages import HOME, leading_on
from portal.identity.refusals import TooMany
from portal.identity.registering import beginning
from portal.identity.registering.forms import LetterForm, RecordForm
from portal.identity.registering.refusals import NotOnRecord
from portal.identity.registering.steps import then_of
from portal.identity.tables import RegisteredBy
from portal.refusals import Refusal
from portal.web.forms import Filled, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, local_path

NOTHING_TYPED: Filled[Any] = Filled(None)


@get("/register", guards=[anyone])
async def ask_what_is_known(request: PortalRequest) -> Response[bytes]:
    return begin_page(request, RegisteredBy.RECORD, NOTHING_TYPED, then_of(request))


@post("/register", guards=[anyone])
async def begin_by_record(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, RecordForm)
    then = local_path(filled.typed.get("next")) or HOME
    if filled.form is None:
        return begin_page(request, RegisteredBy.RECORD, filled, then)
    try:
        token = await beginning.begin_by_record(
            filled.form.customer_number, filled.form.tax_number, request.address, at=request.at
        )
    except (NotOnRecord, TooMany) as refusal:
        return begin_page(request, RegisteredBy.RECORD, filled, then, refusal)
    return see_other(request, leading_on("/register/record", then), [cookies.registration(token)])


@get("/register/letter", guards=[anyone])
async def ask_what_the_letter_says(request: PortalRequest) -> Response[bytes]:
    return begin_page(request, RegisteredBy.LETTER, NOTHING_TYPED, then_of(request))


@post("/register/letter", guards=[anyone])
async def begin_by_letter(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, LetterForm)
    then = local_path(filled.typed.get("next")) or HOME
    if filled.form is None:
        return begin_page(request, RegisteredBy.LETTER, filled, then)
    try:
        token = await beginning.begin_by_letter(
            filled.form.customer_number, filled.form.key, request.address, at=request.at
        )
    except (NotOnRecord, TooMany) as refusal:
        return begin_page(request, RegisteredBy.LETTER, filled, then, refusal)
    return see_other(request, leading_on("/register/record", then), [cookies.registration(token)])


def begin_page(
    request: PortalRequest, by: RegisteredBy, filled: Filled[Any], then: str, refusal: Refusal | None = None
) -> Response[bytes]:
    """Asks for two things that only the customer knows. What was typed does not belong together: which of the two is
    wrong is told to nobody.
    """
    if request.viewer is not None:
        return see_other(request, then)
    return page(
        request,
        "identity/register.html",
        status=refusal.status if refusal else 400 if filled.errors else 200,
        by=by,
        filled=filled,
        refusal=refusal,
        then=then,
        other=leading_on("/register" if by is RegisteredBy.LETTER else "/register/letter", then),
        start=leading_on("/sign-in", then),
    )


ROUTES = [ask_what_is_known, begin_by_record, ask_what_the_letter_says, begin_by_letter]
