"""The demo's people stand on the steps of the ladder that the README says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.billing.tables import Bill, Charge
from portal.clock import day_of
from portal.customers.tables import Contract
from portal.database import connection
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened
from portal.dunning.cases import course_of, policy_of
from portal.dunning.endings.tables import EndedContract, Termination
from portal.dunning.planning import plan
from portal.dunning.policy import Avoidable
from portal.dunning.relief_tables import Deferral
from portal.dunning.schedule import avoidable
from portal.dunning.view.standing import standing_of
from portal.money import ZERO, Money
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED
from tests.people import NOON, TODAY
from tests.sandbox.demo_people import account_of, case_of, folder, overdue_of, seeded
from tests.world import texts

__all__ = ["folder", "seeded"]

WARNED = {"reminder", "notice"}
BARRED = {"outgoing", "outgoing_and_fixed", "incoming"}

pytestmark = pytest.mark.usefixtures("demo_clock")


@pytest.mark.usefixtures("seeded")
async def test_bojan_is_barred_for_two_bills_and_can_still_avoid_the_next_fee() -> None:
    account, case = await account_of("Bojan Kralj"), await case_of("Bojan Kralj")
    first, second = await overdue_of(account)
    standing = await standing_of(account, TODAY)

    assert first.open + second.open == Money(8645)
    assert [line.profile for line in standing.lines] == [OUTGOING_BARRED]
    assert course_of(case).taken["outgoing"] == TODAY - timedelta(days=3)
    assert (case.next_step, case.next_on) == ("outgoing_and_fixed", TODAY + timedelta(days=4))
    assert avoidable(policy_of(case), course_of(case), TODAY) == Avoidable(Money(2098), TODAY + timedelta(days=3))


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("name", "policy", "steps", "following"),
    [
        ("Bojan Kralj", "mobile-2", WARNED | {"outgoing"}, "outgoing_and_fixed"),
        ("Cvetka Mlakar", "kombo-2", {"reminder", "notice", "all"}, "termination"),
        ("Dejan Hribar", "mobile-2", WARNED, "outgoing"),
        ("Franc Oblak", "mobile-2", WARNED, "outgoing"),
        ("Gabrijela Kos", "mobile-2", WARNED | BARRED | {"termination", "final_demand"}, "agency"),
        ("Helena Golob", "mobile-2", WARNED | BARRED, "termination"),
    ],
)
async def test_each_stands_on_a_step_of_the_ladder(name: str, policy: str, steps: set[str], following: str) -> None:
    case = await case_of(name)
    told = await CaseEvent.objects().where(CaseEvent.dunning_case == case.id).order_by(CaseEvent.at)

    assert (case.policy, set(course_of(case).taken), case.next_step) == (policy, steps, following)
    assert case.next_on is not None
    assert {event.step for event in told if event.kind == Happened.STEP} == steps
    assert {event.outcome for event in told if event.kind == Happened.STEP} == {"done"}
    assert {event.kind for event in told} >= {Happened.OPENED, Happened.DELIVERED}
    assert all(event.at < NOON for event in told)


@pytest.mark.usefixtures("seeded")
async def test_nobody_else_has_a_case_and_nobody_moves_today() -> None:
    assert await DunningCase.count() == 6
    assert not (await plan(TODAY)).moving


@pytest.mark.usefixtures("seeded")
async def test_franc_has_put_the_suspension_off_and_everything_works() -> None:
    account = await account_of("Franc Oblak")
    [deferral] = await Deferral.of(account).where(Deferral.ended_at.is_null())
    [charge] = await Charge.waiting(account)

    assert deferral.until == TODAY + timedelta(days=6)
    assert charge.amount == Money(299)
    assert not [line for line in (await standing_of(account, TODAY)).lines if line.off]
    [answer] = [text for text in await texts("+38640000108") if text.startswith("Odlog")]
    assert f"{deferral.until.day}. " in answer


@pytest.mark.usefixtures("seeded")
async def test_gabrijela_s_contract_has_ended_and_the_benefit_is_asked_back() -> None:
    account = await account_of("Gabrijela Kos")
    [termination] = await Termination.objects().where(Termination.account == account.id)
    [ended] = await EndedContract.objects().where(EndedContract.termination == termination.id)
    claim = await Bill.objects().get(Bill.id == termination.claim)

    assert claim is not None
    assert ended.received_cents == 24_000
    assert ZERO < ended.back < Money(24_000)
    assert claim.total == claim.open == ended.back
    assert TODAY - timedelta(days=20) < termination.ended_on < TODAY


@pytest.mark.usefixtures("seeded")
async def test_helena_is_bound_so_that_the_end_of_her_contract_asks_a_benefit_back() -> None:
    [contract] = await Contract.objects().where(Contract.account == (await account_of("Helena Golob")).id)

    assert contract.committed_until is not None
    assert contract.committed_until > TODAY + timedelta(days=365)
    assert contract.benefit_cents == 18_000


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("name", ["Cvetka Mlakar", "Helena Golob"])
async def test_cvetka_and_helena_can_neither_call_nor_be_called(name: str) -> None:
    standing = await standing_of(await account_of(name), TODAY)

    assert {line.profile for line in standing.lines} == {ALL_BARRED}


@pytest.mark.usefixtures("seeded")
async def test_dejan_was_warned_yesterday_and_everything_works() -> None:
    account = await account_of("Dejan Hribar")
    standing = await standing_of(account, TODAY)

    assert len(await overdue_of(account)) == 1
    assert not [line for line in standing.lines if line.off]
    async with connection() as connected:
        assert day_of(await connected.fetchval(NEWEST_WARNING)) == TODAY - timedelta(days=1)


NEWEST_WARNING = "SELECT max(at) FROM sandbox.phone_texts WHERE number = '+38640000104' AND text LIKE '%zapadlo%'"
