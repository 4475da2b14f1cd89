"""Whoever pays what a notice told of is not barred for what it did not: the next bill gets notices of its own."""

from __future__ import annotations

from datetime import date

from portal import clock
from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning import disputing, nightly
from portal.dunning.case_tables import CaseEvent, DunningCase, Outcome
from portal.dunning.deferrals.agreeing import agree
from portal.dunning.relief_tables import DisputeOutcome
from portal.dunning.settling import owed_changed
from portal.dunning.tables import Suspension
from portal.money import Money
from portal.network.tables import OPEN, OUTGOING_BARRED
from portal.sandbox.network import Behaviour
from tests.dunning.nights import ONE_DAY, happened, live_through, moment, night, steps_of, told
from tests.people import Person, a_person
from tests.working import work_off
from tests.world import Exchange

ISSUED, DUE = date(2026, 11, 2), date(2026, 11, 17)
NOTICED, LAST_DAY, OFF = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)


async def a_debtor() -> Person:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, issued=ISSUED, due=DUE)
    return bojan


async def pays(person: Person, bill: Bill, day: date) -> None:
    """At the day's noon, and what follows from it is done."""
    at = moment(day)
    with clock.stopped_at(at):
        async with transaction() as connected:
            await lock_account(connected, person.account.id)
            await Bill.update({Bill.open_cents: 0, Bill.settled_at: at}).where(Bill.id == bill.id)
            await owed_changed(person.account.id, payment=None, reason="paid", decided_by="payments", at=at)
        await work_off()


async def test_what_fell_due_since_the_notice_begins_a_case_of_its_own(world: Exchange) -> None:
    bojan = await a_debtor()
    await bojan.bill(3_000, issued=date(2026, 11, 8), due=date(2026, 11, 22))
    await live_through(DUE, LAST_DAY)

    await pays(bojan, bojan.bills[0], LAST_DAY)
    await live_through(OFF, date(2026, 11, 27))

    assert await world.has(bojan.line.number) == OPEN
    assert len(await DunningCase.objects().where(DunningCase.account == bojan.account.id)) == 2
    await live_through(date(2026, 11, 28), date(2026, 12, 2))
    assert await world.has(bojan.line.number) == OUTGOING_BARRED, "its own notice has run out by then"


async def test_a_bill_that_the_notice_told_of_too_keeps_the_ladder_going(world: Exchange) -> None:
    bojan = await a_debtor()
    await bojan.bill(3_000, issued=date(2026, 11, 4), due=date(2026, 11, 19))
    await live_through(DUE, LAST_DAY)

    await pays(bojan, bojan.bills[0], LAST_DAY)
    await live_through(OFF, OFF)

    assert await world.has(bojan.line.number) == OUTGOING_BARRED


async def test_who_keeps_an_agreed_day_is_not_barred_for_a_newer_bill(world: Exchange) -> None:
    bojan = await a_debtor()
    await live_through(DUE, date(2026, 11, 22))
    promised, at = date(2026, 12, 18), moment(date(2026, 11, 22))
    with clock.stopped_at(at):
        await agree(bojan.account.id, promised, decided_by="Nada", reason="agreed on the phone", at=at)
    await bojan.bill(3_000, issued=date(2026, 12, 2), due=date(2026, 12, 17))
    await live_through(date(2026, 11, 23), promised)

    await pays(bojan, bojan.bills[0], promised)
    await live_through(promised + ONE_DAY, promised + 3 * ONE_DAY)

    assert await world.has(bojan.line.number) == OPEN


