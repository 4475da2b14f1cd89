"""Every route × object × person: what is a stranger's is answered exactly as what is not there.

The routes are the application's own, so a new one is in the matrix as soon as it is served.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from portal.audit import AuditEntry, Event
from portal.database import connection
from portal.identity.tables import Access
from portal.web.guards import anyone
from tests.billing.test_upn_pages import payee
from tests.people import Person, a_person, saved, signed_in
from tests.visiting import Page, Visitor
from tests.web.objects import FACTORIES, FILLED_IN
from tests.web.routes import Route, every_route, named

__all__ = ["payee"]

# Behind the door stands nothing for anybody: it opens alike for every link (tests/signing/pages/test_door.py).
DOOR = "/sign/{link}"
OBJECTS = [route for route in every_route() if route.parameters and not route.is_for_machines and route.path != DOOR]
WITH_OBJECTS = [route for route in OBJECTS if route.guards != (anyone,)]
BY_LINK = [route for route in OBJECTS if route.guards == (anyone,)]
SHORTEST_ID = 8
# What asking itself writes: the trail and the session's last use.
WRITTEN_BY_ASKING = ("audit_entries", "sessions", "limit_counters", "migration")


@pytest.fixture
async def owner(database: str) -> Person:
    return await a_person("Ana Kovač")


async def objects_of(owner: Person, route: Route) -> dict[str, str]:
    for name, _ in route.parameters:
        assert name in FACTORIES, (
            f"{route} has the parameter «{name}», for which tests/web/objects.py makes no object: "
            f"add a factory to FACTORIES, so that strangers are kept from it, too"
        )
    return {name: await FACTORIES[name](owner) for name, _ in route.parameters}


async def sent(visit: Visitor, route: Route, ids: dict[str, str]) -> Page:
    """Ask for it with a valid form of one's own."""
    path = route.at(**ids)
    if route.method == "GET":
        response = await visit.client.get(path, headers={"sec-fetch-site": "same-origin"})
        return await visit.arrive(response, response.status_code, follow=False)
    token = (await visit.get("/account")).form_to("/sign-out").fields
    response = await visit.client.post(
        path, data=token | FILLED_IN.get(route.path, {}), headers={"sec-fetch-site": "same-origin"}
    )
    return await visit.arrive(response, response.status_code, follow=False)


def without_tokens(page: Page, ids: dict[str, str]) -> str:
    """Without ids either; what is as short as the number of a document can stand anywhere."""
    html = re.sub(r'name="csrf_token" value="[^"]+"', "", page.html)
    for name, value in ids.items():
        html = html.replace(value, name) if len(value) >= SHORTEST_ID else html
    return html


async def everything() -> dict[str, str]:
    """A digest of each table."""
    async with connection() as connected:
        names = await connected.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return {
            row["name"]: await connected.fetchval(
                f"SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM \"{row['name']}\" t"
            )
            for row in names
            if row["name"] not in WRITTEN_BY_ASKING
        }


@pytest.mark.parametrize("route", **named(iter(WITH_OBJECTS)))
async def test_a_strangers_object_is_as_missing(visit: Visitor, owner: Person, route: Route) -> None:
    theirs = await objects_of(owner, route)
    missing = {name: str(uuid4()) for name in theirs}
    await signed_in(visit, await a_person("Maja Strmec"))
    before = await everything()

    answers = [await sent(visit, route, ids) for ids in (theirs, missing)]

    assert [answer.status for answer in answers] == [404, 404], (
        f"{route} needs its form's fields in FILLED_IN, or leaks"
    )
    assert without_tokens(answers[0], theirs) == without_tokens(answers[1], missing)
    assert await everything() == before
    assert await AuditEntry.count().where(AuditEntry.event == Event.DENIED) == 2


@pytest.mark.parametrize("route", **named(route for route in WITH_OBJECTS if route.method == "GET"))
async def test_its_owner_sees_it(visit: Visitor, owner: Person, route: Route) -> None:
    theirs = await objects_of(owner, route)
    await signed_in(visit, owner)

    await visit.get(route.at(**theirs), follow=False)


@pytest.mark.parametrize("route", **named(iter(WITH_OBJECTS)))
async def test_nobody_learns_whether_it_is_there(visit: Visitor, owner: Person, route: Route) -> None:
    theirs = await objects_of(owner, route)
    missing = {name: str(uuid4()) for name in theirs}

    answers = [
        await visit.client.request(route.method, route.at(**ids), headers={"sec-fetch-site": "same-origin"})
        for ids in (theirs, missing)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("route", **named(route for route in WITH_OBJECTS if route.method == "GET"))
@pytest.mark.parametrize("made_up", ["1", "0", "%00", "00000000-0000-0000-0000-00000000000g", "a" * 500])
async def test_what_is_no_id_is_missing_too(visit: Visitor, owner: Person, route: Route, made_up: str) -> None:
    await signed_in(visit, owner)

    answer = await visit.client.get(route.path.format(**{name: made_up for name, _ in route.parameters}))

    assert answer.status_code == 404


@pytest.mark.parametrize("route", **named(iter(BY_LINK)))
async def test_a_link_that_was_made_up_leads_to_nothing(visit: Visitor, owner: Person, route: Route) -> None:
    theirs = await objects_of(owner, route)
    token = theirs["token"]
    made_up = [token[:-1] + ("a" if token[-1] != "a" else "b"), token.rpartition("-")[0], "7"]
    before = await everything()

    answers = [await sent_by_anybody(visit, route, theirs | {"token": wrong}) for wrong in made_up]

    assert [answer.status for answer in answers] == [404] * len(made_up)
    assert await everything() == before


@pytest.mark.parametrize("route", **named(route for route in BY_LINK if len(route.parameters) > 1))
async def test_a_link_opens_nothing_of_another_account(visit: Visitor, owner: Person, route: Route) -> None:
    theirs = await objects_of(owner, route)
    own = {"token": await FACTORIES["token"](await a_person("Maja Strmec"))}
    missing = {name: str(uuid4()) for name in theirs} | own
    before = await everything()

    answers = [await sent_by_anybody(visit, route, ids) for ids in (theirs | own, missing)]

    assert [answer.status for answer in answers] == [404, 404]
    assert without_tokens(answers[0], theirs | own) == without_tokens(answers[1], missing)
    assert await everything() == before


async def sent_by_anybody(visit: Visitor, route: Route, ids: dict[str, str]) -> Page:
    if route.method == "GET":
        return await visit.get(route.at(**ids), status=404, follow=False)
    token = (await visit.get("/pay")).form.fields["csrf_token"]
    return await visit.post(route.at(**ids), {"csrf_token": token} | FILLED_IN.get(route.path, {}), status=404)


async def test_who_shares_the_account_sees_it(visit: Visitor, owner: Person) -> None:
    partner = await a_person("Luka Kovač")
    assert partner.login is not None
    await saved(Access(login=partner.login.id, customer=owner.customer.id))
    await signed_in(visit, partner)
    bill = await owner.bill()

    page = await visit.get("/account")
    await visit.submit(page.form_to("/account/choice"), account=str(owner.account.id), status=303, follow=False)

    await visit.get(f"/bills/{bill.id}", follow=False)
