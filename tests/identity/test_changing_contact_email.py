"""Another e-mail address, the first one, or none any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.clock import stopped_at
from portal.customers.tables import Customer
from portal.identity.tables import Access, ContactChange, Login
from tests.identity.moving import ADDRESS, ask_for_email, change_email, enter, login_of, proven
from tests.identity.phones import Mailboxes, Phones, ask, is_signed_in
from tests.people import NOON, Person, a_person, saved
from tests.visiting import Visitor
from tests.working import work_off

OLD = "kralj@example.test"


async def known_by(person: Person, address: str) -> None:
    assert person.login is not None
    await Login.update({Login.email: address}).where(Login.id == person.login.id)
    await Customer.update({Customer.email: address.capitalize()}).where(Customer.id == person.customer.id)


async def test_bojan_moves_to_a_new_address_and_both_old_contacts_are_told(
    visit: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    await known_by(bojan, OLD)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await change_email(visit, mailboxes, "Bojan@Example.si")
        await work_off()

    assert "b••••@example.si" in page.text
    login = await login_of(bojan)
    assert (login.email, login.contact_changed_at) == (ADDRESS, NOON)
    await bojan.customer.refresh()
    assert bojan.customer.email == ADDRESS
    (told,) = phones.received[bojan.customer.contact_number]
    (written,) = mailboxes.received[OLD]
    assert "e-poštni naslov pri nas je bil spremenjen 21. 11. 2026 ob 12.00" in told
    assert ADDRESS not in told + written
    assert len(mailboxes.received[ADDRESS]) == 1


async def test_the_first_address_is_that_of_his_own_customer_too_if_it_had_none(
    visit: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    mother = await a_person("Marija Kralj", registered=False)
    assert bojan.login is not None
    await saved(Access(login=bojan.login.id, customer=mother.customer.id))
    await Customer.update({Customer.email: None}, force=True)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await visit.get("/account/email")
        assert "Vašega e-poštnega naslova še nimamo" in page.text
        assert not page.all('a[href="/account/email/removal"]')
        await change_email(visit, mailboxes)
        await work_off()

    await bojan.customer.refresh()
    await mother.customer.refresh()
    assert bojan.customer.email == ADDRESS
    assert not mother.customer.email
    assert len(phones.received[bojan.customer.contact_number]) == 1
    assert set(mailboxes.received) == {ADDRESS}


async def test_a_customers_own_address_stays(visit: Visitor, bojan: Person, mailboxes: Mailboxes) -> None:
    before = bojan.customer.email
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await change_email(visit, mailboxes)

    await bojan.customer.refresh()
    assert bojan.customer.email == before


async def test_bojan_signs_in_with_the_new_address(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    await known_by(bojan, OLD)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await change_email(visit, mailboxes)
        await work_off()
        page = await ask(stranger, ADDRESS)
        await stranger.submit(page.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=303, follow=False)
        assert await is_signed_in(stranger)
        phones.received.clear()
        stranger.client.cookies.clear()
        await ask(stranger, OLD)
        await work_off()
        assert not phones.received


async def test_who_has_long_had_an_odd_address_still_signs_in_by_it(
    stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    await known_by(bojan, "bojan..kralj@example.test")
    with stopped_at(NOON):
        page = await ask(stranger, "Bojan..Kralj@example.test")
        await stranger.submit(page.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=303, follow=False)
        assert await is_signed_in(stranger)


async def test_the_code_is_valid_for_a_quarter_of_an_hour(visit: Visitor, bojan: Person, mailboxes: Mailboxes) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for_email(visit)
        code = await mailboxes.code_at(ADDRESS)
        assert "petnajst minut" in page.text
    with stopped_at(NOON + timedelta(minutes=15)):
        page = await enter(visit, page, code, status=400)
        assert "ne velja več" in page.text
    with stopped_at(NOON + timedelta(minutes=14, seconds=59)):
        await enter(visit, page, code)

    assert (await login_of(bojan)).email == ADDRESS


async def test_a_wrong_code_asks_to_look_at_the_mail(visit: Visitor, bojan: Person, mailboxes: Mailboxes) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for_email(visit)
        code = await mailboxes.code_at(ADDRESS)

        page = await enter(visit, page, "000000" if code != "000000" else "000001", status=400)

    assert "preverite zadnje e-poštno sporočilo" in page.text


async def test_an_address_of_another_sign_in_is_told_only_to_who_reads_it(
    visit: Visitor, bojan: Person, mailboxes: Mailboxes
) -> None:
    await known_by(await a_person("Ana Kovač"), ADDRESS)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for_email(visit)

        page = await enter(visit, page, await mailboxes.code_at(ADDRESS), status=409)

    assert "že vpisani pri drugi prijavi" in page.text
    assert (await login_of(bojan)).email is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "bojan",
        "bojan@localhost",
        "bojan kralj@example.si",
        "a,b@example.si",
        "<b@example.si>",
        "bojan@exämple.si",
        "b@-x.si",
        "a..b@example.si",
        ".a@example.si",
        "a.@example.si",
    ],
)
async def test_what_is_no_address_stays_in_the_field(
    visit: Visitor, bojan: Person, mailboxes: Mailboxes, typed: str
) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)

        page = await ask_for_email(visit, typed, status=400)

    assert "Vpišite e-poštni naslov, na primer ana@example.si." in page.text
    assert page.one("#email").get("value", "") == typed
    assert not await ContactChange.exists()


async def test_bojan_wants_no_e_mail_any_more(
    visit: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    await known_by(bojan, OLD)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await visit.get("/account/email/removal")
        assert OLD in page.text

        page = await visit.submit(page.form_to("/account/email/removal"))
        await work_off()

    assert "še ni vpisan" in page.text
    await bojan.customer.refresh()
    assert (await login_of(bojan)).email is None
    assert not bojan.customer.email
    (written,) = mailboxes.received[OLD]
    assert "odstranjen" in written
    assert len(phones.received[bojan.customer.contact_number]) == 1


async def test_without_an_address_there_is_nothing_to_remove(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        form = (await visit.get("/account/email")).form_to("/account/email")
        assert (await visit.get("/account/email/removal")).path == "/account/email"

        await visit.post("/account/email/removal", {"csrf_token": form.fields["csrf_token"]})

    assert (await login_of(bojan)).contact_changed_at is None
