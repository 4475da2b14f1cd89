"""One's own password: which may be chosen, and what follows from setting, changing and removing it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity import passwords
from portal.identity.password_rules import FEWEST_OF_ITS_OWN, TOO_LONG, TOO_PERSONAL, TOO_PLAIN, TOO_SHORT, fault, plain
from portal.identity.tables import Login, Password
from tests.identity.moving import proven
from tests.identity.phones import Mailboxes, Phones, is_signed_in
from tests.identity.test_passwords_at_sign_in import RIGHT, with_password
from tests.people import NOON, Person, signed_in
from tests.visiting import Page, Visitor
from tests.working import work_off

OF_BOJAN = ["Bojan Kralj", "+38641123456", "041123456", "bojan@example.test", "1000001", "Moj A1"]


async def choose(visit: Visitor, password: str, again: str | None = None, *, status: int = 200) -> Page:
    page = await visit.get("/account/password")
    return await visit.submit(
        page.form_to("/account/password"), password=password, again=password if again is None else again, status=status
    )


@pytest.mark.parametrize(
    ("password", "trouble"),
    [
        ("kratko geslo"[:11], TOO_SHORT),
        ("e\u0301" * 11, TOO_SHORT),
        ("dolga" * 26, TOO_LONG),
        ("dolgafraza" * 12 + "osem zna", None),
        ("123456789012", TOO_PLAIN),
        ("Geslo za prijavo", TOO_PLAIN),
        ("ababababababab", TOO_PLAIN),
        ("qwertzuiopasd", TOO_PLAIN),
        ("BojanKralj2026", TOO_PERSONAL),
        ("kralj.bojan.41", TOO_PERSONAL),
        ("041 123 456 !!", TOO_PERSONAL),
        ("1000001bojan99", TOO_PERSONAL),
        ("bojan pelje lokomotivo", None),
        ("modra lokomotiva", None),
        ("🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧 lisica in medo", None),
    ],
)
def test_which_may_be_chosen(password: str, trouble: str | None) -> None:
    assert fault(password, OF_BOJAN) == trouble


@given(st.text(max_size=200))
def test_any_text_is_judged_and_what_may_be_chosen_is_long_and_ones_own(text: str) -> None:
    if fault(text, OF_BOJAN) is None:
        assert 12 <= len(passwords.normal(text)) <= 128
        assert len(plain(text)) >= FEWEST_OF_ITS_OWN


@given(st.sampled_from(["bojan", "KRALJ", "041123456", "+386 41 123 456"]), st.text("0123456789!. ", max_size=5))
def test_no_decoration_makes_a_name_a_password(known: str, decoration: str) -> None:
    assert fault(known * 3 + decoration, OF_BOJAN) is not None


async def test_bojan_sets_one_and_his_other_devices_are_signed_out(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    await Login.update({Login.email: "bojan@example.test"}, force=True)
    with stopped_at(NOON):
        await signed_in(stranger, bojan, at=NOON - timedelta(minutes=1))
        await proven(visit, bojan, NOON)
        before = visit.client.cookies["__Host-session"]
        page = await choose(visit, RIGHT)
        await work_off()

        assert page.path == "/account"
        assert "vaše, od 21. 11. 2026" in page.text
        assert not await is_signed_in(stranger)
    (password,) = await Password.objects()
    assert await passwords.fits(password.hash, RIGHT)
    assert visit.client.cookies["__Host-session"] != before
    assert "nastavljeno geslo" in phones.received[bojan.customer.contact_number][-1]
    assert "Geslo je nastavljeno" in mailboxes.received["bojan@example.test"][-1]
    assert await AuditEntry.count().where(AuditEntry.event == Event.PASSWORD_SET) == 1


async def test_changing_it_is_told_as_a_change(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await choose(visit, "zelena lokomotiva stoji")
        await work_off()

    assert "vaše geslo spremenjeno" in phones.received[bojan.customer.contact_number][-1]
    (password,) = await Password.objects()
    assert not await passwords.fits(password.hash, RIGHT)


async def test_ones_own_ends_the_one_that_we_sent_and_needs_no_notice(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    await with_password(bojan, "Kx7mRt92wQ", sent=True)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        assert "Geslo iz SMS-a je samo za prvo prijavo" in (await visit.get("/account/password")).text
        await choose(visit, RIGHT)
        await work_off()

    (password,) = await Password.objects()
    assert not password.is_initial
    assert not password.expires_at
    assert not await passwords.fits(password.hash, "Kx7mRt92wQ")
    assert not phones.received


async def test_removing_it_leaves_the_code_alone(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await visit.get("/account/password")
        assert page.all('main a[href="/account/password/removal"]')
        page = await visit.get("/account/password/removal")
        page = await visit.submit(page.form_to("/account/password/removal"))
        await work_off()

        assert "samo s kodo" in page.text
        assert (await visit.get("/account/password/removal", status=303, follow=False)).response.status_code == 303
    assert not await Password.exists()
    assert "geslo odstranjeno" in phones.received[bojan.customer.contact_number][-1]


@pytest.mark.parametrize("path", ["/account/password", "/account/password/removal"])
async def test_it_takes_a_fresh_proof(visit: Visitor, bojan: Person, path: str) -> None:
    await with_password(bojan)
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
    with stopped_at(NOON + timedelta(minutes=11)):
        turned = await visit.get(path, status=303, follow=False)

    assert turned.response.headers["location"].startswith("/account/proof?next=")


async def test_it_waits_a_day_after_a_change_of_contact_data(visit: Visitor, bojan: Person) -> None:
    await Login.update({Login.contact_changed_at: NOON}, force=True)
    with stopped_at(NOON + timedelta(hours=23)):
        await proven(visit, bojan, NOON + timedelta(hours=23))
        await visit.get("/account/password", status=403)
        assert not (await visit.get("/account")).all('main a[href="/account/password"]')


async def test_what_is_wrong_is_said_and_stands_in_no_field(visit: Visitor, bojan: Person) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        short = await choose(visit, "prekratko", status=400)
        personal = await choose(visit, "BojanKralj2026", status=400)
        different = await choose(visit, RIGHT, "modra lokomotiva pele", status=400)

    assert "vsaj 12 znaki" in short.text
    assert "sestavljeno iz vašega imena" in personal.text
    assert "Gesli nista enaki" in different.text
    assert "prekratko" not in short.html
    assert RIGHT not in different.html
    assert {node.get("autocomplete") for node in different.all("main input[type=password]")} == {"new-password"}
    assert not await Password.exists()


async def test_choosing_leads_on_to_where_one_was_going(visit: Visitor, bojan: Person) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await visit.get("/account/password?next=/bills")
        page = await visit.submit(page.form_to("/account/password"), password=RIGHT, again=RIGHT)

    assert page.path == "/bills"
