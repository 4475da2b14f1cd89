"""Where a browser stands in registering, and where it belongs."""

from __future__ import annotations

from litestar import Response

from portal.customers.tables import Customer
from portal.identity import cookies
from portal.identity.pages import HOME, leading_on
from portal.identity.registering import beginning
from portal.identity.tables import Registration
from portal.web.pages import see_other
from portal.web.requests import PortalRequest, local_path


def elsewhere(request: PortalRequest, registration: Registration | None, then: str) -> Response[bytes]:
    """Where somebody belongs who comes to a step that is not theirs, by the back button or in another tab."""
    if registration is None:
        return see_other(request, leading_on("/register", then))
    if registration.login is not None:
        return see_other(request, leading_on("/sign-in/code", then))
    return see_other(request, leading_on("/register/record", then))


async def begun(request: PortalRequest) -> Registration | None:
    return await beginning.begun_by(request.cookies.get(cookies.REGISTRATION), request.at)


async def customer_of(registration: Registration) -> Customer:
    customer = await Customer.objects().get(Customer.id == registration.customer)
    assert customer is not None, "customers are never deleted"
    return customer


def then_of(request: PortalRequest) -> str:
    return local_path(request.query_params.get("next")) or HOME
