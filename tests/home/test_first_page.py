"""The first page says at once how things stand, and what to do."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from portal import clock
from portal.billing.tables import Charge, ChargeKind
from portal.customers.tables import Line, LineKind, PackageKind
from portal.dunning.policy import policy_for
from portal.dunning.suspending import suspend
from portal.dunning.tables import Notice, NoticeKind
from portal.network.observing import note_observed
from portal.network.tables import OUTGOING_BARRED
from tests.people import Person, a_person, saved
from tests.visiting import Visitor
from tests.working import work_off


async def cut_off(person: Person, step: int = 1, days_ago: int = 3) -> None:
    now = clock.now()
    await suspend(
        person.account,
        person.bills[0],
        step,
        policy_for(PackageKind.MOBILE),
        reason="unpaid bill",
        decided_by="a story",
        at=now - timedelta(days=days_ago),
    )
    await work_off()


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
    today = clock.today()
    await bojan.bill(8_645, due=today - timedelta(days=6), issued=today - timedelta(days=24))
    await cut_off(bojan)

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
    today = clock.today()
    await bojan.bill(8_645, due=today - timedelta(days=35), issued=today - timedelta(days=53))
    await cut_off(bojan, step=3)

    page = await visit.get("/")

    assert page.one("h1").text == "Vaše storitve so izklopljene"
    assert "63,96 €" in page.text
    assert "Pogodba preneha" in page.text


async def test_warned_but_not_barred(visit: Visitor, bojan: Person) -> None:
    today = clock.today()
    bill = await bojan.bill(2_000, due=today - timedelta(days=6))
    await saved(
        Notice(
            account=bojan.account.id,
            bill=bill.id,
            policy="mobile-1",
            kind=NoticeKind.PRE_SUSPENSION,
            at=clock.now(),
            last_day=today + timedelta(days=2),
        )
    )

    page = await visit.get("/")

    assert page.one("h1").text.startswith("Plačajte do ")


async def test_lines_of_which_the_same_is_off_are_told_once(visit: Visitor, bojan: Person) -> None:
    for number in ("+38631000001", "+38631000002"):
        await saved(Line(account=bojan.account.id, contract=bojan.contract.id, kind=LineKind.MOBILE, number=number))
    await bojan.bill(due=clock.today() - timedelta(days=6), issued=clock.today() - timedelta(days=24))
    await cut_off(bojan)

    page = await visit.get("/")

    assert page.text.count("Odhodni klici") == 1
    assert "031 000 001, 031 000 002" in page.text


async def test_a_fee_that_waits_for_the_next_bill_is_shown(visit: Visitor, bojan: Person) -> None:
    await saved(
        Charge(
            account=bojan.account.id,
            kind=ChargeKind.RECONNECTION,
            amount_cents=799,
            policy="mobile-1",
            occasion=uuid4(),
            incurred_on=clock.today(),
        )
    )

    page = await visit.get("/")

    assert "Na naslednjem računu" in page.text
    assert "7,99 €" in page.text


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
