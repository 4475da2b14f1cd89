"""What comes next on /overdue if nothing is paid, and on which day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from portal import clock
from portal.billing.tables import ChargeKind
from portal.customers.tables import CustomerKind
from portal.dunning.carrying_out import carry_out
from portal.dunning.case_tables import DunningCase, Happened
from portal.payments.tables import AttemptState, PaymentAttempt
from tests.dunning.case_rows import (
    a_case,
    a_charge,
    a_deferral,
    a_payment_under_way,
    a_suspension_before_cases,
    happened,
)
from tests.dunning.timeline.reading import in_days, lines, said, titles
from tests.people import NOON, TODAY, Person, a_person, signed_in
from tests.visiting import Visitor


async def test_reminded_the_warning_comes_next(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "reminder")

    page = await visit.get("/overdue")

    assert ("Sledi", "v ponedeljek, 23. novembra", "Obvestilo pred izklopom") in lines(page)
    assert "Izklop odhodnih storitev" in titles(page, "Pozneje")


@pytest.mark.parametrize(("days", "headline"), [(0, "Plačajte do 24. novembra"), (3, "Plačajte do 24. novembra")])
async def test_warned_until_the_last_day_there_is_time(visit: Visitor, bojan: Person, days: int, headline: str) -> None:
    await a_case(bojan, "notice")

    with clock.stopped_at(NOON + timedelta(days=days)):
        await signed_in(visit, bojan, at=clock.now())
        page = await visit.get("/overdue")

    assert said(page.one("h1")).startswith(headline)
    assert ("Sledi", "v sredo, 25. novembra", "Izklop odhodnih storitev") in lines(page)
    assert "S plačilom do vključno 24. novembra se izognete dodatnemu strošku 7,99 €." in page.text
    assert page.one("a[href='/deferral']") is not None


async def test_a_notice_that_has_not_arrived_says_that_nothing_goes_off_before(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice", delivered=False)

    page = await visit.get("/overdue")

    assert "Prej ne izklopimo ničesar." in page.text


async def test_everything_off_and_the_end_of_the_contract_said_plainly(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "incoming")

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše storitve so izklopljene"
    assert ("Sledi", "v ponedeljek, 21. decembra", "Prekinitev pogodbe") in lines(page)
    assert "vračilo prejete ugodnosti" in page.text
    assert "63,96 €" in page.text, "what the next bill will hold"


async def test_a_deferral_runs(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "notice", days_ago=1)
    deferral = await a_deferral(bojan, case, until=in_days(10))
    await a_charge(bojan, deferral.id, ChargeKind.DEFERRAL, 299)
    await happened(case, Happened.DEFERRED, TODAY, until=in_days(10), cents=299)

    page = await visit.get("/overdue")

    assert said(page.one("h1")) == "Odlog do 1. decembra"
    assert "Izklop smo odložili" in titles(page, "Za vami")
    assert "Odlog: 2,99 €" in page.text
    assert "Do vključno 1. decembra ne izklopimo ničesar." in page.text
    assert ("Sledi", "v sredo, 2. decembra", "Izklop odhodnih storitev") in lines(page)
    assert "S plačilom do vključno 1. decembra se izognete" in page.text
    assert not page.all("a[href='/deferral']")


async def test_a_step_that_a_hold_took_back_comes_on_the_day_that_the_case_has(visit: Visitor, bojan: Person) -> None:
    """Taken on the day after the last to pay, and held before it was carried out: the next day at the earliest."""
    case = await a_case(bojan, "notice", days_ago=4)
    bar = await happened(case, Happened.STEP, TODAY, step="outgoing")
    await DunningCase.update(
        {DunningCase.taken: json.dumps({**json.loads(case.taken), "outgoing": str(TODAY)})}, force=True
    )
    await a_payment_under_way(bojan)
    await carry_out(bar.id, NOON)
    await PaymentAttempt.update({PaymentAttempt.state: AttemptState.FAILED}, force=True)

    page = await visit.get("/overdue")

    assert ("Sledi", "v nedeljo, 22. novembra", "Izklop odhodnih storitev") in lines(page)
    assert "S plačilom do vključno 21. novembra se izognete dodatnemu strošku 7,99 €." in page.text
    assert "v nedeljo, 22. novembra" in (await visit.get("/")).text


async def test_a_ladder_that_a_person_stopped_threatens_nothing(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "incoming")
    await happened(case, Happened.REVERSED, TODAY, step="termination")
    await DunningCase.update({DunningCase.next_step: None, DunningCase.next_on: None}, force=True)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Vaše storitve so izklopljene"
    assert titles(page, "Za vami")[-1] == "Prekinitev pogodbe smo preklicali"
    assert titles(page, "Sledi") == []
    assert "Če računi ne bodo poravnani" not in (await visit.get("/")).text


async def test_a_company_reads_the_same_without_a_deferral(visit: Visitor) -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await signed_in(visit, company, at=NOON)
    await a_case(company, "notice", policy="mobile-company-1")

    page = await visit.get("/overdue")

    assert "Izklop odhodnih storitev" in titles(page, "Sledi")
    assert not page.all("a[href='/deferral']")


async def test_suspended_before_cases_were_kept_the_way_ahead_is_shown(visit: Visitor, bojan: Person) -> None:
    await a_suspension_before_cases(bojan, rank=1, issued=in_days(-25))

    page = await visit.get("/overdue")

    assert titles(page, "Za vami") == []
    assert titles(page, "Sledi") == ["Ponovni priklop se podraži"]
