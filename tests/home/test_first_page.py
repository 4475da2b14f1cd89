"""The first page says at once how things stand, and what to do."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from bench.queries import counting
from portal import clock
from portal.billing.tables import Bill, Charge, ChargeKind
from portal.customers.tables import Line, LineKind
from portal.identity.tables import Login
from portal.network.barring import note_observed
from portal.network.tables import OUTGOING_BARRED
from portal.payments.tables import Method
from tests.dunning.case_rows import a_case, a_charge, a_deferral, a_payment_under_way, a_proof
from tests.payments.money import by_bank
from tests.people import Person, a_person, saved
from tests.visiting import Visitor


async def test_nobody_signed_in_is_asked_to_sign_in(visit: Visitor) -> None:
    page = await visit.get("/")

    assert page.path == "/sign-in"


async def test_all_is_paid(visit: Visitor, bojan: Person) -> None:
    page = await visit.get("/")

    assert page.one("h1").text == "Vse je plačano"
    assert not page.all("main form")


async def test_a_bill_that_is_not_due_yet(visit: Visitor, bojan: Person) -> None:
    due = clock.today() + timedelta(days=5)
    await bojan.bill(3_246, due=due)

    page = await visit.get("/")

    assert page.one("h1").text == "1 račun za plačilo"
    assert "Plačaj 32,46 €" in page.text


async def test_slovenian_counts_two_bills_in_the_dual(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(1_000, due=clock.today() - timedelta(days=9))
    await bojan.bill(2_000, due=clock.today() - timedelta(days=8))

    page = await visit.get("/")

    assert page.one("h1").text == "2 računa sta zapadla"


async def test_what_is_overdue_is_paid_by_one_button_and_what_is_not_stays(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(4_350, due=clock.today() - timedelta(days=40))
    await bojan.bill(4_295, due=clock.today() - timedelta(days=10))
    await bojan.bill(9_999, due=clock.today() + timedelta(days=3))

    page = await visit.get("/")

    assert "Plačaj 86,45 €" in page.text


async def test_cut_off_he_reads_what_is_off_what_works_and_what_it_costs(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "outgoing", today=clock.today(), cents=8_645)

    page = await visit.get("/")

    assert page.one("h1").text == "Vaše odhodne storitve so izklopljene"
    assert "Odhodni klici" in page.text
    assert "Dohodni klici v Sloveniji" in page.text
    assert "112" in page.text
    assert "Klici na 040 40 40 40 in 040 40 40 85 iz našega omrežja v Sloveniji" in page.text
    assert "20,98 €" in page.text, "the fee he still avoids"
    assert "7,99 €" in page.text, "what the next bill will hold"
    assert "Plačaj 86,45 €" in page.text


async def test_barred_altogether_the_headline_says_so(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "incoming", today=clock.today(), days_ago=3)

    page = await visit.get("/")

    assert page.one("h1").text == "Vaše storitve so izklopljene"
    assert "63,96 €" in page.text
    assert "Pogodba bo prekinjena" in page.text


async def test_warned_but_not_barred(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice", today=clock.today(), days_ago=1)

    page = await visit.get("/")

    assert page.one("h1").text.startswith("Plačajte do ")


async def test_lines_of_which_the_same_is_off_are_told_once(visit: Visitor, bojan: Person) -> None:
    for number in ("+38631000001", "+38631000002"):
        await saved(Line(account=bojan.account.id, contract=bojan.contract.id, kind=LineKind.MOBILE, number=number))
    await a_case(bojan, "outgoing", today=clock.today())

    page = await visit.get("/")

    assert page.text.count("Odhodni klici") == 1
    assert "031 000 001, 031 000 002" in page.text


async def test_a_fee_that_waits_for_the_next_bill_is_shown(visit: Visitor, bojan: Person) -> None:
    await saved(
        Charge(
            account=bojan.account.id,
            kind=ChargeKind.RECONNECTION,
            amount_cents=799,
            policy="mobile-2",
            occasion=uuid4(),
            incurred_on=clock.today(),
        )
    )

    page = await visit.get("/")

    assert "Na naslednjem računu" in page.text
    assert "7,99 €" in page.text


async def test_a_fee_that_was_waived_does_not_wait(visit: Visitor, bojan: Person) -> None:
    await a_charge(bojan, uuid4(), ChargeKind.RECONNECTION, 799, waived=True)

    assert "Na naslednjem računu" not in (await visit.get("/")).text


async def test_what_another_owes_is_not_shown(visit: Visitor, bojan: Person) -> None:
    other = await a_person("Helena Golob")
    await other.bill(7_777)

    page = await visit.get("/")

    assert "77,77" not in page.text


async def test_a_line_the_network_barred_by_itself_still_names_the_help_numbers(visit: Visitor, bojan: Person) -> None:
    await note_observed(bojan.line.id, OUTGOING_BARRED, clock.now())

    page = await visit.get("/")

    assert page.one("h1").text == "Vse je plačano"
    assert "040 40 40 40 in 040 40 40 85" in page.text


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("reminder", "Obvestilo pred izklopom: v "),
        ("notice", "Storitve bomo izklopili v "),
        ("outgoing", "Ponovni priklop se podraži v "),
        ("outgoing_and_fixed", "Več storitev bo izklopljenih v "),
        ("termination", "Prejmete poziv k plačilu: v "),
        ("final_demand", "Predaja dolga v izvensodno izterjavo: v "),
        ("agency", "Predaja dolga v izvršbo: v "),
    ],
)
async def test_what_comes_next_and_the_way_to_the_whole_of_it(
    visit: Visitor, bojan: Person, step: str, said: str
) -> None:
    await a_case(bojan, step, today=clock.today())

    page = await visit.get("/")

    assert said in page.text
    assert page.one("a[href='/overdue']") is not None


async def test_after_the_last_step_nothing_comes_next(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "enforcement", today=clock.today())

    page = await visit.get("/")

    assert page.one("h1").text == "Zadeva je v izvršbi"
    assert "Če računi ne bodo poravnani" not in page.text


async def test_who_owes_nothing_is_not_sent_there(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(due=clock.today())

    assert not (await visit.get("/")).all("a[href='/overdue'], a[href='/deferral']")


async def test_warned_he_is_shown_the_way_to_a_deferral(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice", today=clock.today())

    assert (await visit.get("/")).one("a[href='/deferral']") is not None


async def test_a_deferral_runs(visit: Visitor, bojan: Person) -> None:
    until = clock.today() + timedelta(days=10)
    case = await a_case(bojan, "notice", today=clock.today())
    await a_deferral(bojan, case, until=until)

    page = await visit.get("/")

    assert page.one("h1").text.startswith(f"Odlog do {until.day}. ")
    assert "Plačaj 86,45 €" in page.text
    assert not page.all("a[href='/deferral']")


async def test_a_proof_waits_and_then_is_accepted(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "notice", today=clock.today())
    await a_proof(bojan, case)
    assert "Vaše potrdilo o plačilu pregledujemo" in (await visit.get("/")).text

    await a_proof(bojan, case, holds_until=clock.today() + timedelta(days=5))

    assert (await visit.get("/")).one("h1").text == "Vaše potrdilo o plačilu smo sprejeli"


async def test_a_bill_he_objects_to_is_not_asked_for(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(8_645, due=clock.today() - timedelta(days=10))
    await Bill.update({Bill.disputed_cents: 8_645}, force=True)

    page = await visit.get("/")

    assert page.one("h1").text == "Vaš ugovor obravnavamo"
    assert not page.all("main form")


async def test_a_credit_note_is_not_told_of_as_a_payment(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 1_000)
    await by_bank(bojan, 500, method=Method.CREDIT_NOTE)

    page = await visit.get("/")

    assert "Zadnje plačilo Vsa plačila 10,00 €" in page.text


async def test_in_english(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "termination", today=clock.today())
    await Login.update({Login.language: "en"}, force=True)

    page = await visit.get("/")

    assert page.one("h1").text == "The contract has ended"
    assert "You get a final demand: on " in page.text


@pytest.mark.parametrize("step", ["reminder", "notice", "outgoing", "agency"])
async def test_the_first_page_asks_the_database_four_times(visit: Visitor, bojan: Person, step: str) -> None:
    await a_case(bojan, step, today=clock.today())
    await a_payment_under_way(bojan)
    await visit.get("/")

    with counting() as asked:
        await visit.get("/")

    assert len(asked) <= 4, f"/ sends {len(asked)} statements"
