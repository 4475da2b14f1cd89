"""What a suspended customer learns: what is off, what works, what comes next, by when to pay and what it will cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.tables import ChargeKind
from portal.customers.tables import LineKind, PackageKind
from portal.dunning import effects
from portal.dunning.contacting import contact_of
from portal.dunning.policy import Avoidable, policy_for
from portal.dunning.standing import LineStanding, Next, NextStep, next_step
from portal.dunning.tables import Notice, Suspension
from portal.dunning.warning import warn
from portal.money import Money
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, OrderState
from portal.sandbox.network import Behaviour
from tests.dunning.cases import pays, standing, suspended
from tests.people import NOON, TODAY, a_person
from tests.working import work_off
from tests.world import Exchange, texts

MOBILE = policy_for(PackageKind.MOBILE)
BOJANS = (LineStanding(LineKind.MOBILE, "+38640000102", OUTGOING_BARRED, None),)
AT_HOME = (*BOJANS, LineStanding(LineKind.FIXED, "F000102", OPEN, None))
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
    assert seen.next_step == NextStep(Next.STEP, TODAY + timedelta(days=4), bars_more=False)
    assert [(fee.kind, fee.amount) for fee in seen.after_payment] == [(ChargeKind.RECONNECTION, Money(799))]
    assert seen.help_numbers == ("040 40 40 40", "040 40 40 85")


@pytest.mark.parametrize(
    ("lines", "step", "bars_more"), [(BOJANS, 1, False), (AT_HOME, 1, True), (BOJANS, 2, True), (AT_HOME, 2, True)]
)
def test_the_next_step_bars_more_only_if_a_line_of_the_account_feels_it(
    lines: tuple[LineStanding, ...], step: int, bars_more: bool
) -> None:
    found = next_step(MOBILE, step, lines, TODAY, since=TODAY, today=TODAY)

    assert found is not None
    assert found.bars_more is bars_more


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


async def test_a_refused_opening_is_seen(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    await world.behaves(bojan.line.number, Behaviour.REFUSING)
    await pays(bojan)
    assert not (await standing(bojan)).is_refused
    await work_off()

    assert (await standing(bojan)).is_refused


@pytest.mark.parametrize(
    ("package", "contact_number", "told"),
    [
        (PackageKind.KOMBO, "+38641999001", True),
        (PackageKind.KOMBO, "+38612345678", False),
        (PackageKind.KOMBO, None, False),
        (PackageKind.MOBILE, None, True),
    ],
    ids=["a mobile contact number", "a fixed one", "none", "none, but a mobile line"],
)
async def test_who_is_told_by_sms_that_everything_is_on_again(
    world: Exchange, package: PackageKind, contact_number: str | None, told: bool
) -> None:
    irena = await a_person("Irena Golob", package=package)
    irena.customer.contact_number = contact_number
    await irena.customer.save()

    assert (await standing(irena)).is_told_by_sms is told
    assert ((await contact_of(irena.account.id)).number is not None) is told


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


async def test_a_warning_keeps_the_policy_it_began_on_whatever_the_packages_are(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await warn(bojan.account, await bojan.bill(), policy_for(PackageKind.FLEX), at=NOON)
    await work_off()

    [notice] = await Notice.objects()
    assert notice.policy == "flex-1"
    assert (await standing(bojan)).warned_until == notice.last_day


async def test_a_warned_account_that_has_no_line_left_is_warned_all_the_same(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await warn(bojan.account, await bojan.bill(), MOBILE, at=NOON)
    await bojan.line.remove()

    seen = await standing(bojan)

    assert seen.lines == ()
    assert seen.avoidable == Avoidable(Money(799), TODAY + timedelta(days=3))


async def test_of_two_warnings_the_earlier_day_counts(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await warn(bojan.account, await bojan.bill(), MOBILE, at=NOON + timedelta(days=1))
    await warn(bojan.account, await bojan.bill(), MOBILE, at=NOON)

    assert (await standing(bojan)).warned_until == TODAY + timedelta(days=3)


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


@given(days, st.integers(0, 200), st.sampled_from([1, 2, 3]), st.integers(0, 30))
def test_the_next_step_is_never_in_the_past(issued_on: date, age: int, step: int, suspended_for: int) -> None:
    today = issued_on + timedelta(days=age)

    found = next_step(MOBILE, step, BOJANS, issued_on, since=today - timedelta(days=suspended_for), today=today)

    assert found is not None
    assert found.on >= today
    assert (found.what == Next.TERMINATION) == (step == 3)


@given(days, st.integers(29, 60))
def test_the_contract_never_ends_earlier_than_30_days_after_the_last_step_was_possible(since: date, back: int) -> None:
    issued_on = since - timedelta(days=back)

    found = next_step(MOBILE, 3, BOJANS, issued_on, since=since, today=since)

    assert found is not None
    assert found.on >= max(since, issued_on + timedelta(days=49)) + timedelta(days=30)


def test_what_is_off_and_what_works_never_meet() -> None:
    for profile in (OUTGOING_BARRED, ALL_BARRED):
        off, works = effects.off(LineKind.MOBILE, profile), effects.works(LineKind.MOBILE, profile)
        assert not set(off) & set(works)
        assert "emergency calls to 112" in works
