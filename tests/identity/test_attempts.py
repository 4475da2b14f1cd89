"""Guessing a code: five tries, then a pause of fifteen minutes, whoever guesses, from wherever."""

from __future__ import annotations

from datetime import timedelta

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity.tables import Session
from portal.web import tokens
from tests.identity.phones import Phones, ask, is_signed_in, sign_in, wrong
from tests.people import NOON, Person, a_person
from tests.visiting import Page, Visitor


async def guess(browser: Visitor, page: Page, code: str, times: int) -> Page:
    for _ in range(times):
        page = await browser.submit(page.form_to("/sign-in/code"), code=code, status=400)
    return page


async def evaluated() -> int:
    return int(await AuditEntry.count().where(AuditEntry.event == Event.SIGN_IN_REFUSED))


async def test_the_right_code_is_not_even_looked_at_after_five_wrong_ones(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.contact_number)
        code = await phones.code_of(bojan)
        page = await guess(visit, page, wrong(code), 5)

        paused = await visit.submit(page.form_to("/sign-in/code"), code=code, status=429)

    assert "Znova lahko poskusite 21. 11. 2026 ob 12.15" in paused.text
    assert paused.all('main a[href="tel:+38640404040"]')
    assert await evaluated() == 5
    assert not await Session.exists()


async def test_the_pause_lasts_fifteen_minutes_from_the_fifth_try(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.contact_number)
        page = await guess(visit, page, wrong(await phones.code_of(bojan)), 4)
    with stopped_at(NOON + timedelta(minutes=4)):
        page = await guess(visit, page, wrong(await phones.code_of(bojan)), 1)
    with stopped_at(NOON + timedelta(minutes=18, seconds=59)):
        await ask(visit, bojan.customer.contact_number, status=429)
    with stopped_at(NOON + timedelta(minutes=19)):
        await sign_in(visit, bojan, phones)

    assert await Session.count() == 1


async def test_new_codes_and_new_browsers_do_not_bring_new_tries(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.contact_number)
        code = await phones.code_of(bojan)
        await guess(visit, page, wrong(code), 3)
    with stopped_at(NOON + timedelta(minutes=1)):
        page = await visit.submit(page.form_to("/sign-in/code/resend"))
        await guess(visit, page, wrong(await phones.code_of(bojan)), 1)
        theirs = await ask(stranger, bojan.customer.contact_number)
        theirs = await guess(stranger, theirs, wrong(await phones.code_of(bojan)), 1)
        await stranger.submit(theirs.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=429)
        await visit.submit(page.form_to("/sign-in/code"), code="000000", status=429)

    assert await evaluated() == 5


async def test_other_names_of_one_login_share_its_tries_and_do_not_tell(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.contact_number)
        await guess(visit, page, wrong(await phones.code_of(bojan)), 5)

        theirs = await ask(stranger, bojan.customer.number)
        code = await phones.code_of(bojan)
        await guess(stranger, theirs, code, 5)
        await stranger.submit(theirs.form_to("/sign-in/code"), code=code, status=429)

    assert await evaluated() == 5
    assert not await Session.exists()


async def test_strangers_tries_do_not_lock_out_a_browser_that_signed_in_before(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
        await visit.submit((await visit.get("/account")).form_to("/sign-out"))
        for name in (bojan.customer.contact_number, bojan.customer.number):
            theirs = await ask(stranger, name)
            theirs = await guess(stranger, theirs, "000000", 5)
            await stranger.submit(theirs.form_to("/sign-in/code"), code="000000", status=429)

        await sign_in(visit, bojan, phones)
        assert await is_signed_in(visit)


async def test_a_known_browser_has_no_more_than_five_tries_either(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
        await visit.submit((await visit.get("/account")).form_to("/sign-out"))
        page = await ask(visit, bojan.customer.contact_number)
        page = await guess(visit, page, wrong(await phones.code_of(bojan)), 5)
        await visit.submit(page.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=429)


async def test_somebody_elses_device_cookie_makes_no_browser_known(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(stranger, await a_person("Maja Strmec"), phones)
        await stranger.submit((await stranger.get("/account")).form_to("/sign-out"))
        assert stranger.client.cookies[tokens.DEVICE]
        page = await ask(visit, bojan.customer.contact_number)
        await guess(visit, page, "000000", 5)

        await ask(stranger, bojan.customer.contact_number, status=429)


async def test_signing_in_forgets_earlier_mistakes(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        for _ in range(3):
            page = await ask(visit, bojan.customer.contact_number)
            code = await phones.code_of(bojan)
            page = await guess(visit, page, wrong(code), 4)
            await visit.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)
            visit.client.cookies.clear()


async def test_the_pause_is_told_in_full_minutes_so_that_nobody_comes_too_early(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON + timedelta(seconds=1)):
        page = await ask(visit, bojan.customer.contact_number)
        await guess(visit, page, "000000", 5)
        paused = await ask(visit, bojan.customer.contact_number, status=429)
    with stopped_at(NOON + timedelta(minutes=16)):
        await ask(visit, bojan.customer.contact_number)

    assert "21. 11. 2026 ob 12.16" in paused.text
