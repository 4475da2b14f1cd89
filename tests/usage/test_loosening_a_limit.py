"""Whoever loosens a limit, or removes it, enters a code first; a tighter one needs none."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from portal.audit import AuditEntry, Event
from portal.identity.tables import Session
from portal.network.tables import Setting
from portal.usage.tables import OnReaching
from tests.people import NOON, Person
from tests.usage.limited_bojan import bojan, noon, open_page, save, the_limit
from tests.usage.meters import limits_spending, ordered, spends, work
from tests.visiting import Visitor
from tests.world import Exchange, exchange

__all__ = ["bojan", "exchange", "noon"]


async def has_entered_a_code(person: Person, *, minutes_ago: int = 1) -> None:
    assert person.login is not None
    moment = NOON - timedelta(minutes=minutes_ago)
    await Session.update({Session.stepped_up_at: moment}).where(Session.login == person.login.id)


async def test_a_tighter_limit_needs_no_code(visit: Visitor, bojan: Person) -> None:
    await limits_spending(bojan, 5_000)
    await save(visit, bojan, "20", "block")

    assert await the_limit(bojan) == (2_000, "block")


@pytest.mark.parametrize(("limit", "on_reaching"), [("50", "block"), ("20", "warn"), ("10", "warn")])
async def test_a_looser_limit_asks_for_a_code_and_changes_nothing_yet(
    visit: Visitor, bojan: Person, limit: str, on_reaching: str
) -> None:
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)

    answer = await save(visit, bojan, limit, on_reaching, status=303, follow=False)

    assert await the_limit(bojan) == (2_000, "block")
    back = quote(f"/usage/limit?line={bojan.line.id}&limit={limit}&on_reaching={on_reaching}", safe="")
    assert answer.response.headers["location"] == f"/account/proof?next={back}"


async def test_after_the_code_what_was_typed_stands_in_the_form_and_is_saved_by_one_press(
    visit: Visitor, bojan: Person
) -> None:
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)
    await has_entered_a_code(bojan)

    page = await visit.get(f"/usage/limit?line={bojan.line.id}&limit=50+%E2%82%AC&on_reaching=block")
    assert "Zdaj shranite omejitev." in page.text
    assert await the_limit(bojan) == (2_000, "block")
    await visit.submit(page.form_to(f"/usage/limit?line={bojan.line.id}"))

    assert await the_limit(bojan) == (5_000, "block")


async def test_a_link_that_somebody_made_sets_nothing(visit: Visitor, bojan: Person) -> None:
    page = await visit.get(f"/usage/limit?line={bojan.line.id}&limit=%3Cscript%3E{'9' * 99}&on_reaching=none")

    assert "<script>9" not in page.html
    assert await the_limit(bojan) is None


async def test_a_code_of_long_ago_is_not_fresh(visit: Visitor, bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await has_entered_a_code(bojan, minutes_ago=11)
    await save(visit, bojan, "50", status=303, follow=False)

    assert await the_limit(bojan) == (2_000, "warn")


async def test_after_a_change_of_contact_data_it_waits_a_day(visit: Visitor, bojan: Person) -> None:
    assert bojan.login is not None
    await limits_spending(bojan, 2_000)
    await has_entered_a_code(bojan)
    bojan.login.contact_changed_at = NOON - timedelta(hours=1)
    await bojan.login.save()

    await save(visit, bojan, "50", status=403)

    assert await the_limit(bojan) == (2_000, "warn")


async def test_removing_needs_a_code_and_switches_on_again(visit: Visitor, bojan: Person, exchange: Exchange) -> None:
    await exchange.has_on(bojan.line.number, chargeable_use=Setting(True))
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)
    await spends(bojan.line, 2_100)
    await work()
    removal = (await open_page(visit, bojan)).form_to(f"/usage/limit/removal?line={bojan.line.id}")

    await visit.submit(removal, status=303, follow=False)
    assert await the_limit(bojan) is not None
    await has_entered_a_code(bojan)
    page = await visit.submit(removal)

    assert await the_limit(bojan) is None
    assert await ordered(bojan.line) == [False, True]
    assert "Porabo nad paketom znova vklapljamo" in page.text


async def test_removing_twice_is_as_removing_once(visit: Visitor, bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await has_entered_a_code(bojan)
    removal = (await open_page(visit, bojan)).form_to(f"/usage/limit/removal?line={bojan.line.id}")
    await visit.submit(removal)
    await visit.submit(removal)

    events = await AuditEntry.count().where(AuditEntry.event == Event.SPENDING_LIMIT_REMOVED)
    assert (await the_limit(bojan), events) == (None, 1)
