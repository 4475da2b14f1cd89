"""What waits for a signature and what was signed stands in one place, for all customers of a login."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.queries import counting
from portal import clock
from portal.identity.tables import Access
from portal.signing.envelopes.expiring import expire
from portal.signing.tables import Envelope, OrderKind
from tests.people import Person, a_person, saved
from tests.signing.pages.walking import accepts, later, worker_signed
from tests.signing.people import an_envelope
from tests.visiting import Visitor


async def test_nothing_to_sign_yet(visit: Visitor, ana: Person) -> None:
    page = await visit.get("/documents")

    assert "Dokumentov še ni" in page.text


async def test_what_waits_says_until_when(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get("/documents")

    assert "Podaljšanje vezave" in page.text
    assert "čaka na vaš podpis" in page.text
    assert page.one("main a.row").get("href") == f"/documents/{waiting.id}"


async def test_what_is_signed_stays(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    await accepts(visit, waiting)
    await worker_signed(waiting, clock.now())

    async with later(visit, ana, clock.now() + timedelta(days=5 * 365)):
        page = await visit.get("/documents")

    assert [heading.text for heading in page.all("h2")] == ["Podpisano"]


async def test_what_ran_out_stands_apart_even_before_it_is_written_down(
    visit: Visitor, ana: Person, waiting: Envelope
) -> None:
    async with later(visit, ana, waiting.expires_at):
        page = await visit.get("/documents")

    assert [heading.text for heading in page.all("h2")] == ["Brez podpisa"]
    assert "rok je potekel" in page.text


async def test_documents_of_all_customers_of_a_login_are_there(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    luka = await a_person("Luka Novak", registered=False)
    assert ana.login is not None
    await saved(Access(login=ana.login.id, customer=luka.customer.id))
    await an_envelope(luka, at=clock.now(), kind=OrderKind.CHANGE)

    page = await visit.get("/documents")

    assert len(page.all("main a.row")) == 2
    assert "Luka Novak" in page.text
    assert "Ana Novak" in page.text


async def test_in_english(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    fields = (await visit.get("/account")).form_to("/language").fields
    await visit.post("/language", fields | {"language": "en"}, status=303, follow=False)

    assert "waits for your signature" in (await visit.get("/documents")).text
    assert "Begin reading" in (await visit.get(f"/documents/{waiting.id}")).text


@pytest.mark.parametrize("path", ["/documents", "/documents/{id}"])
async def test_a_page_asks_the_database_twice(visit: Visitor, waiting: Envelope, path: str) -> None:
    path = path.format(id=waiting.id)
    await visit.get(path)

    with counting() as asked:
        await visit.get(path)

    assert len(asked) == 2


async def test_home_says_that_documents_wait_and_how_long(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    async with later(visit, ana, waiting.expires_at - timedelta(hours=23)):
        page = await visit.get("/")

    assert "Dokumenti čakajo na vaš podpis" in page.text
    assert "23 ur" in page.text
    assert page.all(f"a[href='/documents/{waiting.id}']")


async def test_home_is_silent_once_it_is_too_late(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    async with later(visit, ana, waiting.expires_at):
        page = await visit.get("/")

    assert "čakajo na vaš podpis" not in page.text


async def test_home_is_silent_of_what_is_decided(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    await expire(waiting.id, waiting.expires_at)

    assert "čakajo na vaš podpis" not in (await visit.get("/")).text


async def test_the_profile_leads_there(visit: Visitor, ana: Person) -> None:
    assert (await visit.get("/account")).all("a[href='/documents']")
