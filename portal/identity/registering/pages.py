"""Registering, in three pages: what only the customer knows, the data on record, and the password from the SMS."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from portal.identity.pages import HOME, leading_on
from portal.identity.refusals import TooMany
from portal.identity.registering import accepting, beginning_pages, password_pages, terms
from portal.identity.registering.forms import AcceptForm, LetterAcceptForm
from portal.identity.registering.masking import masked
from portal.identity.registering.refusals import NoMobileNumber, RegistrationOver
from portal.identity.registering.steps import begun, customer_of, elsewhere, then_of
from portal.identity.tables import RegisteredBy, Registration
from portal.refusals import Refusal
from portal.web.forms import Filled, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, local_path

NOTHING_TYPED: Filled[Any] = Filled(None)


@get("/register/record", guards=[anyone])
async def show_record(request: PortalRequest) -> Response[bytes]:
    then, registration = then_of(request), await begun(request)
    if registration is None or registration.login is not None:
        return elsewhere(request, registration, then)
    return await record_page(request, registration, NOTHING_TYPED, then)


@post("/register/record", guards=[anyone])
async def accept(request: PortalRequest) -> Response[bytes]:
    registration = await begun(request)
    is_by_record = registration is not None and registration.by == RegisteredBy.RECORD
    filled: Filled[AcceptForm] = await fill(request, AcceptForm if is_by_record else LetterAcceptForm)
    then = local_path(filled.typed.get("next")) or HOME
    if registration is None or registration.login is not None:
        return elsewhere(request, registration, then)
    if filled.form is None:
        return await record_page(request, registration, filled, then)
    try:
        is_known = await accepting.accept(
            registration,
            await customer_of(registration),
            filled.form.wanted_number,
            terms.current().version,
            request.at,
        )
    except (TooMany, NoMobileNumber) as refusal:
        return await record_page(request, registration, filled, then, refusal)
    except RegistrationOver:
        return elsewhere(request, await begun(request), then)
    return see_other(request, leading_on("/register/known" if is_known else "/register/password", then))


@get("/register/known", guards=[anyone])
async def say_known(request: PortalRequest) -> Response[bytes]:
    """Whose number signs in already: from now on for this customer, too."""
    then, registration = then_of(request), await begun(request)
    if registration is None or registration.login is None:
        return elsewhere(request, registration, then)
    return page(
        request,
        "identity/register_known.html",
        number=registration.number,
        start=leading_on("/sign-in", then),
    )


async def record_page(
    request: PortalRequest, registration: Registration, filled: Filled[Any], then: str, refusal: Refusal | None = None
) -> Response[bytes]:
    """The data on record, masked: knowing two numbers shows nobody's address."""
    customer = await customer_of(registration)
    return page(
        request,
        "identity/register_record.html",
        status=refusal.status if refusal else 400 if filled.errors else 200,
        seen=masked(customer),
        customer=customer,
        by=registration.by,
        paragraphs=terms.current().paragraphs(request.language),
        filled=filled,
        refusal=refusal,
        then=then,
    )


ROUTES = [*beginning_pages.ROUTES, show_record, accept, say_known, *password_pages.ROUTES]
