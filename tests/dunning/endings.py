"""Contracts that end, and debts that are handed over, as the ladder does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import Contract
from portal.database import transaction
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened
from portal.dunning.cases import policy_of
from portal.dunning.endings.handing_over import hand_over
from portal.dunning.endings.tables import EndedContract, Handover, HandoverBatch, Termination
from portal.dunning.endings.terminating import terminate
from portal.dunning.policy import HandOverTo
from portal.dunning.settling import owed_changed
from portal.money import Money
from tests.dunning.case_rows import a_case, happened
from tests.people import NOON, TODAY, Person, saved

LATER = NOON + timedelta(hours=6)
AGENCY, ENFORCEMENT = HandOverTo.AGENCY, HandOverTo.ENFORCEMENT
NUMBER = "2026-11-21-agency-1"


async def bound(
    person: Person, *, cents: int = 30_000, since: date = date(2025, 11, 20), until: date = date(2027, 11, 20)
) -> Contract:
    """The person's contract, bound for two years of which all but one day has a year to go."""
    contract = await contract_of(person)
    contract.concluded_on, contract.committed_until, contract.benefit_cents = since, until, cents
    return await saved(contract)


async def contract_of(person: Person) -> Contract:
    found = await Contract.objects().get(Contract.id == person.contract.id)
    assert found is not None
    return found


async def another_contract(person: Person, number: str, **terms: Any) -> Contract:
    about = {"concluded_on": date(2020, 1, 1), **terms}
    return await saved(Contract(account=person.account.id, package=person.contract.package, number=number, **about))


async def terminated(
    person: Person, *, policy: str = "mobile-2", step: str = "incoming", at: datetime = NOON
) -> DunningCase:
    """The contract ends at noon, thirty days after the last suspension."""
    case = await a_case(person, step, policy=policy, days_ago=30)
    await ends(case, at)
    return case


async def ends(case: DunningCase, at: datetime = NOON) -> None:
    step = policy_of(case).termination
    assert step is not None
    event = await steps(case, step.name, at)
    async with transaction() as connected:
        await lock_account(connected, case.account)
        await terminate(case, step, event, at=at)


async def steps(case: DunningCase, step: str, at: datetime) -> CaseEvent:
    found = await CaseEvent.objects().get((CaseEvent.dunning_case == case.id) & (CaseEvent.step == step))
    return found or await happened(case, Happened.STEP, at.date(), step=step)


async def in_debt(person: Person, to: HandOverTo = HandOverTo.AGENCY, *, policy: str = "mobile-2") -> DunningCase:
    """Terminated some time ago, and handed over at noon."""
    case = await a_case(person, "final_demand", policy=policy, days_ago=25)
    await handed_over(case, to)
    return case


async def handed_over(case: DunningCase, to: HandOverTo = HandOverTo.AGENCY, at: datetime = NOON) -> None:
    event = await steps(case, to, at)
    async with transaction() as connected:
        await lock_account(connected, case.account)
        await hand_over(case, to, event, at=at)


async def pays_all(person: Person, at: datetime = LATER) -> bool:
    return await pays(person, *await Bill.objects().where(Bill.account == person.account.id), at=at)


async def pays(person: Person, *bills: Bill, at: datetime = LATER) -> bool:
    """As booking does it: the bills are settled and what follows is asked for under the account's lock."""
    async with transaction() as connected:
        await lock_account(connected, person.account.id)
        await Bill.update({Bill.open_cents: 0, Bill.settled_at: at}).where(Bill.id.is_in([bill.id for bill in bills]))
        return await owed_changed(person.account.id, payment=None, reason="paid", decided_by="payments", at=at)


async def termination_of(person: Person) -> Termination:
    [found] = await Termination.objects().where(Termination.account == person.account.id)
    return found


async def claim_of(person: Person) -> Bill:
    claim = await Bill.objects().get(Bill.id == (await termination_of(person)).claim)
    assert claim is not None
    return claim


async def ended_of(person: Person) -> list[EndedContract]:
    termination = await termination_of(person)
    return await EndedContract.objects().where(EndedContract.termination == termination.id).order_by("contract.number")


async def handovers() -> list[Handover]:
    return await Handover.objects().order_by(Handover.at, Handover.id)


async def batches() -> list[HandoverBatch]:
    return await HandoverBatch.objects().order_by(HandoverBatch.number)


async def fresh(case: DunningCase) -> DunningCase:
    found = await DunningCase.objects().get(DunningCase.id == case.id)
    assert found is not None
    return found


@dataclass(frozen=True)
class Received:
    """A folder as its receiver finds it, checked against its manifest."""

    number: str
    manifest: dict[str, Any]
    debts: list[dict[str, Any]]
    withdrawn: list[dict[str, Any]]

    @property
    def accounts(self) -> list[str]:
        return [debt["account"] for debt in self.debts]


def names_in(folder: Path) -> list[str]:
    """Hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def received(folder: Path) -> list[Received]:
    """What a receiver sees; what begins with a dot is not for it."""
    return [opened(folder / name) for name in names_in(folder) if not name.startswith(".")]


def opened(place: Path) -> Received:
    manifest = json.loads((place / "manifest.json").read_bytes())
    assert {"manifest.json", *(file["name"] for file in manifest["files"])} == {*names_in(place)}
    assert {path.stat().st_mode & 0o077 for path in (place, *place.iterdir())} == {0}
    for file in manifest["files"]:
        content = (place / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), sha256(content).hexdigest())
    found = Received(place.name, manifest, list(rows(place / "debts.ndjson")), list(rows(place / "withdrawn.ndjson")))
    assert (manifest["debts"], manifest["withdrawn"]) == (len(found.debts), len(found.withdrawn))
    assert Money.parse(manifest["total"]) == Money.sum(Money.parse(debt["total"]) for debt in found.debts)
    return found


def rows(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text().splitlines():
        yield json.loads(line)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
