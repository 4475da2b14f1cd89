"""Who was warned learns by when to pay, what comes then and what it costs, by the policy they were warned under."""

from __future__ import annotations

from portal.dunning.carrying_out import carry_out
from portal.dunning.case_tables import DunningCase
from portal.dunning.policy import Avoidable
from portal.dunning.view.outlook import Bars, Move, Rung
from portal.money import Money
from tests.dunning.case_rows import a_case, a_notice_before_cases
from tests.dunning.cases import standing, taken
from tests.dunning.standing_bojan import RECONNECTION, bojan, in_days
from tests.people import NOON, Person
from tests.working import work_off
from tests.world import Exchange, texts

__all__ = ["bojan"]


async def test_warned_three_days_ahead(bojan: Person) -> None:
    await a_case(bojan, "notice")

    seen = await standing(bojan)

    assert seen.warned_until == in_days(3)
    assert seen.avoidable == Avoidable(Money(799), in_days(3))
    assert seen.next_step == Move(Rung.SUSPENSION, in_days(4), Bars.OUTGOING, (RECONNECTION,))


async def test_who_has_not_got_the_notice_yet_is_not_said_to_be_warned(bojan: Person) -> None:
    await a_case(bojan, "notice", delivered=False)

    seen = await standing(bojan)

    assert seen.warned_until is None
    assert seen.next_step is not None
    assert seen.next_step.on == in_days(4), "not earlier than had it arrived today"


async def test_a_warned_account_that_has_no_line_left_is_warned_all_the_same(bojan: Person) -> None:
    await a_case(bojan, "notice")
    await bojan.line.remove()

    seen = await standing(bojan)

    assert seen.lines == ()
    assert seen.avoidable == Avoidable(Money(799), in_days(3))


async def test_a_warning_is_over_when_its_day_has_passed_or_its_bill_is_paid(bojan: Person) -> None:
    await a_case(bojan, "notice")

    assert (await standing(bojan, in_days(3))).warned_until == in_days(3)
    late = await standing(bojan, in_days(4))
    assert late.warned_until is None
    assert late.avoidable is None
    assert late.next_step is not None
    assert late.next_step.on == in_days(4), "today, never a day that has passed"
    [bill] = bojan.bills
    bill.open_cents = 0
    await bill.save()
    assert (await standing(bojan)).warned_until is None


async def test_warned_before_cases_were_kept(bojan: Person) -> None:
    await a_notice_before_cases(bojan, last_day=in_days(2))

    seen = await standing(bojan)

    assert seen.warned_until == in_days(2)
    assert seen.avoidable == Avoidable(Money(799), in_days(2))
    assert (await standing(bojan, in_days(3))).warned_until is None


async def test_of_two_warnings_the_earlier_day_counts(bojan: Person) -> None:
    await a_notice_before_cases(bojan, last_day=in_days(4))
    await a_notice_before_cases(bojan, last_day=in_days(2))

    assert (await standing(bojan)).warned_until == in_days(2)


async def test_a_warning_keeps_the_policy_it_began_on_whatever_the_packages_are(bojan: Person) -> None:
    await a_notice_before_cases(bojan, last_day=in_days(2), policy="legacy-fixed-2")

    assert (await standing(bojan)).avoidable == Avoidable(Money(1500), in_days(2))


async def test_sms_and_page_name_the_same_fee_and_day_also_after_a_hold(bojan: Person, world: Exchange) -> None:
    """The step after the bar was held and taken back: it comes later than the policy alone would say."""
    await bojan.bill(issued=in_days(-24))
    bar = await taken(bojan)
    await DunningCase.update({DunningCase.next_on: in_days(9)}, force=True)

    await carry_out(bar.id, NOON)
    await work_off()

    seen = await standing(bojan)
    [text] = await texts(bojan.line.number)
    assert seen.avoidable == Avoidable(Money(2098), in_days(8))
    assert "20,98 EUR" in text
    assert f"do vključno {in_days(8):%-d. %-m. %Y}" in text
