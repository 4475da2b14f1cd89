"""The page about oneself: where one is signed in, in which language, looking at whose bills."""

from __future__ import annotations

from uuid import uuid4

import pytest

from portal.audit import AuditEntry, Event
from portal.customers.tables import Customer
from portal.identity.tables import Access, Device, Login, Session
from portal.web import tokens
from tests.identity.phones import Phones, is_signed_in, sign_in
from tests.people import Person, a_person, saved, signed_in
from tests.visiting import Visitor, portal_app

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)


async def test_bojan_sees_who_he_is_and_only_the_ends_of_his_number(visit: Visitor, bojan: Person) -> None:
    page = await (await signed_in(visit, bojan)).get("/account")

    number = str(bojan.customer.contact_number)
    assert page.one("h1").text == "Bojan Kralj"
    assert f"041 ••• •{number[-2:]}" in page.text
    assert number[4:] not in page.html
    assert page.one("nav [aria-current]").get("href") == "/account"


async def test_each_browser_has_a_name_in_plain_words(visit: Visitor, bojan: Person, phones: Phones) -> None:
    visit.client.headers["user-agent"] = CHROME
    await sign_in(visit, bojan, phones)
    async with Visitor(portal_app(), address="198.51.100.9") as other:
        other.client.headers["user-agent"] = "curl/8"
        await sign_in(other, bojan, phones)

        page = await other.get("/account")

    unknown, chrome = ["".join(row.itertext()).split("\n") for row in page.all("aside .rows li")]
    assert "Chrome, Android" in "".join(chrome)
    assert "203.0.113.7" in "".join(chrome)
    assert "Neznan brskalnik" in "".join(unknown)
    assert "ta naprava" in "".join(unknown)


async def test_bojan_ends_a_forgotten_session(visit: Visitor, stranger: Visitor, bojan: Person) -> None:
    await signed_in(stranger, bojan)
    await signed_in(visit, bojan)
    page = await visit.get("/account")
    (form,) = page.all("aside .rows form")

    page = await visit.submit(page.form_to(form.get("action")))

    assert len(page.all("aside .rows li")) == 1
    assert not await is_signed_in(stranger)
    assert await is_signed_in(visit)
    assert await AuditEntry.count().where(AuditEntry.event == Event.SESSIONS_ENDED) == 1


async def test_bojan_ends_all_others_at_once(visit: Visitor, stranger: Visitor, bojan: Person) -> None:
    ana = await a_person("Ana Kovač")
    await signed_in(stranger, bojan)
    await signed_in(visit, bojan)
    async with Visitor(portal_app()) as anas:
        await signed_in(anas, ana)
        page = await visit.get("/account")

        page = await visit.submit(page.form_to("/account/sessions/end"))

        assert not [form for form in page.all("main form") if form.get("action") == "/account/sessions/end"]
        assert not await is_signed_in(stranger)
        assert await is_signed_in(anas)


async def test_a_strangers_session_cannot_be_ended(visit: Visitor, stranger: Visitor, bojan: Person) -> None:
    ana = await a_person("Ana Kovač")
    await signed_in(stranger, ana)
    (anas,) = await Session.objects()
    await signed_in(visit, bojan)
    token = (await visit.get("/account")).form_to("/sign-out").fields

    await visit.post(f"/account/sessions/{anas.id}/end", token, status=404)

    assert await is_signed_in(stranger)


async def test_the_language_is_kept_for_pages_and_messages(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    page = await visit.get("/account")

    answer = await visit.post(
        "/language",
        page.form_to("/sign-out").fields | {"language": "en"},
        headers={"referer": "https://moj.test/account?a=1"},
        status=303,
        follow=False,
    )

    assert answer.response.headers["location"] == "/account?a=1"
    assert (await visit.get("/account")).one("html").get("lang") == "en"
    assert bojan.login is not None
    await bojan.login.refresh()
    assert bojan.login.language == "en"


async def test_customers_reached_at_his_number_are_written_to_in_his_language(visit: Visitor, bojan: Person) -> None:
    """His mother has her own number and keeps her own language, and the page says so."""
    mother, maja = await a_person("Marija Kralj", registered=False), await a_person("Maja Strmec", registered=False)
    assert bojan.login is not None
    await saved(Access(login=bojan.login.id, customer=mother.customer.id))
    await Customer.update({Customer.contact_number: bojan.customer.contact_number}).where(
        Customer.id == maja.customer.id
    )
    await signed_in(visit, bojan)
    page = await visit.get("/account")
    assert "Naročniki z drugo kontaktno številko jih še naprej prejemajo v svojem jeziku: Marija Kralj." in page.text
    assert "Bojan Kralj." not in page.text

    fields = page.form_to("/language").fields | {"language": "en"}
    await visit.post("/language", fields, status=303, follow=False)

    for person in (bojan, mother, maja):
        await person.customer.refresh()
    assert bojan.customer.language == "en"
    assert (mother.customer.language, maja.customer.language) == ("sl", "sl")


async def test_where_all_follow_nobody_is_named(visit: Visitor, bojan: Person) -> None:
    page = await (await signed_in(visit, bojan)).get("/account")

    assert "V tem jeziku vam pišemo tudi sporočila." in page.text
    assert "v svojem jeziku" not in page.text


async def test_a_visitors_language_is_kept_in_the_browser(visit: Visitor, bojan: Person) -> None:
    page = await visit.get("/sign-in")

    await visit.post(
        "/language", {"csrf_token": page.form.fields["csrf_token"], "language": "en"}, status=303, follow=False
    )

    assert (await visit.get("/sign-in")).one("html").get("lang") == "en"
    assert await Login.exists().where(Login.language == "sl")


@pytest.mark.parametrize("language", ["de", "", "../sl"])
async def test_a_language_we_do_not_speak_is_refused(visit: Visitor, database: str, language: str) -> None:
    page = await visit.get("/sign-in")

    await visit.post("/language", {"csrf_token": page.form.fields["csrf_token"], "language": language}, status=400)


async def test_who_sees_two_accounts_chooses_one(visit: Visitor, bojan: Person) -> None:
    mother = await a_person("Marija Kralj", registered=False)
    assert bojan.login is not None
    await saved(Access(login=bojan.login.id, customer=mother.customer.id))
    await signed_in(visit, bojan)
    page = await visit.get("/account")
    form = page.form_to("/account/choice")
    assert form.fields["account"] == str(bojan.account.id)

    await visit.submit(form, account=str(mother.account.id), status=303, follow=False)

    again = await visit.get("/account")
    assert again.form_to("/account/choice").fields["account"] == str(mother.account.id)


async def test_nobody_chooses_a_strangers_account(visit: Visitor, bojan: Person) -> None:
    ana = await a_person("Ana Kovač")
    await signed_in(visit, bojan)
    token = (await visit.get("/account")).form_to("/sign-out").fields

    theirs = await visit.post("/account/choice", token | {"account": str(ana.account.id)}, status=404)
    missing = await visit.post("/account/choice", token | {"account": str(uuid4())}, status=404)

    assert theirs.text == missing.text
    (session,) = await Session.objects()
    assert session.account is None


async def test_a_known_browser_stays_one_device(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await sign_in(visit, bojan, phones)
    first = visit.client.cookies[tokens.DEVICE]
    await visit.submit((await visit.get("/account")).form_to("/sign-out"))
    await sign_in(visit, bojan, phones)

    assert visit.client.cookies[tokens.DEVICE] == first
    assert await Device.count() == 1
