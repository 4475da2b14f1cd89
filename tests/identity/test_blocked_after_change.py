"""A day after a change of contact data: sensitive acts wait, everything else goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.clock import stopped_at
from portal.identity.tables import Login, Session
from tests.identity.moving import ask_for, change_number, login_of, proven
from tests.identity.phones import Phones, sign_in
from tests.people import NOON, Person, a_person
from tests.visiting import Visitor

A_DAY = timedelta(hours=24)
SENSITIVE = ["/account/number", "/account/email", "/account/email/removal"]


async def changed_at_noon(person: Person) -> None:
    assert person.login is not None
    await Login.update({Login.contact_changed_at: NOON}).where(Login.id == person.login.id)


@pytest.mark.parametrize("path", SENSITIVE)
async def test_sensitive_acts_wait_until_the_day_is_over(visit: Visitor, bojan: Person, path: str) -> None:
    await changed_at_noon(bojan)
    last = NOON + A_DAY - timedelta(seconds=1)
    with stopped_at(last):
        await proven(visit, bojan, last)
        page = await visit.get(path, status=403)
    with stopped_at(NOON + A_DAY):
        await visit.get(path)

    assert "21. 11. 2026 ob 12.00" in page.text
    assert "22. 11. 2026 ob 12.00" in page.text
    assert page.all('main a[href="tel:+38640404040"]')


async def test_nobody_is_asked_for_a_code_only_to_be_refused(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await changed_at_noon(bojan)
    with stopped_at(NOON + timedelta(hours=1)):
        await sign_in(visit, bojan, phones)
        await Session.update({Session.stepped_up_at: NOON - timedelta(hours=1)}, force=True)

        await visit.get("/account/number", status=403)


async def test_a_form_that_was_open_before_is_refused_too(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        form = (await visit.get("/account/number")).form_to("/account/number")
        await change_number(visit, phones)
        fresh = (await visit.get("/account")).form_to("/sign-out").fields["csrf_token"]

        await visit.submit(form, number="041 333 444", csrf_token=fresh, status=403)

    assert (await login_of(bojan)).contact_changed_at == NOON


async def test_bills_and_the_profile_are_open_as_always(visit: Visitor, bojan: Person) -> None:
    await changed_at_noon(bojan)
    at = NOON + timedelta(minutes=20, seconds=1)
    with stopped_at(at):
        await proven(visit, bojan, at)
        await visit.get("/")
        await visit.get("/bills")
        page = await visit.get("/account")

    assert not page.all('a[href="/account/number"], a[href="/account/email"]')
    assert ["".join(end.itertext()) for end in page.all(".row .end")[:2]] == ["mogoče jutri"] * 2
    assert "To je bilo 21. 11. 2026 ob 12.00. Naslednja sprememba bo mogoča 22. 11. 2026 ob 12.00." in page.text
    assert page.all('.notice a[href="tel:+38640404040"]')


async def test_the_day_after_it_is_possible_again_today(visit: Visitor, bojan: Person) -> None:
    await changed_at_noon(bojan)
    morning = NOON + timedelta(hours=20)
    with stopped_at(morning):
        await proven(visit, bojan, morning)
        page = await visit.get("/account")

    assert "".join(page.all(".row .end")[0].itertext()) == "mogoče danes"


async def test_the_profile_says_nothing_once_the_day_is_over(visit: Visitor, bojan: Person) -> None:
    await changed_at_noon(bojan)
    with stopped_at(NOON + A_DAY):
        await proven(visit, bojan, NOON + A_DAY)
        page = await visit.get("/account")

    assert not page.all(".notice")
    assert page.all('a[href="/account/number"]')
    assert page.all('a[href="/account/email"]')


async def test_a_strangers_change_blocks_nobody_else(visit: Visitor, bojan: Person) -> None:
    await changed_at_noon(await a_person("Maja Strmec"))
    at = NOON + timedelta(hours=1)
    with stopped_at(at):
        await proven(visit, bojan, at)
        await visit.get("/account/number")


async def test_a_day_later_bojan_can_move_on(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)
    tomorrow = NOON + A_DAY
    with stopped_at(tomorrow):
        await proven(visit, bojan, tomorrow)
        await ask_for(visit, "041 333 444")
        page = await change_number(visit, phones, "+38641333444")

    assert page.path == "/account"
    assert (await login_of(bojan)).contact_changed_at == tomorrow
