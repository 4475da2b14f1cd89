"""From «who are you» over the SMS to the page that was asked for."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity import asking, confirming
from portal.identity.browsers import Browser
from portal.identity.refusals import WrongCode
from portal.identity.tables import Access, Login, Session, SignInCode
from portal.web import tokens
from tests.identity.phones import Phones, ask, is_signed_in, sign_in, wrong
from tests.people import NOON, Person, a_login, a_person
from tests.visiting import Visitor

HERE = Browser(address="203.0.113.7", user_agent="")


async def test_bojan_signs_in_with_the_code_from_the_sms(visit: Visitor, bojan: Person, phones: Phones) -> None:
    page = await ask(visit, "041 " + bojan.customer.contact_number[6:])

    assert "Vpišite kodo" in page.text
    arrived = await visit.submit(
        page.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=303, follow=False
    )

    assert arrived.response.headers["location"] == "/"
    assert bojan.customer.name in (await visit.get("/account")).text


@pytest.mark.parametrize("kind", ["number", "e-mail", "customer number"])
async def test_each_name_of_a_login_leads_to_its_contact_number(
    visit: Visitor, bojan: Person, phones: Phones, kind: str
) -> None:
    await Login.update({Login.email: "bojan@example.test"}, force=True)
    names = {
        "number": bojan.customer.contact_number,
        "e-mail": " Bojan@Example.test ",
        "customer number": bojan.customer.number,
    }

    page = await ask(visit, names[kind])
    await visit.submit(page.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=303, follow=False)

    assert await is_signed_in(visit)


async def test_a_customer_whom_two_people_see_is_reached_on_its_own_contact_number(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    await a_login("Ana Kralj", "+38640777001", bojan.customer)

    await ask(visit, bojan.customer.number)

    await phones.code_of(bojan)
    assert not phones.received["+38640777001"]


async def test_one_comes_back_to_the_page_that_was_asked_for(visit: Visitor, bojan: Person, phones: Phones) -> None:
    turned_away = await visit.get("/account?a=1&b=2", status=303, follow=False)
    assert turned_away.response.headers["location"] == "/sign-in?next=%2Faccount%3Fa%3D1%26b%3D2"

    page = await ask(visit, bojan.customer.number, path=turned_away.response.headers["location"])
    wrongly = await visit.submit(page.form_to("/sign-in/code"), code=wrong(await phones.code_of(bojan)), status=400)
    arrived = await visit.submit(
        wrongly.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=303, follow=False
    )

    assert arrived.response.headers["location"] == "/account?a=1&b=2"


async def test_whoever_is_signed_in_is_not_asked_again(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await sign_in(visit, bojan, phones)

    assert (await visit.get("/sign-in", status=303, follow=False)).response.headers["location"] == "/"
    onward = await visit.get("/sign-in?next=/account", status=303, follow=False)
    assert onward.response.headers["location"] == "/account"


@pytest.mark.parametrize("typed", ["", "041 12", "01 234 5678", "+43 664 1234567", "ana@", "<b>hm</b>", "a" * 300])
async def test_what_was_typed_wrongly_stays_in_the_field(visit: Visitor, database: str, typed: str) -> None:
    page = await ask(visit, typed, status=400, remember="yes")

    assert page.form.fields["identifier"] == typed
    assert page.form.fields["remember"] == "yes"
    assert page.one("[name=identifier]").get("aria-invalid") == "true"
    assert not await SignInCode.exists()


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12a456", "１２３４５６"])
async def test_what_is_no_code_costs_no_try(visit: Visitor, bojan: Person, phones: Phones, typed: str) -> None:
    page = await ask(visit, bojan.customer.number)

    for _ in range(6):
        page = await visit.submit(page.form_to("/sign-in/code"), code=typed, status=400)

    assert page.form_to("/sign-in/code").fields["code"] == typed
    code = await phones.code_of(bojan)
    await visit.submit(page.form_to("/sign-in/code"), code=f"{code[:3]} {code[3:]}", status=303, follow=False)


async def test_a_code_works_once(visit: Visitor, bojan: Person, phones: Phones) -> None:
    page = await ask(visit, bojan.customer.number)
    challenge = visit.client.cookies[tokens.CHALLENGE]
    code = await phones.code_of(bojan)
    await visit.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)

    visit.client.cookies.clear()
    visit.client.cookies.set(tokens.CHALLENGE, challenge, domain="moj.test", path="/")
    fresh = await visit.get("/sign-in")
    again = await visit.post(
        "/sign-in/code", {"csrf_token": fresh.form.fields["csrf_token"], "code": code}, status=303, follow=False
    )

    assert again.response.headers["location"] == "/sign-in"
    assert await Session.count() == 1


async def test_two_tabs_with_the_right_code_use_it_once(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await ask(visit, bojan.customer.number)
    (code,) = await SignInCode.objects()
    tabs = [confirming.confirm(code, code.digits, HERE, at=NOON) for _ in range(2)]

    answers = await asyncio.gather(*tabs, return_exceptions=True)

    assert [type(answer) for answer in answers if answer is not True] == [WrongCode]


async def test_an_old_code_is_dead_even_while_a_new_one_is_being_sent(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await ask(visit, bojan.customer.number)
    (before,) = await SignInCode.objects()
    await asking.ask_again(before, HERE, at=NOON + timedelta(seconds=30))

    with pytest.raises(WrongCode):
        await confirming.confirm(before, before.digits, HERE, at=NOON + timedelta(seconds=31))


async def test_a_code_works_only_in_the_browser_that_asked(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    page = await ask(visit, bojan.customer.number)
    theirs = await ask(stranger, bojan.customer.number)
    await phones.code_of(bojan)
    first, second = [text[-6:] for text in phones.received[bojan.customer.contact_number]]

    await stranger.submit(theirs.form_to("/sign-in/code"), code=first, status=400)
    await visit.submit(page.form_to("/sign-in/code"), code=second, status=400)

    await visit.submit(page.form_to("/sign-in/code"), code=first, status=303, follow=False)


async def test_a_code_is_dead_after_five_minutes(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.number)
        code = await phones.code_of(bojan)
    with stopped_at(NOON + timedelta(minutes=5)):
        late = await visit.submit(page.form_to("/sign-in/code"), code=code, status=400)

    assert "ne velja več" in late.text


async def test_a_new_code_comes_after_half_a_minute_and_kills_the_old_one(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.number)
        old = await phones.code_of(bojan)
    with stopped_at(NOON + timedelta(seconds=28)):
        early = await visit.submit(page.form_to("/sign-in/code/resend"))
        assert "Na voljo čez 2 sekundi." in early.text
        assert await phones.code_of(bojan) == old
    with stopped_at(NOON + timedelta(seconds=30)):
        renewed = await visit.submit(early.form_to("/sign-in/code/resend"))
        assert "Nova koda je na poti" in renewed.text
        new = await phones.code_of(bojan)

        await visit.submit(renewed.form_to("/sign-in/code"), code=old, status=400)
        await visit.submit(renewed.form_to("/sign-in/code"), code=new, status=303, follow=False)


async def test_a_late_comer_can_have_a_new_code_for_half_an_hour(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.number)
    with stopped_at(NOON + timedelta(minutes=29)):
        page = await visit.submit(page.form_to("/sign-in/code/resend"))
    with stopped_at(NOON + timedelta(minutes=30)):
        over = await visit.submit(page.form_to("/sign-in/code/resend"), status=303, follow=False)

    assert over.response.headers["location"] == "/sign-in"


async def test_the_code_page_never_shows_the_number_on_record(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await Login.update({Login.contact_number: "+38640998877"}, force=True)

    page = await ask(visit, bojan.customer.number)

    told = "".join(page.one("main .lede").itertext())
    assert f"10•••{bojan.customer.number[-2:]}" in told
    assert not any(part in told for part in ("040", "998", "77"))


async def test_the_page_says_what_to_do_without_an_sms(visit: Visitor, bojan: Person) -> None:
    page = await ask(visit, bojan.customer.number)

    assert "Prispe tudi, če so vaše storitve izklopljene" in page.text
    assert page.all('main a[href="tel:+38640404040"]')
    assert page.all('main a[href="/sign-in"]')
    field = page.one("[name=code]")
    assert (field.get("autocomplete"), field.get("inputmode")) == ("one-time-code", "numeric")


async def test_asking_signing_in_and_failing_stand_on_the_trail(visit: Visitor, bojan: Person, phones: Phones) -> None:
    page = await ask(visit, bojan.customer.contact_number)
    code = await phones.code_of(bojan)
    await visit.submit(page.form_to("/sign-in/code"), code=wrong(code), status=400)
    await visit.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)

    entries = await AuditEntry.objects().order_by(AuditEntry.at)
    events = [Event.SIGN_IN_ASKED, Event.SIGN_IN_REFUSED, Event.SIGNED_IN, Event.ENROLLED]
    assert [entry.event for entry in entries] == events
    assert {entry.address for entry in entries[:3]} == {"203.0.113.7"}
    assert not any(code in str(entry.to_dict()) or wrong(code) in str(entry.to_dict()) for entry in entries)


async def test_a_login_without_a_subscription_is_told_what_to_do(visit: Visitor, database: str, phones: Phones) -> None:
    ana = await a_person("Ana Kovač")
    await Access.delete(force=True)
    await sign_in(visit, ana, phones)

    page = await visit.get("/bills", status=403)

    assert "Naročniškega razmerja še ni" in page.text
    await visit.submit(page.form_to("/sign-out"))
    await visit.get("/bills", status=303, follow=False)


async def test_the_first_page_weighs_less_than_six_kilobytes(visit: Visitor, database: str) -> None:
    """As it goes over the wire, headers included: the page and its style. The icon stands in the page; no script."""
    page = await visit.get("/sign-in")
    links = [node.get("href") or node.get("src") for node in page.all("link[href], script[src]")]
    parts = [link for link in links if not link.startswith("data:")]

    weights = []
    for path in ["/sign-in", *parts]:
        async with visit.client.stream("GET", path, headers={"accept-encoding": "br"}) as answer:
            headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
            weights.append(headers + sum([len(chunk) async for chunk in answer.aiter_raw()]))

    assert len(weights) == 2
    assert sum(weights) <= 6_000
