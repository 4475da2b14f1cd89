"""What a suspended customer learns: what is off, what works, what comes next, by when to pay and what it will cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.tables import ChargeKind
from portal.customers.tables import LineKind, PackageKind
from portal.dunning import effects
from portal.dunning.policy import policy_for
from portal.dunning.standing import Avoidable, Next, NextStep, avoidable, next_step
from portal.dunning.tables import Suspension
from portal.dunning.warning import warn
from portal.money import Money
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, OrderState
from portal.sandbox.network import Behaviour
from tests.dunning.cases import pays, standing, suspended
from tests.people import NOON, TODAY, a_person
from tests.working import work_off
from tests.world import Exchange, texts

MOBILE = policy_for(PackageKind.MOBILE)
ISSUED = date(2026, 11, 1)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


async def test_an_account_in_order_has_nothing_to_learn(world: Exchange) -> None:
    maja = await a_person("Maja Zupan")

    seen = await standing(maja)

    assert not seen.is_suspended
    assert (seen.step, seen.avoidable, seen.next_step, seen.after_payment) == (None, None, None, ())
    [line] = seen.lines
    assert (line.profile, line.off, line.works) == (OPEN, (), ())


async def test_suspended_at_the_first_step(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan, issued=TODAY - timedelta(days=24))

    seen = await standing(bojan)

    assert (seen.is_suspended, seen.step, seen.since) == (True, 1, TODAY)
    [line] = seen.lines
    assert line.off == ("calls you make", "text messages you send", "mobile data")
    assert "calls you receive in Slovenia" in line.works
    assert "emergency calls to 112" in line.works
    assert seen.avoidable == Avoidable(Money(2098), TODAY + timedelta(days=3))
    assert seen.next_step == NextStep(Next.STEP, TODAY + timedelta(days=4), bars_more=True)
    assert [(fee.kind, fee.amount) for fee in seen.after_payment] == [(ChargeKind.RECONNECTION, Money(799))]
    assert seen.help_numbers == ("040 40 40 40", "040 40 40 85")


async def test_suspended_at_the_third_step(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan, step=3, issued=TODAY - timedelta(days=49))

    seen = await standing(bojan)

    [line] = seen.lines
    assert "calls you receive" in line.off
    assert "calls you receive in Slovenia" not in line.works
    assert seen.avoidable is None
    assert seen.next_step == NextStep(Next.TERMINATION, TODAY + timedelta(days=30))
    assert seen.after_payment_total == Money(6396)


async def test_a_fixed_connection_is_off_whole(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    await suspended(irena, step=2, kind=PackageKind.KOMBO, issued=TODAY - timedelta(days=28))

    seen = await standing(irena)

    [line] = seen.lines
    assert (line.off, line.works) == (("all services of this connection",), ())
    assert seen.next_step == NextStep(Next.TERMINATION, TODAY + timedelta(days=30))
    assert seen.after_payment_total == Money(2897)


async def test_a_legacy_connection_pays_fifteen(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.LEGACY_FIXED)
    await suspended(irena, kind=PackageKind.LEGACY_FIXED)

    seen = await standing(irena)

    assert seen.after_payment_total == Money(1500)
    assert (seen.avoidable, seen.next_step) == (None, None)


async def test_paid_and_not_open_yet(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    await world.behaves(bojan.line.number, Behaviour.SILENT)
    await pays(bojan)
    await work_off()

    seen = await standing(bojan)

    assert seen.is_reconnecting
    assert (seen.avoidable, seen.next_step) == (None, None)
    [line] = seen.lines
    assert line.opening == OrderState.UNKNOWN
    assert line.profile == OUTGOING_BARRED


async def test_connected_again_everything_is_in_order(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    await pays(bojan)
    await work_off()

    seen = await standing(bojan)

    assert not seen.is_suspended
    assert seen.lines[0].profile == OPEN


async def test_what_the_network_says_counts_more_than_what_it_was_told(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await world.behaves(bojan.line.number, Behaviour.REFUSING)
    await suspended(bojan)
    assert (await standing(bojan)).lines[0].profile == OUTGOING_BARRED

    maja = await a_person("Maja Zupan")
    await suspended(maja)
    await Suspension.update({Suspension.step: 3}).where(Suspension.account == maja.account.id)

    assert (await standing(maja)).lines[0].profile == OUTGOING_BARRED


async def test_warned_three_days_ahead(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    bill = await bojan.bill(18_645)
    await warn(bojan.account, bill, MOBILE, at=NOON)
    await work_off()

    seen = await standing(bojan)

    last_day = TODAY + timedelta(days=3)
    assert seen.warned_until == last_day
    assert seen.avoidable == Avoidable(Money(799), last_day)
    assert seen.next_step == NextStep(Next.SUSPENSION, last_day + timedelta(days=1), bars_more=True)
    [text] = await texts(bojan.line.number)
    assert "186,45 EUR" in text
    assert "še 3 dni: če plačate do vključno 24. 11. 2026" in text


async def test_a_warning_is_over_when_its_day_has_passed_or_its_bill_is_paid(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    bill = await bojan.bill()
    await warn(bojan.account, bill, MOBILE, at=NOON)

    assert (await standing(bojan, TODAY + timedelta(days=3))).warned_until is not None
    assert (await standing(bojan, TODAY + timedelta(days=4))).warned_until is None
    bill.open_cents = 0
    await bill.save()
    assert (await standing(bojan)).warned_until is None


async def test_a_bill_is_warned_of_once_and_only_while_it_is_owed(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    bill, paid = await bojan.bill(), await bojan.bill(open_cents=0)

    assert await warn(bojan.account, bill, MOBILE, at=NOON) is not None
    assert await warn(bojan.account, bill, MOBILE, at=NOON + timedelta(days=1)) is None
    assert await warn(bojan.account, paid, MOBILE, at=NOON) is None
    assert await warn(bojan.account, bill, MOBILE, at=NOON + timedelta(days=4)) is not None


async def test_fixed_customers_are_not_warned_by_sms(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)

    assert await warn(irena.account, await irena.bill(), policy_for(PackageKind.KOMBO), at=NOON) is None


@pytest.mark.parametrize(
    ("at", "since"),
    [
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
    ids=["before clocks go back", "after", "before clocks go forward", "after forward", "new year"],
)
async def test_the_day_of_a_suspension_is_slovenias(world: Exchange, at: datetime, since: date) -> None:
    bojan = await a_person("Bojan Kralj")
    made = await suspended(bojan)
    await Suspension.update({Suspension.started_at: at}).where(Suspension.id == made.id)

    assert (await standing(bojan)).since == since


@given(days, st.integers(0, 60))
def test_the_fee_is_avoidable_up_to_the_day_before_the_step(issued_on: date, age: int) -> None:
    today = issued_on + timedelta(days=age)

    found = avoidable(MOBILE, 1, issued_on, today)

    if age < 28:
        assert found == Avoidable(Money(2098), issued_on + timedelta(days=27))
        assert found.last_day >= today
    else:
        assert found is None


@given(days, st.integers(0, 200), st.sampled_from([1, 2, 3]), st.integers(0, 30))
def test_the_next_step_is_never_in_the_past(issued_on: date, age: int, step: int, suspended_for: int) -> None:
    today = issued_on + timedelta(days=age)

    found = next_step(MOBILE, step, issued_on, today - timedelta(days=suspended_for), today)

    assert found is not None
    assert found.on >= today
    assert (found.what == Next.TERMINATION) == (step == 3)


@given(days, st.integers(29, 60))
def test_the_contract_never_ends_earlier_than_30_days_after_the_last_step_was_possible(since: date, back: int) -> None:
    issued_on = since - timedelta(days=back)

    found = next_step(MOBILE, 3, issued_on, since, since)

    assert found is not None
    assert found.on >= max(since, issued_on + timedelta(days=49)) + timedelta(days=30)


def test_the_last_day_across_a_leap_february() -> None:
    found = avoidable(MOBILE, 1, date(2028, 2, 2), date(2028, 2, 29))

    assert found == Avoidable(Money(2098), date(2028, 2, 29))


def test_what_is_off_and_what_works_never_meet() -> None:
    for profile in (OUTGOING_BARRED, ALL_BARRED):
        off, works = effects.off(LineKind.MOBILE, profile), effects.works(LineKind.MOBILE, profile)
        assert not set(off) & set(works)
        assert "emergency calls to 112" in works
