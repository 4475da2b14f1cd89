"""What the link shows and what it does not: amounts, days, initials, and a kind word where there is nothing to pay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.clock import now, today
from portal.customers.tables import CustomerKind
from portal.payments.guests.owed import initials
from portal.payments.tables import PaymentAttempt
from tests.dunning.case_rows import a_case
from tests.payments.books import attempts, open_of
from tests.payments.guests.walking import choose, link, pay, tells_nothing_of
from tests.payments.stand_in import StandIn
from tests.people import Person, a_person, saved
from tests.visiting import Visitor

NEXT_WEEK = timedelta(days=7)


async def test_the_link_shows_amounts_days_and_initials_only(visit: Visitor, bojan: Person) -> None:
    first = await bojan.bill(3_246, due=today() - timedelta(days=20))
    await bojan.bill(5_399, due=today() - timedelta(days=2))
    await bojan.bill(2_500, due=today() + NEXT_WEEK)

    page = await visit.get(link(bojan))

    assert "B. K." in page.text
    day = f"{first.due_on.day}. {first.due_on.month}. {first.due_on.year}"
    assert f"Zapadlo {day}: 32,46 €" in page.text
    assert "Vse zapadlo: 86,45 €" in page.text
    assert "Vse odprto: 111,45 €" in page.text
    assert page.form_to(f"{page.path}/payment").fields["what"] == "overdue"
    assert tells_nothing_of(bojan, page.html)


async def test_what_is_disputed_is_not_asked_for(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(3_246)
    bill.disputed_cents = 1_246
    await bill.save()

    assert "20,00" in (await visit.get(link(bojan))).text
    await pay(visit, stripe, bojan)

    assert await open_of(bill) == 1_246


async def test_stripes_page_names_days_and_no_bill(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()

    away = await stripe.page(await choose(visit, await visit.get(link(bojan))))

    assert "Znesek z zapadlostjo" in away.text
    assert tells_nothing_of(bojan, away.html)


async def test_nothing_to_pay_says_thanks(visit: Visitor, bojan: Person) -> None:
    await bojan.bill(open_cents=0)

    page = await visit.get(link(bojan))

    assert "Za B. K. je vse plačano. Hvala!" in page.text
    assert not page.all("main form")


async def test_after_the_contract_ended_nobody_is_promised_that_paying_connects_again(
    visit: Visitor, bojan: Person
) -> None:
    case = await a_case(bojan, "termination", today=today())
    await bojan.bill(1_000, due=today() - timedelta(days=2))

    for path in (link(bojan), f"/bills/{case.bill}", "/payments/new"):
        page = await visit.get(path)
        assert "ponovni" not in page.text, path
        assert "navadno v minuti" not in page.text


@pytest.mark.parametrize("token", ["1-aaaaaaaaaaaa", "x", "2000001-", "%00", "č-č", "a" * 300])
async def test_what_is_no_link_leads_on_kindly(visit: Visitor, bojan: Person, token: str) -> None:
    page = await visit.get(f"/p/{token}", status=404)

    assert page.all("main a[href='/pay']")
    assert page.all("main a[href='/sign-in']")


async def test_a_guest_reads_in_the_language_they_choose(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    path = link(bojan)
    token = (await visit.get(path)).all("header input[name=csrf_token]")[0].get("value") or ""

    page = await visit.post(
        "/language", {"csrf_token": token, "language": "en"}, headers={"referer": f"https://moj.test{path}"}
    )

    assert page.path == path
    assert "Payment for B. K." in page.text
    await choose(visit, page)
    assert (await attempts())[0].language == "en"


async def test_a_get_changes_nothing(visit: Visitor, bojan: Person) -> None:
    await bojan.bill()

    for _ in range(3):
        await visit.get(link(bojan))

    assert not await PaymentAttempt.exists()


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("Ana Zupan", CustomerKind.PERSON, "A. Z."),
        ("Ana-Marija Šuštar Žagar", CustomerKind.PERSON, "A. M. Š. Ž."),
        ("Kos in sin d.o.o.", CustomerKind.COMPANY, "K. i. s. d. o. o."),
        ("  ", CustomerKind.COMPANY, ""),
    ],
)
async def test_initials(visit: Visitor, database: str, name: str, kind: CustomerKind, shown: str) -> None:
    person = await a_person(name, kind=kind)
    await person.bill()

    assert initials(name) == shown
    assert shown in (await visit.get(link(person))).text


async def test_an_attempt_of_somebody_signed_in_is_no_guests(visit: Visitor, bojan: Person) -> None:
    assert bojan.login is not None
    attempt = await saved(
        PaymentAttempt(
            account=bojan.account.id,
            login=bojan.login.id,
            bill_set="0" * 64,
            amount_cents=1_000,
            created_at=now(),
            updated_at=now(),
        )
    )

    await visit.get(f"{link(bojan)}/payments/{attempt.id}", status=404)


async def test_a_payments_id_makes_no_new_link_a_day_later(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    """It stands in logs and at Stripe."""
    await bojan.bill()
    await pay(visit, stripe, bojan)
    [attempt] = await attempts()

    with clock.stopped_at(attempt.created_at + timedelta(hours=23)):
        assert "/p/" in (await visit.get(f"/payments/return?attempt={attempt.id}")).path
    with clock.stopped_at(attempt.created_at + timedelta(hours=25)):
        assert (await visit.get(f"/payments/return?attempt={attempt.id}")).path == "/pay"
