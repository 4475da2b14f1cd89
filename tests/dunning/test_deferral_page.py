"""The deferral's page: it shows before asking whether it is possible and, if not, exactly why and from when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from portal import clock
from portal.customers.tables import CustomerKind, PackageKind
from portal.identity.tables import Access, Login
from portal.messaging.tables import Message
from portal.payments.tables import AttemptState, PaymentAttempt
from tests.dunning.case_rows import a_case
from tests.dunning.deferrals import an_accepted_proof, deferrals_of, deferred, fees_of, paid_before, settles, warned
from tests.people import NOON, TODAY, Person, a_person, saved, signed_in
from tests.visiting import Page, Visitor


@pytest.fixture(autouse=True)
async def noon(database: str) -> AsyncIterator[None]:
    with clock.stopped_at(NOON):
        yield


async def page_of(visit: Visitor, person: Person) -> Page:
    await signed_in(visit, person, at=NOON)
    return await visit.get("/deferral")


async def test_before_asking_it_shows_the_day_the_price_and_the_bills(visit: Visitor) -> None:
    bojan = await warned()

    page = await page_of(visit, bojan)

    assert page.one("h1").text == "Izklop lahko odložite za 10 dni"
    facts = [" ".join(str(value.text).split()) for value in page.all("dl.facts dd")]
    assert facts == ["v torek, 1. decembra", "2,99 €", "86,45 €"]
    assert page.one("main .card a.row").get("href") == f"/bills/{bojan.bills[-1].id}"
    assert await deferrals_of(bojan) == [], "looking changes nothing"


async def test_granted_the_page_names_the_day_and_the_bills_and_an_sms_goes_out(visit: Visitor) -> None:
    bojan = await warned()
    page = await page_of(visit, bojan)

    granted = await visit.submit(page.form_to("/deferral"))

    assert granted.path == "/deferral"
    assert granted.one("h1").text == "Izklop je odložen do 1. decembra"
    assert "Za plačilo do 1. decembra" in granted.text
    assert "86,45 €" in granted.text
    assert "Na naslednjem računu bo 2,99 € za odlog." in granted.text
    assert granted.form_to("/bills/payment").method == "post"
    assert {(message.channel, message.template) for message in await Message.objects()} == {
        ("sms", "deferral_granted"),
        ("email", "deferral_granted"),
    }
    assert not [node for node in granted.all("main form") if node.get("action") == "/deferral"]


async def test_asking_once_more_from_an_old_page_shows_what_was_granted(visit: Visitor) -> None:
    bojan = await warned()
    form = (await page_of(visit, bojan)).form_to("/deferral")

    await visit.submit(form)
    again = await visit.submit(form)

    assert "Izklop je odložen do 1. decembra" in again.text
    assert await fees_of(bojan) == [299]


async def test_with_htmx_only_the_block_comes_back(visit: Visitor) -> None:
    bojan = await warned()
    form = (await page_of(visit, bojan)).form_to("/deferral")

    block = await visit.post(
        form.action, form.fields, headers={"hx-request": "true", "hx-target": "div#deferral"}, follow=False
    )

    assert "<html" not in block.html
    assert block.one("#deferral h1").text == "Izklop je odložen do 1. decembra"


async def test_in_english(visit: Visitor) -> None:
    bojan = await warned()
    await Login.update({Login.language: "en"}, force=True)

    page = await page_of(visit, bojan)
    granted = await visit.submit(page.form_to("/deferral"))

    assert page.one("h1").text == "You can put the suspension off by 10 days"
    assert granted.one("h1").text == "Suspension is put off until 1 December"


async def test_nothing_overdue(visit: Visitor) -> None:
    page = await page_of(visit, await a_person("Ana Zupan"))

    assert page.one("h1").text == "Nič ni zapadlo"
    assert not page.all("main form")


async def test_too_early_says_from_when(visit: Visitor) -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "reminder")

    page = await page_of(visit, bojan)

    assert page.one("h1").text == "Odlog zdaj ni mogoč"
    assert "Odlog je mogoč, ko prejmete naš SMS pred izklopom storitev." in page.text
    assert "boste ta SMS prejeli v ponedeljek, 23. novembra." in page.text
    assert "Poravnajte najpozneje v četrtek, 26. novembra" in page.text


async def test_a_notice_on_its_way(visit: Visitor) -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "notice", delivered=False)

    assert "Ta SMS je na poti." in (await page_of(visit, bojan)).text


async def test_too_late_leads_to_paying(visit: Visitor) -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "outgoing")

    page = await page_of(visit, bojan)

    assert "Odlog je bil mogoč samo do izklopa storitev." in page.text
    assert "Poravnajte vse zapadle račune in storitve takoj znova vklopimo." in page.text
    assert page.form_to("/bills/payment").method == "post"


@pytest.mark.parametrize(("package", "policy"), [(PackageKind.MOBILE, "mobile-2"), (PackageKind.KOMBO, "kombo-2")])
async def test_after_the_end_of_the_contract_nothing_is_promised(
    visit: Visitor, package: PackageKind, policy: str
) -> None:
    bojan = await a_person("Bojan Kralj", package=package)
    await paid_before(bojan, 4)
    await a_case(bojan, "termination", policy=policy)

    page = await page_of(visit, bojan)

    assert "Pogodba je prekinjena, zato odlog ni več mogoč." in page.text
    assert "znova vklopimo" not in page.text
    assert not [node for node in page.all("main form") if "/deferral" in node.get("action", "")]


async def test_used_recently_says_from_when(visit: Visitor) -> None:
    before = TODAY - timedelta(days=20)
    bojan = await warned(today=before)
    await deferred(bojan, before)
    await settles(bojan)
    await a_case(bojan, "notice")

    assert "Naslednji bo mogoč v torek, 1. decembra." in (await page_of(visit, bojan)).text


async def test_used_for_these_bills(visit: Visitor) -> None:
    bojan = await warned(today=TODAY - timedelta(days=15))
    await deferred(bojan, TODAY - timedelta(days=15))

    page = await page_of(visit, bojan)

    assert "Za te račune ste odlog že izkoristili. Drugič ga ni mogoče izkoristiti" in page.text


@pytest.mark.parametrize(
    ("paid", "said"),
    [(0, "Manjkajo še 4 plačani računi."), (2, "Manjkata še 2 plačana računa."), (3, "Manjka še 1 plačan račun.")],
)
async def test_a_new_customer_reads_how_many_paid_bills_are_missing(visit: Visitor, paid: int, said: str) -> None:
    page = await page_of(visit, await warned(paid=paid))

    assert "Novi naročniki lahko odlog prvič izkoristijo po 4. plačanem računu." in page.text
    assert said in page.text


async def test_a_company(visit: Visitor) -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await a_case(company, "notice", policy="mobile-company-1")

    page = await page_of(visit, company)

    assert "Odlog je na voljo samo fizičnim osebam." in page.text
    assert not [node for node in page.all("main form") if "/deferral" in node.get("action", "")]


async def test_a_fixed_package(visit: Visitor) -> None:
    ana = await a_person("Ana Zupan", package=PackageKind.KOMBO)
    await a_case(ana, "reminder", policy="kombo-2")

    page = await page_of(visit, ana)

    assert "Za vaš paket se o odlogu dogovorite s svetovalcem." in page.text
    assert page.form_to("/deferral/request").fields.keys() >= {"telephone", "tax_number", "until", "words"}


async def test_while_a_payment_is_pending_it_leads_there_and_asks_for_nothing(visit: Visitor) -> None:
    bojan = await warned()
    attempt = await saved(
        PaymentAttempt(
            account=bojan.account.id,
            bill_set="0" * 64,
            amount_cents=1,
            state=AttemptState.PENDING,
            created_at=NOON,
            updated_at=NOON,
        )
    )

    page = await page_of(visit, bojan)

    assert page.one("h1").text == "Odloga ne potrebujete"
    assert page.one(f"a[href='/payments/{attempt.id}']") is not None
    assert not page.all("main form")


async def test_while_a_proof_is_accepted_nothing_is_asked_for_either(visit: Visitor) -> None:
    bojan = await warned()
    await an_accepted_proof(bojan, TODAY)

    page = await page_of(visit, bojan)

    assert page.one("h1").text == "Odloga ne potrebujete"
    assert not page.all("main form")


async def test_what_came_about_since_the_page_was_opened_is_told(visit: Visitor) -> None:
    bojan = await warned()
    form = (await page_of(visit, bojan)).form_to("/deferral")
    await settles(bojan)

    answer = await visit.submit(form, status=409)

    assert answer.one("h1").text == "Nič ni zapadlo"
    assert await fees_of(bojan) == []


async def test_a_form_of_another_site_defers_nothing(visit: Visitor) -> None:
    bojan = await warned()
    form = (await page_of(visit, bojan)).form_to("/deferral")

    await visit.post("/deferral", {}, status=403)
    await visit.post("/deferral", form.fields, status=403, headers={"sec-fetch-site": "cross-site"})

    assert await deferrals_of(bojan) == []


async def test_one_who_shares_the_customer_may_ask_and_a_stranger_asks_for_themselves(visit: Visitor) -> None:
    bojan, maja = await warned(), await a_person("Maja Kralj")
    stranger = await page_of(visit, maja)
    assert "86,45" not in stranger.text

    assert maja.login is not None
    await saved(Access(login=maja.login.id, customer=bojan.customer.id))
    await Access.delete().where(Access.login == maja.login.id, Access.customer == maja.customer.id)
    page = await visit.get("/deferral")
    await visit.submit(page.form_to("/deferral"))

    assert len(await deferrals_of(bojan)) == 1
    assert await deferrals_of(maja) == []
