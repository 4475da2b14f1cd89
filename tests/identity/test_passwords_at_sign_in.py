"""A password beside the code: looked at for everybody alike, asked for only after the right code."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity import confirming, password_entering, passwords
from portal.identity.browsers import Browser
from portal.identity.password_setting import keep
from portal.identity.refusals import WrongPassword
from portal.identity.tables import Password, Session, SignInCode
from portal.limits import Counter
from portal.web import tokens
from tests.identity.moving import change_number, proven
from tests.identity.phones import Phones, is_signed_in
from tests.identity.test_answered_alike import NOBODYS, rows, statements, unmasked
from tests.people import NOON, Person, a_person, saved
from tests.visiting import Page, Visitor

RIGHT = "modra lokomotiva pelje"
HERE = Browser(address="203.0.113.7", user_agent="")


async def with_password(person: Person, password: str = RIGHT, *, sent: bool = False) -> Person:
    assert person.login is not None
    expires_at = NOON + timedelta(hours=24) if sent else None
    hashed = await passwords.hashed(password)
    await saved(Password(login=person.login.id, hash=hashed, is_initial=sent, set_at=NOON, expires_at=expires_at))
    return person


async def ask(visit: Visitor, name: str, password: str = "", *, path: str = "/sign-in", status: int = 200) -> Page:
    page = await visit.get(path)
    return await visit.submit(page.form, identifier=name, password=password, status=status)


async def enter_code(visit: Visitor, page: Page, phones: Phones, person: Person, *, follow: bool = False) -> Page:
    code = await phones.code_of(person)
    return await visit.submit(page.form_to("/sign-in/code"), code=code, status=200 if follow else 303, follow=follow)


def where(page: Page) -> str:
    return page.response.headers["location"]


async def test_the_right_password_and_the_right_code_let_bojan_in(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan)

    page = await ask(visit, bojan.customer.number, RIGHT, path="/sign-in?next=/account")
    arrived = await enter_code(visit, page, phones, bojan)

    assert where(arrived) == "/account"
    assert await is_signed_in(visit)


@pytest.mark.parametrize("typed", ["", "modra lokomotiva stoji", RIGHT.upper()])
async def test_without_the_right_one_it_is_asked_for_after_the_code(
    visit: Visitor, bojan: Person, phones: Phones, typed: str
) -> None:
    await with_password(bojan)
    page = await ask(visit, bojan.customer.number, typed, path="/sign-in?next=/account")
    page = await enter_code(visit, page, phones, bojan, follow=True)
    assert page.path == "/sign-in/password?next=%2Faccount"
    assert not await is_signed_in(visit)

    arrived = await visit.submit(page.form_to("/sign-in/password"), password=RIGHT, status=303, follow=False)

    assert where(arrived) == "/account"
    assert await is_signed_in(visit)


async def test_who_has_none_is_not_asked_for_one_whatever_was_typed(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    page = await ask(visit, bojan.customer.number, RIGHT)
    await enter_code(visit, page, phones, bojan)

    assert await is_signed_in(visit)


async def test_the_right_password_without_the_code_is_worth_nothing(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan)
    page = await ask(visit, bojan.customer.number, RIGHT)
    await visit.submit(page.form_to("/sign-in/code"), code="000000", status=400)

    assert (await visit.get("/sign-in/password", status=303, follow=False)).response.status_code == 303
    assert not await is_signed_in(visit)


@pytest.mark.parametrize("typed", [RIGHT, "modra lokomotiva stoji"])
async def test_nobody_learns_from_outside_who_has_a_password(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones, typed: str
) -> None:
    """With one, without one, and nobody at all: the same statements, the same rows, the same pages."""
    await with_password(bojan)
    ana = await a_person("Ana Kovač")
    stories = []
    for name in (bojan.customer.number, ana.customer.number, NOBODYS["customer number"]):
        stranger.client.cookies.clear()
        await Counter.delete(force=True)
        before = await rows()
        async with statements() as sql:
            with stopped_at(NOON):
                asked = await ask(stranger, name, typed)
                failed = await stranger.submit(asked.form_to("/sign-in/code"), code="000000", status=400)
        after = await rows()
        added = {table: after[table] - before[table] for table in after if after[table] != before[table]}
        stories.append((list(sql), added, unmasked(asked), unmasked(failed)))

    assert len(stories[0][0]) > 10
    assert stories[0] == stories[1] == stories[2]


async def test_the_sixth_wrong_password_is_not_even_looked_at(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        page = await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)
        for _ in range(5):
            page = await visit.submit(page.form_to("/sign-in/password"), password="napačno", status=400)
        paused = await visit.submit(page.form_to("/sign-in/password"), password=RIGHT, status=429)
        theirs = await enter_code(stranger, await ask(stranger, bojan.customer.number), phones, bojan, follow=True)
        await stranger.submit(theirs.form_to("/sign-in/password"), password=RIGHT, status=429)

    assert "Geslo je bilo večkrat vpisano napačno" in paused.text
    assert await AuditEntry.count().where(AuditEntry.event == Event.PASSWORD_REFUSED) == 5
    assert not await Session.exists()


async def test_fifty_guesses_at_once_are_looked_at_five_times(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)
        (code,) = await SignInCode.objects()

        answers = await asyncio.gather(
            *(password_entering.enter(code, "napačno", HERE.address, at=NOON) for _ in range(50)),
            return_exceptions=True,
        )

    assert [type(answer) for answer in answers].count(WrongPassword) == 5
    assert await AuditEntry.count().where(AuditEntry.event == Event.PASSWORD_REFUSED) == 5


async def test_two_tabs_with_the_right_password_begin_one_session(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)
        (code,) = await SignInCode.objects()

        answers = await asyncio.gather(
            *(password_entering.enter(code, RIGHT, HERE.address, at=NOON) for _ in range(2)), return_exceptions=True
        )

    assert [type(answer) for answer in answers if answer is not None] == [WrongPassword]


async def test_the_password_page_is_the_browsers_that_entered_the_code(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan)
    await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)

    assert where(await stranger.get("/sign-in/password", status=303, follow=False)) == "/sign-in"


async def test_the_password_is_waited_for_ten_minutes(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        page = await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)
    with stopped_at(NOON + timedelta(minutes=10)):
        late = await visit.submit(page.form_to("/sign-in/password"), password=RIGHT, status=303, follow=False)

    assert where(late) == "/sign-in"
    assert not await Session.exists()


async def test_the_cookie_of_a_sign_in_begins_no_second_session(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    page = await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)
    challenge = visit.client.cookies[tokens.CHALLENGE]
    await visit.submit(page.form_to("/sign-in/password"), password=RIGHT, status=303, follow=False)
    visit.client.cookies.clear()
    visit.client.cookies.set(tokens.CHALLENGE, challenge, domain="moj.test", path="/")

    assert where(await visit.get("/sign-in/password", status=303, follow=False)) == "/sign-in"


async def test_a_password_of_ours_lets_in_for_a_day_and_leads_to_ones_own(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan, "Kx7mRt92wQ", sent=True)
    with stopped_at(NOON + timedelta(hours=23, minutes=59)):
        page = await ask(visit, bojan.customer.number, "Kx7mRt92wQ", path="/sign-in?next=/account")
        arrived = await enter_code(visit, page, phones, bojan)
        assert where(arrived) == "/account/password?next=%2Faccount"
    with stopped_at(NOON + timedelta(hours=24)):
        page = await ask(stranger, bojan.customer.number, "Kx7mRt92wQ")
        page = await enter_code(stranger, page, phones, bojan, follow=True)
        late = await stranger.submit(page.form_to("/sign-in/password"), password="Kx7mRt92wQ", status=400)

    assert "je veljalo 24 ur" in late.text
    assert late.all('main a[href="/register"]')


async def test_a_new_contact_number_ends_what_waits_for_a_password(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await enter_code(stranger, await ask(stranger, bojan.customer.number), phones, bojan, follow=True)
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)

        assert where(await stranger.get("/sign-in/password", status=303, follow=False)) == "/sign-in"


async def test_proving_oneself_again_takes_the_code_alone(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
    with stopped_at(NOON + timedelta(minutes=11)):
        page = await visit.get("/account/number")
        page = await visit.submit(page.form_to("/account/proof"))

        arrived = await enter_code(visit, page, phones, bojan)

    assert where(arrived) == "/account/number"


async def test_a_password_hashed_with_former_parameters_is_hashed_anew_after_the_code(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    assert bojan.login is not None
    former = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(RIGHT)
    await saved(Password(login=bojan.login.id, hash=former, set_at=NOON))

    page = await enter_code(visit, await ask(visit, bojan.customer.number, RIGHT), phones, bojan, follow=True)
    await visit.submit(page.form_to("/sign-in/password"), password=RIGHT, status=303, follow=False)

    (password,) = await Password.objects()
    assert "$m=19456,t=2,p=1$" in password.hash
    assert await passwords.fits(password.hash, RIGHT)


async def test_what_was_shown_counts_no_more_once_another_is_set(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await ask(visit, bojan.customer.number, RIGHT)
        (code,) = await SignInCode.objects()
        assert code.has_shown_password
        await keep(code.login, await passwords.hashed("zelena lokomotiva stoji"), NOON)

        assert not await confirming.confirm(code, code.digits, HERE, at=NOON)


async def test_a_composed_and_a_decomposed_letter_are_one(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan, "rde\u010da lokomotiva")

    page = await ask(visit, bojan.customer.number, "rdec\u030ca lokomotiva")
    await enter_code(visit, page, phones, bojan)

    assert await is_signed_in(visit)


async def test_the_typed_password_stands_on_no_page(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    refused = await ask(visit, "041 12", RIGHT, status=400)
    page = await enter_code(visit, await ask(visit, bojan.customer.number), phones, bojan, follow=True)
    wrong = await visit.submit(page.form_to("/sign-in/password"), password="skrivnost moja", status=400)

    assert RIGHT not in refused.html
    assert refused.one("details[open] [name=password]").get("autocomplete") == "current-password"
    assert "skrivnost" not in wrong.html
