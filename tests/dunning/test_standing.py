"""What a customer learns: what is off, what works, what comes next and what it will cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.billing.tables import ChargeKind
from portal.customers.tables import Line, LineKind, PackageKind
from portal.dunning.contacting import contact_of
from portal.dunning.policy import Avoidable, Fee
from portal.dunning.tables import Suspension
from portal.dunning.view import effects
from portal.dunning.view.outlook import Bars, Move, Rung
from portal.money import Money
from portal.network.barring import note_observed
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, OrderState
from portal.sandbox.network import Behaviour
from tests.dunning.case_rows import a_case, a_charge, a_suspension_before_cases
from tests.dunning.cases import pays, standing, suspended
from tests.dunning.standing_bojan import RECONNECTION, bojan, in_days
from tests.people import NOON, TODAY, Person, a_person, saved
from tests.working import work_off
from tests.world import Exchange

__all__ = ["bojan"]


SUSPENSION = Fee(ChargeKind.SUSPENSION, Money(2098))


FINAL_SUSPENSION = Fee(ChargeKind.FINAL_SUSPENSION, Money(3499))


async def test_an_account_in_order_has_nothing_to_learn(bojan: Person) -> None:
    seen = await standing(bojan)

    assert not seen.is_suspended
    assert (seen.step, seen.avoidable, seen.next_step, seen.ahead, seen.after_payment) == (None, None, None, (), ())
    [line] = seen.lines
    assert (line.profile, line.off, line.works) == (OPEN, (), ())


async def test_suspended_at_the_first_step(bojan: Person) -> None:
    case = await a_case(bojan, "outgoing")

    seen = await standing(bojan)

    assert (seen.is_suspended, seen.step, seen.since) == (True, 1, TODAY)
    [line] = seen.lines
    assert line.off == ("calls you make", "text messages you send", "mobile data")
    assert "calls you receive in Slovenia" in line.works
    assert "emergency calls to 112" in line.works
    dearer_on = case.issued_on + timedelta(days=28)
    assert seen.avoidable == Avoidable(Money(2098), dearer_on - timedelta(days=1))
    assert seen.next_step == Move(Rung.STEP, dearer_on, Bars.NOTHING, (SUSPENSION,))
    assert seen.after_payment == (RECONNECTION,)
    assert seen.help_numbers == ("040 40 40 40", "040 40 40 85")


@pytest.mark.parametrize(
    ("has_fixed", "step", "bars"),
    [
        (False, "outgoing", Bars.NOTHING),
        (True, "outgoing", Bars.FIXED),
        (False, "outgoing_and_fixed", Bars.INCOMING),
        (True, "outgoing_and_fixed", Bars.INCOMING),
    ],
)
async def test_the_next_step_bars_more_only_if_a_line_of_the_account_feels_it(
    bojan: Person, has_fixed: bool, step: str, bars: Bars
) -> None:
    if has_fixed:
        await saved(Line(account=bojan.account.id, contract=bojan.contract.id, kind=LineKind.FIXED, number="F1"))
    await a_case(bojan, step)

    found = (await standing(bojan)).next_step

    assert found is not None
    assert (found.rung, found.bars) == (Rung.STEP, bars)


async def test_suspended_at_the_third_step(bojan: Person) -> None:
    await a_case(bojan, "incoming")

    seen = await standing(bojan)

    [line] = seen.lines
    assert "calls you receive" in line.off
    assert "calls you receive in Slovenia" not in line.works
    assert seen.avoidable is None
    assert seen.next_step == Move(Rung.TERMINATION, in_days(30))
    assert seen.after_payment_total == Money(6396)


async def test_a_fee_that_was_waived_is_not_announced_for_the_next_bill(bojan: Person) -> None:
    case = await a_case(bojan, "outgoing_and_fixed")
    assert (await standing(bojan)).after_payment == (SUSPENSION, RECONNECTION)

    await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098, waived=True)

    assert (await standing(bojan)).after_payment == (RECONNECTION,)


async def test_a_fixed_connection_is_off_whole(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    await a_case(irena, "all", policy="kombo-2")

    seen = await standing(irena)

    [line] = seen.lines
    assert (line.off, line.works) == (("all services of this connection",), ())
    assert seen.next_step == Move(Rung.TERMINATION, in_days(30))
    assert seen.after_payment_total == Money(2897)


async def test_who_has_no_mobile_line_is_not_promised_an_sms_before_the_suspension(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    await a_case(irena, "reminder", policy="kombo-2")

    seen = await standing(irena)

    assert seen.next_step is not None
    assert (seen.next_step.rung, seen.next_step.bars) == (Rung.SUSPENSION, Bars.ALL)
    assert seen.warned_until == seen.next_step.on - timedelta(days=1)


async def test_a_legacy_connection_pays_fifteen(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.LEGACY_FIXED)
    await a_case(irena, "all", policy="legacy-fixed-2")

    seen = await standing(irena)

    assert seen.after_payment_total == Money(1500)
    assert seen.avoidable is None
    assert seen.next_step is not None
    assert seen.next_step.rung == Rung.TERMINATION


async def test_paid_and_not_open_yet(bojan: Person, world: Exchange) -> None:
    await suspended(bojan)
    await world.behaves(bojan.line.number, Behaviour.SILENT)
    await pays(bojan)
    await work_off()

    seen = await standing(bojan)

    assert seen.is_reconnecting
    assert (seen.avoidable, seen.next_step, seen.ahead) == (None, None, ())
    [line] = seen.lines
    assert line.opening == OrderState.UNKNOWN
    assert line.profile == OUTGOING_BARRED


async def test_a_refused_opening_is_seen(bojan: Person, world: Exchange) -> None:
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


async def test_connected_again_everything_is_in_order(bojan: Person) -> None:
    await suspended(bojan)
    await pays(bojan)
    await work_off()

    seen = await standing(bojan)

    assert not seen.is_suspended
    assert seen.lines[0].profile == OPEN


async def test_what_the_network_says_counts_more_than_what_it_was_told(bojan: Person) -> None:
    await a_case(bojan, "outgoing")
    assert (await standing(bojan)).lines[0].profile == OUTGOING_BARRED

    await note_observed(bojan.line.id, ALL_BARRED, NOON)

    assert (await standing(bojan)).lines[0].profile == ALL_BARRED


async def test_suspended_before_cases_were_kept(bojan: Person) -> None:
    await a_suspension_before_cases(bojan, rank=2, issued=in_days(-28))

    seen = await standing(bojan)

    assert (seen.is_suspended, seen.step, seen.since) == (True, 2, TODAY)
    assert seen.after_payment == (SUSPENSION, RECONNECTION)
    assert seen.avoidable == Avoidable(Money(3499), in_days(20))
    assert seen.next_step == Move(Rung.STEP, in_days(21), Bars.INCOMING, (FINAL_SUSPENSION,))


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
async def test_the_day_of_a_suspension_is_slovenias(bojan: Person, at: datetime, since: date) -> None:
    await a_case(bojan, "outgoing")
    await Suspension.update({Suspension.started_at: at}, force=True)

    assert (await standing(bojan)).since == since


async def test_what_was_connected_by_a_contract_that_ended_is_gone(bojan: Person) -> None:
    await a_case(bojan, "termination")
    bojan.contract.ended_on = TODAY
    await bojan.contract.save()

    seen = await standing(bojan)

    assert seen.lines == ()
    assert seen.ended_on == TODAY
    assert seen.after_payment == (), "nothing can be connected again"


def test_what_is_off_and_what_works_never_meet() -> None:
    for profile in (OUTGOING_BARRED, ALL_BARRED):
        off, works = effects.off(LineKind.MOBILE, profile), effects.works(LineKind.MOBILE, profile)
        assert not set(off) & set(works)
        assert "emergency calls to 112" in works
