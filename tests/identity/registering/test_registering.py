"""From «first time here» to one's own password and the page that was asked for."""

from __future__ import annotations

from datetime import timedelta

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.customers.tables import Customer, CustomerKind
from portal.database import connection
from portal.identity.registering import terms
from portal.identity.tables import Access, Enrolment, Login, Password, Registration, Session
from portal.messaging.tables import Message
from tests.identity.phones import Mailboxes, Phones, ask, is_signed_in
from tests.identity.registering.walking import (
    OWN,
    accept,
    begin,
    choose,
    enter_code,
    password_at,
    register,
    somebody,
)
from tests.people import NOON
from tests.visiting import Visitor
from tests.working import work_off


async def test_eva_registers_and_comes_to_her_documents(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    number = eva.customer.contact_number

    page = await register(visit, eva, phones, path="/register?next=/account?a=1")
    page = await enter_code(visit, page, phones, number)
    assert "Izberite svoje geslo" in page.text
    page = await choose(visit, page)

    assert page.path == "/account?a=1"
    assert "Eva Žagar" in page.text
    (login,) = await Login.objects()
    assert (login.contact_number, login.name, login.email) == (number, "Eva Žagar", eva.customer.email)
    assert await Access.count().where(Access.login == login.id, Access.customer == eva.customer.id) == 1
    (password,) = await Password.objects()
    assert not password.is_initial
    assert not password.expires_at


async def test_what_is_on_record_is_shown_masked(visit: Visitor, database: str) -> None:
    eva = await somebody()

    page = await begin(visit, eva)

    assert "E•• Ž••••" in page.text
    assert f"041 ••• •{eva.customer.contact_number[-2:]}" in page.text
    assert "G••••• u•••• •, 1000 L•••••" in page.text
    for hidden in ("Eva", "Žagar", "Glavna", "Ljubljana", eva.customer.contact_number[4:], eva.customer.email):
        assert hidden not in page.html
    assert page.all('main a[href="tel:+38640404040"]')


async def test_the_terms_stand_on_the_page_and_are_accepted_in_their_version(
    visit: Visitor, database: str, phones: Phones
) -> None:
    page = await begin(visit, await somebody())
    assert terms.current().sl.paragraphs[0] in page.text

    refused = await visit.submit(page.form_to("/register/record"), terms="", status=400)
    assert "sprejmite pogoje uporabe" in refused.text
    await work_off()
    assert not phones.received
    await accept(visit, refused)

    (registration,) = await Registration.objects()
    assert registration.terms == terms.current().version


async def test_the_password_is_kept_nowhere_but_as_a_hash(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    await accept(visit, await begin(visit, eva))
    password = await password_at(phones, eva.customer.contact_number)

    async with connection() as connected:
        names = await connected.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        for row in names:
            kept = await connected.fetchval(f'SELECT string_agg(t::text, chr(10)) FROM "{row["name"]}" t')
            assert password not in (kept or ""), row["name"]
    (registration,) = await Registration.objects()
    assert registration.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_wrong_password_leads_nowhere_and_the_sixth_try_pauses(
    visit: Visitor, database: str, phones: Phones
) -> None:
    eva = await somebody()
    with stopped_at(NOON):
        page = await accept(visit, await begin(visit, eva))
        right = await password_at(phones, eva.customer.contact_number)
        for _ in range(5):
            page = await visit.submit(page.form_to("/register/password"), password="Kx7mRt92wQ", status=400)
        paused = await visit.submit(page.form_to("/register/password"), password=right, status=429)

    assert "Znova lahko poskusite" in paused.text
    assert not await Login.exists()


async def test_a_new_password_makes_the_former_one_worthless(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    with stopped_at(NOON):
        page = await accept(visit, await begin(visit, eva))
        former = await password_at(phones, eva.customer.contact_number)
    with stopped_at(NOON + timedelta(seconds=29)):
        page = await visit.submit(page.form_to("/register/password/resend"))
        assert "Na voljo čez 1 sekundo" in page.text
        assert await password_at(phones, eva.customer.contact_number) == former
    with stopped_at(NOON + timedelta(seconds=30)):
        page = await visit.submit(page.form_to("/register/password/resend"))
        latest = await password_at(phones, eva.customer.contact_number)
        page = await visit.submit(page.form_to("/register/password"), password=former, status=400)

        await visit.submit(page.form_to("/register/password"), password=latest)

    assert await Login.exists()


async def test_a_registration_ends_after_an_hour(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    with stopped_at(NOON):
        page = await accept(visit, await begin(visit, eva))
        password = await password_at(phones, eva.customer.contact_number)
    with stopped_at(NOON + timedelta(hours=1)):
        late = await visit.submit(page.form_to("/register/password"), password=password, status=303, follow=False)

    assert late.response.headers["location"] == "/register"
    assert not await Login.exists()


async def test_without_a_mobile_number_on_record_staff_helps(visit: Visitor, database: str) -> None:
    eva = await somebody()
    await Customer.update({Customer.contact_number: None}, force=True)

    page = await begin(visit, eva)

    assert "Vaše mobilne številke še nimamo" in page.text
    assert not [form for form in page.all("main form") if form.get("action") == "/register/record"]


async def test_a_fixed_number_on_record_gets_no_password(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    await Customer.update({Customer.contact_number: "+38612345678"}, force=True)
    page = await begin(visit, eva)

    refused = await visit.submit(page.form_to("/register/record"), terms="yes", status=409)

    assert "Nimamo vaše mobilne številke" in refused.text
    await work_off()
    assert not phones.received


async def test_whose_number_signs_in_already_sees_this_customer_too(
    visit: Visitor, database: str, phones: Phones
) -> None:
    ana = await somebody("Ana Kovač", registered=True)
    firm = await somebody("Kovina d.o.o.", kind=CustomerKind.COMPANY, tax_number="87654321")
    await Customer.update({Customer.contact_number: ana.customer.contact_number}).where(Customer.id == firm.customer.id)

    page = await accept(visit, await begin(visit, firm))

    assert "Prijavite se lahko že zdaj" in page.text
    await work_off()
    assert not phones.received
    assert ana.login is not None
    assert await Access.count().where(Access.login == ana.login.id) == 2
    assert not await Password.exists()
    assert page.one('main .actions a[href="/sign-in"]') is not None


async def test_a_company_registers_like_a_person(visit: Visitor, database: str, phones: Phones) -> None:
    firm = await somebody("Kovina d.o.o.", kind=CustomerKind.COMPANY)

    page = await register(visit, firm, phones)
    await enter_code(visit, page, phones, firm.customer.contact_number)

    assert await is_signed_in(visit)


async def test_an_address_that_signs_somebody_else_in_stays_theirs(
    visit: Visitor, database: str, phones: Phones
) -> None:
    ana = await somebody("Ana Kovač", registered=True)
    assert ana.login is not None
    await Login.update({Login.email: "skupni@example.test"}, force=True)
    eva = await somebody(tax_number="87654321")
    await Customer.update({Customer.email: "Skupni@example.test"}).where(Customer.id == eva.customer.id)

    await register(visit, eva, phones)

    (login,) = await Login.objects().where(Login.contact_number == eva.customer.contact_number)
    assert login.email is None


async def test_eva_is_welcomed_at_the_address_on_record_once(
    visit: Visitor, database: str, phones: Phones, mailboxes: Mailboxes
) -> None:
    eva = await somebody()
    page = await register(visit, eva, phones)
    assert not await Message.exists().where(Message.template == "registered")
    await enter_code(visit, page, phones, eva.customer.contact_number)
    await work_off()

    (welcome,) = mailboxes.received[str(eva.customer.email)]
    assert "Dobrodošli" in welcome
    events = [entry.event for entry in await AuditEntry.objects().order_by(AuditEntry.at)]
    for event in (Event.REGISTRATION_BEGUN, Event.REGISTERED, Event.ENROLLED):
        assert events.count(event) == 1
    assert await Enrolment.count() == 1


async def test_who_is_signed_in_does_not_register(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    page = await register(visit, eva, phones)
    await enter_code(visit, page, phones, eva.customer.contact_number)

    there = await visit.get("/register?next=/account", status=303, follow=False)

    assert there.response.headers["location"] == "/account"


async def test_a_step_that_is_not_ones_own_leads_to_the_right_one(visit: Visitor, database: str) -> None:
    for path in ("/register/record", "/register/password", "/register/known"):
        answer = await visit.get(f"{path}?next=/account", status=303, follow=False)
        assert answer.response.headers["location"] == "/register?next=%2Faccount"
    await begin(visit, await somebody())
    answer = await visit.get("/register/password", status=303, follow=False)
    assert answer.response.headers["location"] == "/register/record"


async def test_the_next_time_it_is_the_short_way(
    visit: Visitor, stranger: Visitor, database: str, phones: Phones
) -> None:
    eva = await somebody()
    page = await register(visit, eva, phones)
    await choose(visit, await enter_code(visit, page, phones, eva.customer.contact_number))
    form = (await stranger.get("/sign-in")).form

    page = await stranger.submit(form, identifier=eva.customer.number, password=OWN)
    page = await enter_code(stranger, page, phones, eva.customer.contact_number)

    assert page.path == "/"
    assert await Session.count().where(Session.ended_at.is_null()) == 2


async def test_a_forgotten_password_is_replaced_by_registering_again(
    visit: Visitor, stranger: Visitor, database: str, phones: Phones
) -> None:
    eva = await somebody()
    number = eva.customer.contact_number
    page = await register(visit, eva, phones)
    await choose(visit, await enter_code(visit, page, phones, number))
    page = await ask(stranger, number)
    page = await enter_code(stranger, page, phones, number)
    assert page.path == "/sign-in/password"
    assert page.all('main a[href="/register"]')

    page = await register(stranger, eva, phones)
    page = await enter_code(stranger, page, phones, number)

    assert page.path == "/account/password?next=%2F"
    assert await Login.count() == 1
    (password,) = await Password.objects()
    assert password.is_initial
    assert any("smo geslo zamenjali" in text for text in phones.received[number])
