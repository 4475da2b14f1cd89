"""The page on which a limit is set: what was spent, what is off, and whose line it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.customers.tables import PackageKind
from portal.identity.tables import Access
from portal.network.tables import Setting
from portal.sandbox.network.behaviours import Behaviour
from portal.usage.tables import OnReaching, SpendingLimit
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.usage.limited_bojan import bojan, noon, open_page, save, the_limit
from tests.usage.meters import a_second_line, limits_spending, ordered, spends, work
from tests.visiting import Visitor
from tests.world import Exchange, exchange

__all__ = ["bojan", "exchange", "noon"]


async def test_what_was_not_measured_is_not_shown_as_nothing(visit: Visitor, bojan: Person) -> None:
    page = await open_page(visit, bojan)

    assert "Za to obdobje podatkov o porabi še nimamo." in page.text
    assert "0,00" not in page.text


async def test_what_was_spent_stands_there_with_when_it_was_measured(visit: Visitor, bojan: Person) -> None:
    await spends(bojan.line, 1_234, measured_at=NOON - timedelta(minutes=4))

    page = await open_page(visit, bojan)

    assert "12,34 €" in page.text
    assert "Od 1. 11. 2026 do 30. 11. 2026, z DDV. Izmerjeno 21. 11. 2026 ob 11.56." in page.text
    assert "zdaj je poraba lahko višja" not in page.text


async def test_an_old_measurement_is_called_old(visit: Visitor, bojan: Person) -> None:
    await spends(bojan.line, 1_234, measured_at=NOON - timedelta(minutes=61))

    assert "zdaj je poraba lahko višja" in (await open_page(visit, bojan)).text


@pytest.mark.parametrize(
    ("typed", "cents"), [("20", 2_000), ("20,00", 2_000), ("20 €", 2_000), ("20,5", 2_050), ("20.00 €", 2_000)]
)
async def test_a_limit_is_set_as_people_write_it(visit: Visitor, bojan: Person, typed: str, cents: int) -> None:
    page = await save(visit, bojan, typed)

    assert await the_limit(bojan) == (cents, "warn")
    assert page.path == f"/usage/limit?line={bojan.line.id}"


@pytest.mark.parametrize("typed", ["", "dvajset", "-5", "1e3", "0", "0,00", "20,555", "99999"])
async def test_what_is_no_amount_is_explained_and_stays_in_the_field(visit: Visitor, bojan: Person, typed: str) -> None:
    page = await save(visit, bojan, typed, status=400)

    assert page.one("#limit").get("value", "") == typed
    assert page.one("#limit").get("aria-invalid") == "true"
    assert await the_limit(bojan) is None


async def test_what_happens_at_the_limit_is_chosen_among_two(visit: Visitor, bojan: Person) -> None:
    page = await save(visit, bojan, "20", "explode", status=400)

    assert "Izberite, kaj naj se zgodi ob doseženi omejitvi." in page.text


async def test_how_much_is_left_until_the_limit(visit: Visitor, bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_234)

    page = await open_page(visit, bojan)

    assert "Do omejitve 7,66 € od 20,00 €" in page.text
    assert page.one("#limit").get("value") == "20,00"


async def test_a_limit_that_is_reached_as_it_is_set_says_so_and_switches_off_at_once(
    visit: Visitor, bojan: Person, exchange: Exchange
) -> None:
    await exchange.has_on(bojan.line.number, chargeable_use=Setting(True))
    await spends(bojan.line, 2_100)

    page = await save(visit, bojan, "20", "block")
    assert "Porabo nad paketom izklapljamo" in page.text
    assert "Poraba nad paketom je izklopljena" not in page.text

    await work()
    page = await open_page(visit, bojan)
    assert "Poraba nad paketom je izklopljena" in page.text


async def test_reached_and_only_telling_says_that_nothing_is_off(visit: Visitor, bojan: Person) -> None:
    await spends(bojan.line, 2_100)

    page = await save(visit, bojan, "20", "warn")

    assert "Omejitev je dosežena" in page.text
    assert "Nič ni izklopljeno" in page.text
    assert await ordered(bojan.line) == []


async def test_what_the_network_refused_is_not_shown_as_done(visit: Visitor, bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)
    await spends(bojan.line, 2_100)
    await work()

    page = await open_page(visit, bojan)

    assert "Porabe nad paketom nismo mogli izklopiti" in page.text
    assert "Poraba nad paketom je izklopljena" not in page.text


async def test_it_says_what_stays_and_that_a_little_more_can_be_charged(visit: Visitor, bojan: Person) -> None:
    text = (await open_page(visit, bojan)).text

    assert "Vedno lahko pokličete tudi 112" in text
    assert "Podatki o porabi prihajajo z zamikom" in text


async def test_a_strangers_line_is_as_missing(visit: Visitor, bojan: Person) -> None:
    stranger = await a_person("Maja Strmec")
    form = (await open_page(visit, bojan)).form_to(f"/usage/limit?line={bojan.line.id}").fill(limit="1")

    for line in (stranger.line.id, "00000000-0000-0000-0000-000000000000", "1", ""):
        await visit.get(f"/usage/limit?line={line}", status=404)
        await visit.post(f"/usage/limit?line={line}", form.fields | {"on_reaching": "warn"}, status=404)

    assert await SpendingLimit.count() == 0


async def test_who_shares_the_customer_sets_it_and_who_is_on_the_line_does_not(visit: Visitor) -> None:
    mother, child = await a_person("Maja Strmec"), await a_person("Tim Strmec")
    assert mother.login is not None
    shared = await a_second_line(mother, number="+38641777777")
    await signed_in(visit, child, at=NOON)
    await visit.get(f"/usage/limit?line={shared.id}", status=404)

    partner = await a_person("Luka Strmec")
    assert partner.login is not None
    await saved(Access(login=partner.login.id, customer=mother.customer.id))
    await signed_in(visit, partner, at=NOON)
    page = await visit.get(f"/usage/limit?line={shared.id}")
    await visit.submit(page.form_to(f"/usage/limit?line={shared.id}"), limit="15", on_reaching="block")

    row = await SpendingLimit.objects().get(SpendingLimit.line == shared.id)
    assert row is not None
    assert (row.limit_cents, row.set_by) == (1_500, partner.login.id)


async def test_all_lines_are_one_tap_away(visit: Visitor, bojan: Person) -> None:
    second = await a_second_line(bojan)

    page = await open_page(visit, bojan)

    assert {link.get("href") for link in page.all(".line_choice a")} == {
        f"/usage/limit?line={line.id}" for line in (bojan.line, second)
    }


async def test_without_a_line_the_first_of_the_account_is_shown(visit: Visitor, bojan: Person) -> None:
    page = await visit.get("/usage/limit")

    assert page.form_to(f"/usage/limit?line={bojan.line.id}")


async def test_a_connection_has_a_limit_too(visit: Visitor) -> None:
    marija = await a_person("Marija Hribar", package=PackageKind.KOMBO)
    await signed_in(visit, marija, at=NOON)
    await save(visit, marija, "20")

    assert await the_limit(marija) == (2_000, "warn")


async def test_setting_a_limit_leaves_a_trace(visit: Visitor, bojan: Person) -> None:
    await save(visit, bojan, "20", "block")

    entry = await AuditEntry.objects().get(AuditEntry.event == Event.SPENDING_LIMIT_SET)
    assert entry is not None
    assert bojan.login is not None
    assert (entry.login_id, entry.account_id) == (bojan.login.id, bojan.account.id)
