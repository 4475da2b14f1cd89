"""Every route says who may use it, and no form is taken that we did not make."""

from __future__ import annotations

import pytest

from portal.identity.proving import freshly_proven
from portal.web.guards import anyone, machine, signed_in
from tests.people import a_person
from tests.people import signed_in as sign_in
from tests.visiting import Visitor
from tests.web.routes import Route, every_route, named

GUARDS = (anyone, signed_in, freshly_proven, machine)
POSTS = [route for route in every_route() if route.method == "POST" and not route.is_for_machines]
PRIVATE = [route for route in every_route() if route.guards in ((signed_in,), (freshly_proven,))]


@pytest.mark.parametrize("route", **named(iter(every_route())))
def test_each_route_has_exactly_one_guard(route: Route) -> None:
    assert len(route.guards) == 1, f"{route} needs exactly one guard: anyone, signed_in, freshly_proven or machine"
    assert route.guards[0] in GUARDS, f"{route} is guarded by {route.guards[0]}, which is no guard of ours"


def test_only_get_and_post_are_spoken() -> None:
    assert {route.method for route in every_route()} == {"GET", "POST"}


@pytest.mark.parametrize("route", **named(iter(POSTS)))
async def test_no_post_is_taken_without_our_token(visit: Visitor, route: Route) -> None:
    await sign_in(visit, await a_person())

    await visit.post(route.at(), {}, status=403)


@pytest.mark.parametrize("route", **named(iter(PRIVATE)))
async def test_nobody_is_led_to_sign_in_and_back(visit: Visitor, route: Route) -> None:
    if route.method == "GET":
        answer = await visit.get(route.at(), status=303, follow=False)
    else:
        answer = await visit.post(route.at(), {}, status=303, follow=False)

    assert answer.response.headers["location"].startswith("/sign-in")


async def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(visit: Visitor, database: str) -> None:
    answer = await visit.post(
        "/account/choice", {}, headers={"referer": "https://moj.test/bills?before=2026-01-01"}, status=303, follow=False
    )

    assert answer.response.headers["location"] == "/sign-in?next=%2Fbills%3Fbefore%3D2026-01-01"
