"""The list of services of a line: how each stands, and a switch where nothing more has to be said."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.jobs import JOBS
from portal.network.tables import Setting
from portal.sandbox.network.behaviours import Behaviour
from tests.people import NOON, Person, a_person
from tests.services.asking import has, network_has
from tests.services.pages import by_htmx, form, opened, path, row, words
from tests.services.picky import Picky
from tests.visiting import Visitor
from tests.working import work_off
from tests.world import Exchange


async def test_the_list_says_how_each_service_stands_and_what_it_costs(visit: Visitor, ana: Person) -> None:
    await has(ana, "security")

    page = await opened(visit, ana)

    assert row(page, "Zaščita na spletu") == "Zaščita na spletu vklopljeno 1,99 € na mesec od 21. 11. 2026"
    assert row(page, "Telefonski predal") == "Telefonski predal izklopljeno brezplačno"
    assert row(page, "Gostovanje v tujini") == "Gostovanje v tujini izklopljeno po ceniku"
    assert row(page, "Dodatnih 5 GB") == "Dodatnih 5 GB 4,99 €"
    assert [node.text for node in page.all("h2")] == ["Klici", "Sporočila", "Prenos podatkov", "Tujina", "Varnost"]
    assert "Stanje v omrežju: 21. 11. 2026 ob 12.00" in page.text


async def test_a_free_service_is_switched_right_in_the_list(visit: Visitor, ana: Person) -> None:
    page = await opened(visit, ana)
    assert "ne spremenijo vašega računa, zato podpis ni potreben" in page.text

    asked = await visit.submit(form(page, ana, "voicemail"))

    assert "Vklapljamo: Telefonski predal" in asked.text
    assert row(asked, "Telefonski predal") == "Telefonski predal vklapljamo … brezplačno"
    await work_off()
    done = await visit.get(asked.path)
    assert "Vklopljeno: Telefonski predal" in done.text
    assert await network_has(ana, "voicemail") == Setting(is_on=True)
    assert not done.all("[hx-trigger]")


async def test_htmx_gets_the_list_at_once_and_looks_again_until_it_is_done(visit: Visitor, ana: Person) -> None:
    switch = form(await opened(visit, ana), ana, "voicemail")

    asked = await visit.post(switch.action, switch.fields, headers=by_htmx("services"))

    assert "<html" not in asked.html
    assert asked.one("#services").get("hx-trigger") == "every 2s"
    await work_off()
    done = await visit.get(asked.one("#services").get("hx-get") or "", headers=by_htmx("services"))
    assert row(done, "Telefonski predal").startswith("Telefonski predal vklopljeno")
    assert done.one("#services").get("hx-get") is None


async def test_what_takes_long_is_looked_at_more_seldom(visit: Visitor, ana: Person) -> None:
    await visit.submit(form(await opened(visit, ana), ana, "voicemail"))

    for minutes, seconds in ((0, 2), (1, 10), (10, 60)):
        with clock.stopped_at(NOON + timedelta(minutes=minutes)):
            page = await visit.get("/services")
        assert page.one("#services").get("hx-trigger") == f"every {seconds}s"


async def test_the_wish_is_not_shown_as_the_state_while_the_network_is_silent(
    visit: Visitor, ana: Person, exchange: Exchange
) -> None:
    await exchange.behaves(ana.line.number, Behaviour.SILENT)
    page = await opened(visit, ana)

    await visit.submit(form(page, ana, "voicemail"))
    await work_off()

    page = await visit.get("/services")
    assert row(page, "Telefonski predal").startswith("Telefonski predal vklapljamo …")
    assert [form for form in page.all("form") if form.get("action") == path(ana, "voicemail")] == []


async def test_a_refusal_leaves_the_state_and_says_why(visit: Visitor, ana: Person, picky: Picky) -> None:
    picky.refused = {"voicemail": "not_supported"}
    asked = await visit.submit(form(await opened(visit, ana), ana, "voicemail"))

    await work_off()

    page = await visit.get(asked.path)
    assert row(page, "Telefonski predal").startswith("Telefonski predal izklopljeno brezplačno zavrnjeno")
    assert "Ničesar ne zaračunamo" in words(page.one("[role=alert]"))


async def test_pressed_again_in_another_tab_it_is_said_that_it_is_so(visit: Visitor, ana: Person) -> None:
    tab = form(await opened(visit, ana), ana, "voicemail")
    await visit.submit(tab)

    under_way = await visit.submit(tab)
    await work_off()
    done = await visit.submit(tab)

    assert "Že vklapljamo: Telefonski predal" in under_way.text
    assert "Že vklopljeno: Telefonski predal" in done.text


async def test_what_costs_asks_or_changes_more_leads_to_its_page(visit: Visitor, ana: Person) -> None:
    await has(ana, "roaming")
    await has(ana, "data_abroad")

    page = await opened(visit, ana)

    switched = {node.get("action", "").rpartition("/")[2] for node in page.all("li.service form")}
    assert {"voicemail", "call_id_hidden", "own_barring", "data_abroad"} == switched
    assert not switched & {"security", "data_5gb", "premium_090", "call_forwarding", "mms", "roaming"}


async def test_a_line_that_was_never_read_is_being_checked(visit: Visitor, exchange: Exchange, database: str) -> None:
    ana = await a_person("Ana Kos")

    page = await opened(visit, ana)

    assert row(page, "Telefonski predal").startswith("Telefonski predal preverjamo …")
    assert not page.all("li.service form")
    assert page.one("#services").get("hx-trigger") == "every 3s"
    assert page.one("#services a.again").get("href") == page.one("#services").get("hx-get")
    await work_off()
    assert row(await visit.get("/services"), "Telefonski predal").startswith("Telefonski predal izklopljeno")


async def test_what_was_read_long_ago_is_read_again_and_shown_with_its_hour(
    visit: Visitor, ana: Person, exchange: Exchange
) -> None:
    await exchange.service_drifts(ana.line.number, "voicemail", Setting(is_on=True))
    await opened(visit, ana)

    with clock.stopped_at(NOON + timedelta(minutes=20)):
        stale = await visit.get("/services")
        await work_off()
        fresh = await visit.get("/services")

    assert "Stanje v omrežju: 21. 11. 2026 ob 12.00" in stale.text
    assert row(stale, "Telefonski predal").startswith("Telefonski predal izklopljeno")
    assert row(fresh, "Telefonski predal").startswith("Telefonski predal vklopljeno")
    assert "ob 12.20" in fresh.text
    assert "network.read" in JOBS
