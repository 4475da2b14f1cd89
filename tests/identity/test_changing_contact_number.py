"""Another contact number: possession is proven, everything that knew the old one follows, and the old one is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.customers.tables import Customer, CustomerKind
from portal.identity.tables import Access, Login, Session
from portal.messaging.segments import is_gsm7, segments
from portal.messaging.tables import Message
from portal.messaging.wording import sms_text
from portal.web import tokens
from tests.identity.moving import ADDRESS, NEW, ask_for, change_number, enter, login_of, proven
from tests.identity.phones import Mailboxes, Phones, ask, is_signed_in, sign_in
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import Visitor
from tests.working import work_off


@pytest.mark.parametrize("language", ["sl", "en"])
def test_the_sms_is_one_segment_and_says_what_the_code_is_for(language: str) -> None:
    text = sms_text("contact_code", language, {"code": "123456", "host": "samooskrba.operater-example.si"})

    assert is_gsm7(text)
    assert segments(text) == 1
    assert text.splitlines()[-1] == "@samooskrba.operater-example.si #123456"
    assert {"sl": "kontakt", "en": "contact"}[language] in text
    assert text != sms_text("sign_in_code", language, {"code": "123456"})


async def test_bojan_moves_to_a_new_number(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for(visit, "040 777-888")
        assert "040 777 888" in page.text

        page = await enter(visit, page, await phones.code_at(NEW))

    assert page.path == "/account"
    assert "Vaši kontaktni podatki so spremenjeni" in page.text
    assert "040 ••• •88" in page.text
    login = await login_of(bojan)
    assert (login.contact_number, login.contact_changed_at) == (NEW, NOON)
    await bojan.customer.refresh()
    assert bojan.customer.contact_number == NEW


async def test_the_number_in_full_is_shown_only_to_who_has_just_proven_themselves(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    number = bojan.customer.contact_number
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await visit.get("/account/number")
        assert f"041 {number[6:9]} {number[9:]}" in page.text
        page = await ask_for(visit)
        for _ in range(5):
            page = await enter(visit, page, "000000", status=400)
    with stopped_at(NOON + timedelta(minutes=11)):
        code = await visit.get("/account/number/code")
        refused = await visit.submit(code.form_to("/account/number/code/resend"), status=429)

    assert f"041 ••• •{number[-2:]}" in refused.text
    assert number[6:] not in refused.html


async def test_a_sensitive_page_asks_for_a_code_first(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await signed_in(visit, bojan, at=NOON)
        for path in ("/account/number", "/account/email", "/account/email/removal"):
            turned = await visit.get(path, status=303, follow=False)
            assert turned.response.headers["location"].startswith("/account/proof?next=%2Faccount%2F")
        page = await visit.get("/account/number")

        page = await visit.submit(page.form_to("/account/proof"))
        page = await visit.submit(page.form_to("/sign-in/code"), code=await phones.code_of(bojan))

    assert page.path == "/account/number"


async def test_the_session_goes_on_under_a_new_token_and_all_others_end(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(stranger, bojan, phones)
        await sign_in(visit, bojan, phones)
        before = visit.client.cookies[tokens.SESSION]

        await change_number(visit, phones)

        assert visit.client.cookies[tokens.SESSION] != before
        assert await is_signed_in(visit)
        assert not await is_signed_in(stranger)
        assert await Session.count().where(Session.ended_at.is_null()) == 1
        visit.client.cookies.set(tokens.SESSION, before, domain="moj.test", path="/")
        assert not await is_signed_in(visit)


async def test_old_number_and_address_are_told_without_the_new_number(
    visit: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    await Login.update({Login.email: ADDRESS}, force=True)
    old = bojan.customer.contact_number
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)
        await work_off()

    (told,) = phones.received[old]
    (written,) = mailboxes.received[ADDRESS]
    assert "kontaktna številka je bila spremenjena 21. 11. 2026 ob 12.00" in told
    assert "040 40 40 40" in told
    assert "je bila spremenjena 21. 11. 2026 ob 12.00" in " ".join(written.replace("\u00a0", " ").split())
    assert len(phones.received[NEW]) == 1
    for text in (told, written):
        assert "777" not in text


async def test_a_code_that_went_to_the_old_number_no_longer_signs_in(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    old = bojan.customer.contact_number
    with stopped_at(NOON):
        page = await ask(stranger, old)
        code = await phones.code_of(bojan)
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)
        await work_off()

        turned = await stranger.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)

        assert turned.response.headers["location"] == "/sign-in"
        assert not await is_signed_in(stranger)
        phones.received.clear()
        await ask(stranger, old)
        await work_off()
        assert not phones.received


async def test_bojan_signs_in_with_every_name_he_has_and_the_code_comes_to_the_new_number(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    await Login.update({Login.email: ADDRESS}, force=True)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)
    with stopped_at(NOON + timedelta(hours=1)):
        for name in (NEW, ADDRESS, bojan.customer.number):
            page = await ask(stranger, name)
            code = await phones.code_at(NEW)
            await stranger.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)
            assert await is_signed_in(stranger)
            stranger.client.cookies.clear()


async def test_only_customers_reached_at_the_old_number_follow(visit: Visitor, bojan: Person, phones: Phones) -> None:
    """His company shares his number, his mother has her own, and Maja, whom he does not act for, shares it too."""
    old = bojan.customer.contact_number
    company = await a_person("Kralj d.o.o.", kind=CustomerKind.COMPANY, registered=False)
    mother = await a_person("Marija Kralj", registered=False)
    maja = await a_person("Maja Strmec", registered=False)
    await Customer.update({Customer.contact_number: old}).where(
        Customer.id.is_in([company.customer.id, maja.customer.id])
    )
    assert bojan.login is not None
    for person in (company, mother):
        await saved(Access(login=bojan.login.id, customer=person.customer.id))
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)

    for person in (company, mother, maja):
        await person.customer.refresh()
    assert company.customer.contact_number == NEW
    assert mother.customer.contact_number not in (old, NEW)
    assert maja.customer.contact_number == old


async def test_who_shares_the_account_keeps_number_and_session(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    luka = await a_person("Luka Kralj")
    assert luka.login is not None
    await saved(Access(login=luka.login.id, customer=bojan.customer.id))
    with stopped_at(NOON):
        await sign_in(stranger, luka, phones)
        await proven(visit, bojan, NOON)
        await change_number(visit, phones)

        assert (await login_of(luka)).contact_number == luka.customer.contact_number
        assert await is_signed_in(stranger)


async def test_a_number_of_another_sign_in_is_told_only_to_who_holds_it(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    ana = await a_person("Ana Kovač")
    theirs = ana.customer.contact_number
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for(visit, theirs)
        assert "drugi prijavi" not in page.text

        refused = await enter(visit, page, await phones.code_at(theirs), status=409)
        assert (await visit.get("/account/number/code")).path == "/account/number"

    assert "že vpisani pri drugi prijavi" in refused.text
    assert (await login_of(bojan)).contact_number == bojan.customer.contact_number
    assert (await login_of(bojan)).contact_changed_at is None
    assert await Session.count().where(Session.ended_at.is_null()) == 1


@pytest.mark.parametrize("typed", ["", "041 12", "01 234 56 78", "+43 664 1234567", "bojan@example.si", "090 123 456"])
async def test_what_is_no_slovenian_mobile_number_stays_in_the_field(
    visit: Visitor, bojan: Person, phones: Phones, typed: str
) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)

        page = await ask_for(visit, typed, status=400)

    assert "Vpišite slovensko mobilno številko, na primer 041 123 456." in page.text
    assert page.one("#number").get("value", "") == typed
    assert page.one("#number").get("aria-invalid") == "true"


async def test_the_number_he_has_already_needs_no_code(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)

        page = await ask_for(visit, bojan.customer.contact_number, status=400)
        await work_off()

    assert "Ta podatek že imamo." in page.text
    assert not phones.received


async def test_the_trail_tells_what_happened_with_masked_numbers(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for(visit)
        page = await enter(visit, page, "000000", status=400)
        await enter(visit, page, await phones.code_at(NEW))

    assert bojan.login is not None
    trail = await AuditEntry.objects().where(AuditEntry.login_id == bojan.login.id).order_by(AuditEntry.id)
    events = [entry.event for entry in trail]
    assert events.count(Event.CONTACT_CHANGE_ASKED) == events.count(Event.CONTACT_CHANGE_REFUSED) == 1
    (changed,) = [entry for entry in trail if entry.event == Event.CONTACT_CHANGED]
    ends = bojan.customer.contact_number[-2:]
    assert json.loads(changed.details) == {"kind": "number", "old": f"041 ••• •{ends}", "new": "040 ••• •88"}
    assert NEW not in str([entry.details for entry in trail])


async def test_the_code_is_kept_nowhere_after_it_was_sent(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await ask_for(visit)
        code = await phones.code_at(NEW)

    (message,) = await Message.objects()
    assert message.is_secret
    assert message.expires_at == NOON + timedelta(minutes=5)
    assert code not in f"{message.values} {message.body}"
