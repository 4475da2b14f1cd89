"""What holds the ladder, until when, and what that leaves of what comes next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.billing.tables import Bill
from portal.customers.tables import CustomerKind
from portal.dunning.policy import Avoidable
from portal.dunning.relief_tables import DeferralKind
from portal.dunning.tables import Suspension
from portal.dunning.view.outlook import Rung
from portal.dunning.view.place import Place, place_of
from portal.dunning.view.shown_hold import HeldBy, Hold
from portal.money import Money
from portal.payments.tables import AttemptState
from tests.dunning.case_rows import a_case, a_deferral, a_payment_under_way, a_proof
from tests.dunning.cases import standing
from tests.people import NOON, TODAY, Person, a_person
from tests.world import Exchange


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
async def bojan(world: Exchange) -> Person:
    return await a_person("Bojan Kralj")


async def test_a_deferral_holds_up_to_and_with_its_last_day(bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await a_deferral(bojan, case, until=in_days(10))

    on_the_last_day = await standing(bojan, in_days(10))
    assert on_the_last_day.hold == Hold(HeldBy.DEFERRAL, in_days(10))
    assert on_the_last_day.next_step is None
    assert on_the_last_day.avoidable == Avoidable(Money(799), in_days(10))
    assert on_the_last_day.ahead[0].on == in_days(11)
    assert place_of(on_the_last_day) == Place.DEFERRED
    after = await standing(bojan, in_days(11))
    assert after.hold is None
    assert after.next_step is not None
    assert (after.next_step.rung, after.next_step.on) == (Rung.SUSPENSION, in_days(11))


async def test_a_deferral_that_has_ended_holds_nothing(bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await a_deferral(bojan, case, until=in_days(10), ended=TODAY)

    assert (await standing(bojan)).hold is None


async def test_an_agreement_holds_also_while_services_are_off(bojan: Person) -> None:
    case = await a_case(bojan, "outgoing")
    await a_deferral(bojan, case, until=in_days(30), kind=DeferralKind.AGREED)

    seen = await standing(bojan)

    assert seen.hold == Hold(HeldBy.AGREEMENT, in_days(30))
    assert place_of(seen) == Place.OUTGOING_OFF
    assert seen.ahead[0].on == in_days(31)


async def test_an_accepted_proof_holds_and_a_waiting_one_does_not(bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await a_proof(bojan, case)
    waiting = await standing(bojan)
    assert (waiting.has_waiting_proof, waiting.hold) == (True, None)

    await a_proof(bojan, case, holds_until=in_days(5))

    held = await standing(bojan)
    assert held.hold == Hold(HeldBy.PROOF, in_days(5))
    assert place_of(held) == Place.PROVEN
    assert (await standing(bojan, in_days(6))).hold is None


async def test_of_two_holds_the_longer_counts(bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await a_proof(bojan, case, holds_until=in_days(5))
    await a_deferral(bojan, case, until=in_days(10))

    assert (await standing(bojan)).hold == Hold(HeldBy.DEFERRAL, in_days(10))


async def test_connected_on_a_proof_services_go_off_again_the_day_after_it_lapses(bojan: Person) -> None:
    case = await a_case(bojan, "outgoing")
    await Suspension.update({Suspension.ended_at: NOON}, force=True)
    await a_proof(bojan, case, holds_until=in_days(5))

    seen = await standing(bojan)

    assert not seen.is_suspended
    assert place_of(seen) == Place.PROVEN
    assert (seen.ahead[0].rung, seen.ahead[0].on) == (Rung.SUSPENSION, in_days(6))


async def test_a_payment_under_way_holds_without_a_last_day(bojan: Person) -> None:
    await a_case(bojan, "notice")
    attempt = await a_payment_under_way(bojan)

    seen = await standing(bojan)

    assert seen.hold == Hold(HeldBy.PAYMENT)
    assert (seen.payment, seen.ahead, seen.avoidable) == (attempt.id, (), None)
    assert place_of(seen) == Place.PAYING


async def test_so_does_one_in_another_amount_while_a_person_looks_at_it(bojan: Person) -> None:
    await a_case(bojan, "notice")
    attempt = await a_payment_under_way(bojan, state=AttemptState.HELD)

    seen = await standing(bojan)

    assert seen.hold == Hold(HeldBy.PAYMENT)
    assert (seen.payment, seen.ahead, seen.avoidable) == (attempt.id, (), None)
    assert place_of(seen) == Place.PAYMENT_HELD
    assert not seen.may_ask_for_deferral


async def test_what_is_disputed_whole_threatens_nobody(bojan: Person) -> None:
    await a_case(bojan, "notice", cents=8_645)
    await Bill.update({Bill.disputed_cents: 8_645}, force=True)

    seen = await standing(bojan)

    assert place_of(seen) == Place.OBJECTED
    assert (seen.disputed, seen.ahead, seen.avoidable) == (Money(8_645), (), None)


async def test_of_a_bill_disputed_in_part_the_rest_counts(bojan: Person) -> None:
    await a_case(bojan, "notice", cents=8_645)
    await Bill.update({Bill.disputed_cents: 2_000}, force=True)

    seen = await standing(bojan)

    assert place_of(seen) == Place.WARNED
    assert (seen.overdue, seen.disputed) == (Money(8_645), Money(2_000))


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ("reminder", Place.OVERDUE),
        ("notice", Place.WARNED),
        ("outgoing", Place.OUTGOING_OFF),
        ("outgoing_and_fixed", Place.OUTGOING_OFF),
        ("incoming", Place.OFF),
        ("termination", Place.ENDED),
        ("final_demand", Place.ENDED),
        ("agency", Place.AGENCY),
        ("enforcement", Place.ENFORCEMENT),
    ],
)
async def test_where_each_step_leaves_a_customer(bojan: Person, step: str, place: Place) -> None:
    await a_case(bojan, step)

    assert place_of(await standing(bojan)) == place


async def test_a_deferral_is_worth_a_look_from_the_notice_to_the_suspension(bojan: Person) -> None:
    for step, days_ago, is_worth_it in (("reminder", 0, False), ("notice", 0, True), ("outgoing", 0, False)):
        person = await a_person(step)
        await a_case(person, step, days_ago=days_ago)
        assert (await standing(person)).may_ask_for_deferral is is_worth_it, step


async def test_a_second_deferral_in_a_case_is_not_worth_a_look(bojan: Person) -> None:
    case = await a_case(bojan, "notice", days_ago=12)
    await a_deferral(bojan, case, until=in_days(-1), granted=in_days(-11), ended=TODAY)

    assert not (await standing(bojan)).may_ask_for_deferral


async def test_one_granted_for_bills_that_were_paid_since_does_not_count(bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await a_deferral(bojan, case, until=in_days(-30), granted=in_days(-40), ended=in_days(-30))

    assert (await standing(bojan)).may_ask_for_deferral


async def test_neither_is_one_before_the_notice_arrived_nor_a_companys(bojan: Person) -> None:
    await a_case(bojan, "notice", delivered=False)
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await a_case(company, "notice", policy="mobile-company-1")

    assert not (await standing(bojan)).may_ask_for_deferral
    assert not (await standing(company)).may_ask_for_deferral
