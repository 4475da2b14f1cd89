"""However many there are, a night reads them chunk by chunk, and looks again only at what can change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.billing.tables import Bill
from portal.dunning import chunks, nightly
from portal.dunning.arriving import post_missing
from portal.dunning.case_tables import DunningCase, Notice
from portal.dunning.nightly import Phase, close_settled, expected
from portal.dunning.proofs import proving
from portal.dunning.relief_tables import Proof, ProofState
from portal.messaging import gateways
from portal.sandbox.phone import SandboxPhone
from tests.dunning.case_rows import a_case, a_proof
from tests.dunning.endings import bound, claim_of, terminated
from tests.dunning.nights import ONE_DAY, live_through, moment
from tests.people import TODAY, Person, a_person
from tests.world import Exchange

DUE = TODAY - 4 * ONE_DAY


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)


async def people(count: int = 3) -> list[Person]:
    return [await a_person(f"Oseba {n}", registered=False) for n in range(count)]


async def test_every_proof_that_ran_out_ends(world: Exchange) -> None:
    for person in await people():
        await a_proof(person, await a_case(person), holds_until=TODAY - ONE_DAY)

    assert await proving.end_lapsed(TODAY, moment(TODAY)) == 3
    assert await Proof.count().where(Proof.state == ProofState.LAPSED) == 3


async def test_every_notice_that_nobody_got_is_posted(world: Exchange) -> None:
    for person in await people():
        await person.bill(issued=DUE - timedelta(days=15), due=DUE)
    gateways.use_sms(SandboxPhone())
    await live_through(DUE + ONE_DAY, DUE + 3 * ONE_DAY)
    later = moment(DUE + 6 * ONE_DAY)

    ticks: list[int] = []
    assert await post_missing(later.date(), later, tick=ticks.append) == 3
    assert (ticks, await Notice.count().where(Notice.posted_at == later)) == ([1, 2, 3], 3)
    assert await post_missing(later.date(), later) == 0


async def test_every_case_that_was_settled_quietly_closes(world: Exchange) -> None:
    for person in await people():
        await a_case(person)
    await a_case(await a_person("Zadnji dolžnik"))
    await Bill.update({Bill.open_cents: 0}).where(Bill.account != person.account.id)

    assert await close_settled(TODAY, moment(TODAY)) == 3
    assert await DunningCase.count().where(DunningCase.closed_at.is_null()) == 1
    assert await close_settled(TODAY, moment(TODAY)) == 0


async def test_an_ended_contract_with_its_claim_open_is_left_alone_until_that_is_settled(world: Exchange) -> None:
    bojan = await a_person()
    await bound(bojan)
    await terminated(bojan)
    claim = await claim_of(bojan)
    await Bill.update({Bill.open_cents: 0}).where(Bill.account == bojan.account.id, Bill.id != claim.id)
    assert await close_settled(TODAY, moment(TODAY)) == 1, "the suspension is over with the contract"

    assert await close_settled(TODAY, moment(TODAY)) == 0
    await Bill.update({Bill.open_cents: 0}).where(Bill.id == claim.id)
    assert await close_settled(TODAY, moment(TODAY)) == 1
    assert not await DunningCase.exists().where(DunningCase.closed_at.is_null())


async def test_whoever_watches_hears_of_each_phase_and_how_much_there_is(world: Exchange) -> None:
    for person in await people():
        await person.bill(due=DUE)
    heard: list[tuple[Phase, int]] = []

    assert await expected(TODAY) == {Phase.OPENED: 3, Phase.MOVED: 3}
    await nightly.run(TODAY, moment(TODAY), progress=lambda phase, count: heard.append((phase, count)))

    assert list(dict.fromkeys(phase for phase, _ in heard)) == [*Phase]
    assert [(phase, count) for phase, count in heard if count] == [(Phase.OPENED, 3), (Phase.MOVED, 3)]
    assert await expected(TODAY) == {Phase.OPENED: 0, Phase.MOVED: 0}
