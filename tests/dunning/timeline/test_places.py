"""On /overdue a customer reads at once where they are, and finds what can be done there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.queries import counting
from portal import clock
from portal.billing.tables import Bill
from portal.dunning.case_tables import Happened
from portal.dunning.relief_tables import DeferralKind
from portal.dunning.tables import Suspension
from portal.identity.tables import Access, Session
from portal.payments.tables import AttemptState
from tests.dunning.case_rows import a_case, a_deferral, a_payment_under_way, a_proof, happened
from tests.dunning.cases import pays, suspended
from tests.dunning.endings import bound, claim_of, noon, terminated
from tests.dunning.timeline.reading import in_days, in_english, lines, said, titles
from tests.people import NOON, TODAY, Person, a_person, saved, signed_in
from tests.visiting import Visitor
from tests.working import work_off


async def test_nobody_signed_in_is_asked_to_sign_in(visit: Visitor) -> None:
    assert (await visit.get("/overdue")).path.startswith("/sign-in")


async def test_nothing_is_overdue(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(due=in_days(0))

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Nič ni zapadlo"
    assert "boste tukaj videli, kaj sledi in kdaj" in page.text
    assert not page.all(".timeline, main form")


async def test_outgoing_services_are_off(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "outgoing")

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše odhodne storitve so izklopljene"
    assert lines(page) == [
        ("Za vami", "15. novembra", "Račun je zapadel"),
        ("Za vami", "15. novembra", "Poslali smo vam opomin"),
        ("Za vami", "17. novembra", "Obvestili smo vas, da lahko pride do izklopa"),
        ("Za vami", "21. novembra", "Izklopili smo odhodne storitve"),
        ("Zdaj", "v soboto, 21. novembra", "Vaše odhodne storitve so izklopljene"),
        ("Sledi", "v torek, 24. novembra", "Ponovni priklop se podraži"),
        ("Pozneje", "v torek, 15. decembra", "Izklop tudi dohodnih storitev"),
        ("Pozneje", "v četrtek, 14. januarja", "Prekinitev pogodbe"),
        ("Pozneje", "v petek, 15. januarja", "Prejmete poziv k plačilu"),
        ("Pozneje", "v torek, 2. februarja", "Predaja dolga v izvensodno izterjavo"),
        ("Pozneje", "v ponedeljek, 3. maja", "Predaja dolga v izvršbo"),
    ]
    assert page.text.count("Rok za plačilo:") == 1
    assert "Rok za plačilo: do vključno 20. novembra." in page.text
    assert "S plačilom do vključno 23. novembra se izognete dodatnemu strošku 20,98 €." in page.text
    assert "Začasni izklop: 20,98 €" in page.text
    assert "Zapadlo: 86,45 €" in page.text
    assert page.one("li[aria-current=step]") is not None
    assert page.form.action == "/bills/payment"
    assert "Plačaj 86,45 €" in page.text
    assert page.one("a[href='/overdue/proof']") is not None
    assert "040 40 40 85" in page.text


async def test_the_same_in_english(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "outgoing")
    await in_english(bojan)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Your outgoing services are switched off"
    assert ("Next", "on Tuesday, 24 November", "The price of reconnection goes up") in lines(page)
    assert titles(page, "Behind you")[-1] == "We switched outgoing services off"


async def test_overdue_since_yesterday_and_no_run_has_seen_it(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(3_246, due=in_days(-1))

    page = await visit.get("/overdue")

    assert "Zapadlo je 32,46 €" in said(page.one("h1"))
    assert [word for word, _, _ in lines(page)] == ["Zdaj"]
    assert page.form.action == "/bills/payment"


async def test_agreed_with_an_adviser_while_services_are_off(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "outgoing")
    await a_deferral(bojan, case, until=in_days(30), kind=DeferralKind.AGREED)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše odhodne storitve so izklopljene"
    assert "Kot smo se dogovorili, do vključno 21. decembra ne ukrepamo." in page.text


async def test_a_proof_is_accepted_and_services_are_on_again(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "outgoing")
    await a_proof(bojan, case, holds_until=in_days(5))
    await Suspension.update({Suspension.ended_at: NOON}, force=True)
    await happened(case, Happened.PROOF_ACCEPTED, TODAY, until=in_days(5))
    await happened(case, Happened.RECONNECTED, TODAY)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše potrdilo o plačilu smo sprejeli"
    assert "Na plačilo čakamo do vključno 26. novembra." in page.text
    assert ("Sledi", "v petek, 27. novembra", "Izklop odhodnih storitev") in lines(page)


async def test_a_payment_is_under_way(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "outgoing")
    attempt = await a_payment_under_way(bojan)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše plačilo je na poti"
    assert page.one(f"a[href='/payments/{attempt.id}']") is not None
    assert not page.all("main form")
    assert not titles(page, "Sledi")


async def test_a_payment_in_another_amount_is_being_looked_at(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice")
    attempt = await a_payment_under_way(bojan, state=AttemptState.HELD)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše plačilo pregledujemo"
    assert page.one(f"a[href='/payments/{attempt.id}']") is not None
    assert not page.all("main form")
    assert not titles(page, "Sledi"), "nothing comes while a person looks at it"
    assert "Rok za plačilo: do" in page.text


async def test_he_objects_to_all_of_it(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice", cents=8_645)
    await Bill.update({Bill.disputed_cents: 8_645}, force=True)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaš ugovor obravnavamo"
    assert not titles(page, "Sledi")


async def test_the_contract_has_ended(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "termination", days_ago=1)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Pogodba je prekinjena"
    assert "Dne 20. 11. 2026, ker računi niso plačani." in page.text
    assert "se izognete dodatnemu strošku" not in page.text
    assert page.form.action == "/bills/payment"


@pytest.mark.parametrize(
    ("step", "headline"), [("agency", "Dolg je v izvensodni izterjavi"), ("enforcement", "Zadeva je v izvršbi")]
)
async def test_handed_over_he_reads_whom_to_turn_to(visit: Visitor, bojan: Person, step: str, headline: str) -> None:
    await a_case(bojan, step)

    page = await visit.get("/overdue")

    assert page.one("h1").text == headline
    assert "pokličite naš oddelek izterjav na 040 40 40 85" in page.text


async def test_the_benefit_to_give_back_is_told_before_it_is_due(visit: Visitor, bojan: Person) -> None:
    await bound(bojan)
    await terminated(bojan)
    claim = await claim_of(bojan)

    for path in ("/overdue", "/"):
        page = await visit.get(path)
        link = page.one(f"main a[href='/bills/{claim.id}']")
        assert "Vračilo prejete ugodnosti:" in page.text
        assert said(link) == f"{claim.open.plain.replace('.', ',')} €, rok plačila {claim.due_on.day}. 12. 2026"
        assert "Plačaj 86,45 €" in page.text, "what is overdue comes first"

    with clock.stopped_at(noon(claim.due_on + timedelta(days=1))):
        assert "Vračilo prejete ugodnosti:" not in (await visit.get("/overdue")).text


async def test_only_the_claim_is_left_to_pay(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "final_demand")
    await Bill.update({Bill.open_cents: 0}, force=True)
    await bojan.bill(12_000, due=in_days(9))

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Pogodba je prekinjena"
    assert "Plačaj 120,00 €" in page.text
    assert (await visit.get("/")).one("a[href='/overdue']") is not None


async def test_paid_and_being_connected_the_story_stands_until_it_is_done(visit: Visitor, bojan: Person) -> None:
    await suspended(bojan)
    await pays(bojan)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Storitve znova vklapljamo"
    assert titles(page, "Za vami")[-1] == "Vse je poravnano"
    assert titles(page, "Sledi") == []
    await work_off()
    assert (await visit.get("/overdue")).one("h1").text == "Nič ni zapadlo"


async def test_one_who_shares_the_customer_sees_the_account_they_look_at(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "outgoing")
    shared = await a_person("Cvetka Mlakar")
    assert shared.login is not None
    await saved(Access(login=shared.login.id, customer=bojan.customer.id))
    await signed_in(visit, shared, at=NOON)
    await Session.update({Session.account: shared.account.id}).where(Session.login == shared.login.id)
    assert (await visit.get("/overdue")).one("h1").text == "Nič ni zapadlo"

    await Session.update({Session.account: bojan.account.id}).where(Session.login == shared.login.id)

    assert (await visit.get("/overdue")).one("h1").text == "Vaše odhodne storitve so izklopljene"


@pytest.mark.parametrize("step", ["reminder", "outgoing", "agency"])
async def test_the_page_asks_the_database_three_times(visit: Visitor, bojan: Person, step: str) -> None:
    await a_case(bojan, step)
    await visit.get("/overdue")

    with counting() as asked:
        await visit.get("/overdue")

    assert len(asked) <= 3, f"/overdue sends {len(asked)} statements"


async def test_bills_lead_here_while_something_is_overdue(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(due=in_days(0))
    assert not (await visit.get("/bills")).all("a[href='/overdue']")

    await bojan.bill(due=in_days(-1))

    assert (await visit.get("/bills")).one("a[href='/overdue']") is not None