async def test_a_bill_whose_objection_was_rejected_gets_notices_again(world: Exchange) -> None:
    bojan = await a_debtor()
    older = await bojan.bill(5_000, issued=date(2026, 10, 20), due=date(2026, 11, 4))
    with clock.stopped_at(moment(DUE)):
        disputed = await disputing.dispute(older, Money(0), reason="roaming", opened_by="Nada", at=moment(DUE))
    await live_through(DUE, NOTICED)
    with clock.stopped_at(moment(NOTICED)):
        await disputing.decide(
            disputed.id, DisputeOutcome.REJECTED, because="the calls were made", decided_by="Nada", at=moment(NOTICED)
        )

    await pays(bojan, bojan.bills[0], LAST_DAY)
    await live_through(OFF, OFF)

    assert await world.has(bojan.line.number) == OPEN


async def test_while_the_network_is_still_opening_a_new_case_begins_at_the_beginning(world: Exchange) -> None:
    bojan = await a_debtor()
    await live_through(DUE, OFF)
    await world.behaves(bojan.line.number, Behaviour.SILENT)
    await bojan.bill(3_000, issued=date(2026, 11, 6), due=OFF)
    await pays(bojan, bojan.bills[0], OFF)

    with clock.stopped_at(moment(OFF + ONE_DAY)):
        await nightly.run(OFF + ONE_DAY, moment(OFF + ONE_DAY))

    [begun] = await DunningCase.objects().where(DunningCase.closed_at.is_null())
    assert "notice" not in begun.taken


async def test_a_step_is_taken_back_when_days_count_from_a_younger_bill(world: Exchange) -> None:
    bojan = await a_debtor()
    await live_through(DUE, date(2026, 11, 29))
    await bojan.bill(3_000, issued=date(2026, 11, 14), due=date(2026, 11, 28))
    second = ISSUED + 28 * ONE_DAY
    with clock.stopped_at(moment(second)):
        await nightly.run(second, moment(second))

        await pays(bojan, bojan.bills[0], second)

    [suspension] = await Suspension.objects().where(Suspension.ended_at.is_null())
    assert suspension.step == 1, "the bill that is left is sixteen days old"
    await live_through(second + ONE_DAY, date(2026, 12, 12))
    assert (await steps_of(bojan))["outgoing_and_fixed"] == date(2026, 12, 12)


async def test_a_run_for_a_later_day_acts_on_nothing_before_its_day(world: Exchange) -> None:
    bojan = await a_debtor()
    await live_through(DUE, NOTICED)
    later = date(2026, 12, 24)

    with clock.stopped_at(moment(NOTICED + ONE_DAY)):
        await nightly.run(later, moment(later))
        await work_off()

    assert await world.has(bojan.line.number) == OPEN
    await live_through(NOTICED + 2 * ONE_DAY, OFF)
    assert (await steps_of(bojan))["outgoing"] == OFF


async def test_a_step_that_lost_its_job_is_carried_out_the_next_night(world: Exchange) -> None:
    bojan = await a_debtor()
    await live_through(DUE, NOTICED - ONE_DAY)
    with clock.stopped_at(moment(NOTICED)):
        await nightly.run(NOTICED, moment(NOTICED))
    async with transaction() as connected:
        await connected.execute("DELETE FROM pgqueuer")

    await night(NOTICED + ONE_DAY)

    assert (await steps_of(bojan))["notice"] == NOTICED
    assert not await CaseEvent.exists().where(CaseEvent.kind == "step", CaseEvent.outcome.is_null())
    assert "sms pre_suspension" in (await told(bojan))[NOTICED + ONE_DAY]


async def test_what_was_paid_before_a_step_is_carried_out_is_marked_overtaken(world: Exchange) -> None:
    bojan = await a_debtor()
    await live_through(DUE, LAST_DAY)
    with clock.stopped_at(moment(OFF)):
        await nightly.run(OFF, moment(OFF))
        await Bill.update({Bill.open_cents: 0}).where(Bill.account == bojan.account.id)

        await work_off()

    assert await world.has(bojan.line.number) == OPEN
    assert await CaseEvent.exists().where(CaseEvent.step == "outgoing", CaseEvent.outcome == Outcome.OVERTAKEN)
    assert "settled" in await happened(bojan)
