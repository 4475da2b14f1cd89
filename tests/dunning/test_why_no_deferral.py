"""Why a suspension cannot be put off: exactly the reason, and from when it can. Source: izklop-storitev.txt, III."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.billing.tables import Bill
from portal.customers.tables import Account, CustomerKind, PackageKind
from portal.dunning.deferrals.refusals import (
    AlreadyRuns,
    NaturalPersonsOnly,
    NewCustomer,
    NothingOverdue,
    NotOffered,
    NotWarned,
    PaymentUnderWay,
    TooLate,
    UsedInThisCase,
    UsedRecently,
)
from portal.dunning.tables import Suspension
from portal.money import Money
from portal.payments.tables import AttemptState, PaymentAttempt
from tests.dunning.case_rows import a_case
from tests.dunning.deferrals import (
    TEN_DAYS_ON,
    an_accepted_proof,
    asked,
    deferred,
    fees_of,
    paid_before,
    settles,
    warned,
)
from tests.people import NOON, TODAY, a_bill, a_person, saved

pytestmark = pytest.mark.usefixtures("database")


async def test_nothing_overdue() -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(due=TODAY)

    assert isinstance((await asked(bojan)).refusal, NothingOverdue)
    with pytest.raises(NothingOverdue):
        await deferred(bojan)


async def test_what_is_disputed_is_not_overdue() -> None:
    bojan = await warned()
    await Bill.update({Bill.disputed_cents: Bill.total_cents}, force=True)

    assert isinstance((await asked(bojan)).refusal, NothingOverdue)


async def test_a_company_is_told_so() -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await paid_before(company, 4)
    await a_case(company, "notice", policy="mobile-company-1")

    assert isinstance((await asked(company)).refusal, NaturalPersonsOnly)


@pytest.mark.parametrize(
    ("package", "policy"), [(PackageKind.KOMBO, "kombo-2"), (PackageKind.LEGACY_FIXED, "legacy-fixed-2")]
)
async def test_fixed_packages_agree_on_one_with_an_adviser(package: PackageKind, policy: str) -> None:
    ana = await a_person("Ana Zupan", package=package)
    await paid_before(ana, 4)
    await ana.bill()

    assert isinstance((await asked(ana)).refusal, NotOffered), "before its case is open"
    await a_case(ana, "reminder" if package == PackageKind.KOMBO else "first_reminder", policy=policy)
    assert isinstance((await asked(ana)).refusal, NotOffered)


async def test_before_the_notice_the_day_of_the_notice_is_told() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "reminder")

    refusal = (await asked(bojan)).refusal

    assert isinstance(refusal, NotWarned)
    assert refusal.from_on == TODAY + timedelta(days=2), "the reminder comes a day after the due day, the notice three"


async def test_before_its_case_is_open_too() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await bojan.bill(due=TODAY - timedelta(days=1))

    refusal = (await asked(bojan)).refusal

    assert isinstance(refusal, NotWarned)
    assert refusal.from_on == TODAY + timedelta(days=2)


async def test_a_notice_that_has_not_arrived_is_none_yet() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "notice", delivered=False)

    refusal = (await asked(bojan)).refusal

    assert isinstance(refusal, NotWarned)
    assert refusal.from_on is None


async def test_once_services_are_off_it_is_too_late() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "outgoing")

    assert isinstance((await asked(bojan)).refusal, TooLate)


async def test_connected_for_a_while_on_a_proof_it_stays_too_late() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "outgoing")
    await Suspension.update({Suspension.ended_at: NOON}, force=True)

    assert isinstance((await asked(bojan)).refusal, TooLate)


@pytest.mark.parametrize(("paid", "missing"), [(0, 4), (3, 1)])
async def test_a_new_customer_is_told_how_many_paid_bills_are_missing(paid: int, missing: int) -> None:
    bojan = await warned(paid=paid)

    refusal = (await asked(bojan)).refusal

    assert isinstance(refusal, NewCustomer)
    assert refusal.missing == missing


async def test_paid_bills_of_all_accounts_of_a_customer_count() -> None:
    bojan = await warned(paid=3)
    second = await saved(Account(customer=bojan.customer.id, number="2999001"))
    await a_bill(second, 2_499, due=TODAY - timedelta(days=90), open_cents=0)

    assert (await asked(bojan)).is_possible


async def test_while_one_runs_its_last_day_is_told() -> None:
    bojan = await warned()
    await deferred(bojan)

    for day in (TODAY, TEN_DAYS_ON):
        refusal = (await asked(bojan, day)).refusal
        assert isinstance(refusal, AlreadyRuns)
        assert (refusal.until, refusal.fee) == (TEN_DAYS_ON, Money(299))
    with pytest.raises(AlreadyRuns):
        await deferred(bojan)
    assert await fees_of(bojan) == [299]


async def test_no_second_one_for_the_same_bills() -> None:
    bojan = await warned()
    await deferred(bojan)

    for later in (11, 31, 60):
        assert isinstance((await asked(bojan, TODAY + timedelta(days=later))).refusal, UsedInThisCase)


@pytest.mark.parametrize(("days_since", "is_possible"), [(29, False), (30, True)])
async def test_once_in_thirty_days(days_since: int, is_possible: bool) -> None:
    before = TODAY - timedelta(days=days_since)
    bojan = await warned(today=before)
    await deferred(bojan, before)
    await settles(bojan)
    await a_case(bojan, "notice")

    possible = await asked(bojan)

    assert possible.is_possible is is_possible
    if not is_possible:
        assert isinstance(possible.refusal, UsedRecently)
        assert possible.refusal.from_on == before + timedelta(days=30)


async def test_of_two_things_that_pass_the_later_one_is_told() -> None:
    before = TODAY - timedelta(days=20)
    bojan = await warned(today=before)
    await deferred(bojan, before)
    await settles(bojan)
    await a_case(bojan, "reminder")

    refusal = (await asked(bojan)).refusal

    assert isinstance(refusal, UsedRecently), "the notice comes in two days, and then it would still be too soon"
    assert refusal.from_on == before + timedelta(days=30)


async def test_while_money_is_on_its_way_none_is_needed() -> None:
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

    refusal = (await asked(bojan)).refusal

    assert isinstance(refusal, PaymentUnderWay)
    assert refusal.payment == attempt.id


@pytest.mark.parametrize(("holds_until", "is_possible"), [(TODAY, False), (TODAY - timedelta(days=1), True)])
async def test_an_accepted_proof_is_money_on_its_way(holds_until: date, is_possible: bool) -> None:
    bojan = await warned()
    await an_accepted_proof(bojan, holds_until)

    assert (await asked(bojan)).is_possible is is_possible
