"""The nightly run moves who is due, once: repeated, killed, twice at once, late, or only asked what it would do."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from datetime import date, timedelta

import pytest

from portal.billing.tables import Bill
from portal.customers.tables import Contract, CustomerKind, Line, LineKind, PackageKind
from portal.database import connection
from portal.dunning import moving, nightly, opening
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened
from portal.dunning.planning import plan
from portal.dunning.policies import policies, policy_named
from portal.dunning.tables import Suspension
from portal.messaging import gateways
from portal.network.tables import OPEN
from portal.sandbox.phone import SandboxPhone
from portal.settings import ROOT
from tests.dunning.nights import ONE_DAY, happened, live_through, moment, night, steps_of, told
from tests.people import NOON, TODAY, Person, a_package, a_person, saved
from tests.world import Exchange, texts

ISSUED = date(2026, 11, 2)
DUE = date(2026, 11, 17)
OPENS = DUE + ONE_DAY


async def debtors(count: int) -> list[Person]:
    people = [await a_person(f"Oseba {n}", registered=False) for n in range(count)]
    for person in people:
        await person.bill(issued=ISSUED, due=DUE)
    return people


async def steps_taken() -> Counter[int]:
    """How many cases took how many steps."""
    events = await CaseEvent.select(CaseEvent.dunning_case).where(CaseEvent.kind == Happened.STEP)
    return Counter(Counter(event["dunning_case"] for event in events).values())


async def test_nothing_happens_on_the_due_day_itself(world: Exchange) -> None:
    await debtors(1)

    assert (await night(DUE)).opened == 0
    assert (await night(OPENS)).opened == 1


async def test_run_again_on_the_same_day_nothing_moves(world: Exchange) -> None:
    await debtors(3)
    first = await night(OPENS)

    second = await night(OPENS)

    assert (first.opened, first.moved) == (3, 3)
    assert (second.opened, second.moved) == (0, 0)


async def test_two_runs_at_once_move_each_case_once(world: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "CHUNK", 2)
    monkeypatch.setattr(opening, "CHUNK", 3)
    await debtors(12)

    runs = await asyncio.gather(*(nightly.run(OPENS, moment(OPENS)) for _ in range(3)))

    assert sum(run.moved for run in runs) == 12
    assert await steps_taken() == {1: 12}
    assert sum(len(job["events"].split()) for job in await payloads()) == 12, "each step is carried out by one job"


async def test_killed_in_the_middle_the_next_run_finishes(world: Exchange, database: str) -> None:
    await debtors(60)
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.dunning.killable_night", OPENS.isoformat()),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database},
    )
    async with asyncio.timeout(30):
        while not await CaseEvent.exists().where(CaseEvent.kind == Happened.STEP):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0)
    dying.kill()
    await dying.wait()

    await night(OPENS)

    assert await steps_taken() == {1: 60}


async def test_a_dry_run_says_who_would_move_and_why_and_changes_nothing(world: Exchange) -> None:
    [bojan] = await debtors(1)

    [planned] = (await plan(OPENS)).moving

    assert (planned.account, planned.policy, planned.step) == (bojan.account.number, "mobile-2", "reminder")
    assert planned.reason == "unpaid since 2026-11-17, issued on 2026-11-02"
    assert planned.overdue.cents == bojan.bills[0].total_cents
    assert not await DunningCase.exists()
    await night(OPENS)
    assert not (await plan(OPENS)).moving
    assert [one.step for one in (await plan(OPENS + 2 * ONE_DAY)).moving] == ["notice"]


async def test_the_case_closes_when_everything_is_settled(world: Exchange) -> None:
    [bojan] = await debtors(1)
    await night(OPENS)
    await Bill.update({Bill.open_cents: 0}).where(Bill.account == bojan.account.id)

    await night(OPENS + ONE_DAY)

    [case] = await DunningCase.objects()
    assert case.closed_because == "settled"
    assert await happened(bojan) == ["opened", "step", "delivered", "settled"]
    assert (await night(OPENS + 5 * ONE_DAY)).moved == 0


async def test_when_the_longest_overdue_bill_is_paid_days_count_from_the_next(world: Exchange) -> None:
    [bojan] = await debtors(1)
    second = await bojan.bill(issued=ISSUED + 10 * ONE_DAY, due=DUE + 2 * ONE_DAY)
    await live_through(OPENS, date(2026, 11, 24))
    await Bill.update({Bill.open_cents: 0}).where(Bill.id == bojan.bills[0].id)

    await live_through(date(2026, 11, 25), second.issued_on + timedelta(days=28))

    assert "counted_anew" in await happened(bojan)
    assert (await steps_of(bojan))["outgoing_and_fixed"] == second.issued_on + timedelta(days=28)


async def test_who_was_suspended_before_cases_were_kept_goes_on_from_there(world: Exchange) -> None:
    [bojan] = await debtors(1)
    await saved(
        Suspension(
            account=bojan.account.id,
            bill=bojan.bills[0].id,
            policy="mobile-2",
            step=2,
            reason="unpaid",
            decided_by="the release before",
            started_at=NOON,
        )
    )

    await live_through(TODAY, ISSUED + timedelta(days=49))

    assert list(await steps_of(bojan)) == ["incoming"]


async def test_an_sms_that_is_not_said_to_have_arrived_goes_by_post_and_the_ladder_waits(world: Exchange) -> None:
    [bojan] = await debtors(1)
    silent()
    noticed = date(2026, 11, 20)

    await live_through(OPENS, noticed + 2 * ONE_DAY)
    assert (await told(bojan))[noticed + 2 * ONE_DAY] == ["letter pre_suspension"]
    await live_through(noticed + 3 * ONE_DAY, noticed + 20 * ONE_DAY)

    steps = await steps_of(bojan)
    posted = noticed + 3 * ONE_DAY
    assert steps["outgoing"] == posted + timedelta(days=3 + 3 + 1), "three for the post, three to pay, then off"


async def test_while_nothing_arrives_nothing_is_barred(world: Exchange) -> None:
    [bojan] = await debtors(1)
    silent()

    await live_through(OPENS, OPENS + timedelta(days=90), with_post=False)

    assert list(await steps_of(bojan)) == ["reminder", "notice"]
    assert await world.has(bojan.line.number) == OPEN


async def test_a_ladder_that_begins_late_still_gives_every_notice_its_days(world: Exchange) -> None:
    [bojan] = await debtors(1)
    late = DUE + timedelta(days=200)

    await live_through(late, late + timedelta(days=20))

    days = {step: (day - late).days for step, day in (await steps_of(bojan)).items()}
    assert days == {"reminder": 0, "notice": 2, "outgoing": 6, "outgoing_and_fixed": 9, "incoming": 16}
    assert len(await texts(bojan.line.number)) == 4


async def test_an_account_with_both_kinds_follows_the_mobile_policy(world: Exchange) -> None:
    [bojan] = await debtors(1)
    kombo = await saved(
        Contract(
            account=bojan.account.id,
            package=(await a_package(PackageKind.KOMBO)).id,
            number="P-KOMBO",
            concluded_on=ISSUED,
        )
    )
    fixed = await saved(Line(account=bojan.account.id, contract=kombo.id, kind=LineKind.FIXED, number="F-DOMA"))

    await live_through(OPENS, date(2026, 11, 29))
    assert await world.has(fixed.number) == OPEN
    await live_through(date(2026, 11, 30), date(2026, 11, 30))

    assert not (await world.has(fixed.number)).is_open
    [case] = await DunningCase.objects()
    assert case.policy == "mobile-2"


async def test_a_case_keeps_the_edition_it_began_on(world: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    [bojan] = await debtors(1)
    await night(OPENS)
    newer = policy_named("mobile-2").model_copy(update={"edition": 3})
    monkeypatch.setitem(policies(), "mobile-3", newer)
    [ana] = await debtors(1)

    await live_through(OPENS + ONE_DAY, OPENS + 3 * ONE_DAY)

    begun = {case.account: case.policy for case in await DunningCase.objects()}
    assert begun == {bojan.account.id: "mobile-2", ana.account.id: "mobile-3"}


async def test_an_account_without_a_contract_is_left_to_people(world: Exchange) -> None:
    [bojan] = await debtors(1)
    async with connection() as connected:
        await connected.execute("DELETE FROM lines; DELETE FROM contracts")

    assert (await night(OPENS)).opened == 0
    assert bojan.bills[0].open_cents > 0


async def test_a_company_has_no_deferral_and_the_same_days(world: Exchange) -> None:
    firm = await a_person("Modri kozolec d.o.o.", kind=CustomerKind.COMPANY)
    await firm.bill(issued=ISSUED, due=DUE)

    await live_through(OPENS, date(2026, 11, 24))

    assert (await steps_of(firm))["outgoing"] == date(2026, 11, 24)


async def payloads() -> list[dict[str, str]]:
    async with connection() as connected:
        rows = await connected.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'dunning.carry_out'")
    return [json.loads(row["payload"]) for row in rows]


def silent() -> None:
    """Phones that take every SMS and say nothing of it."""
    gateways.use_sms(SandboxPhone())
