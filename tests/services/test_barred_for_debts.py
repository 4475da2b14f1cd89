"""What is barred for debts and what a customer switches: two kinds of wishes that never meet."""

from __future__ import annotations

import pytest

from portal.network.tables import ALL_BARRED, OFF, OPEN, OUTGOING_BARRED
from portal.services.refusals import BarredForDebts
from tests.dunning.cases import pays, suspended
from tests.people import Person
from tests.services.asking import ON, ask, barred, has, line, network_has, orders, standing, states
from tests.working import work_off
from tests.world import Exchange


async def test_suspending_and_reconnecting_switch_no_service(ana: Person, exchange: Exchange) -> None:
    for code in ("own_barring", "voicemail", "roaming"):
        await has(ana, code)
    before = len(await orders(ana)), await states(ana)

    await suspended(ana)
    while_barred = (await line(ana)).barred
    await pays(ana)
    await work_off()

    assert while_barred == OUTGOING_BARRED
    assert (await exchange.has(ana.line.number)) == OPEN
    assert before == (len(await orders(ana)), await states(ana))
    assert await exchange.has_setting(ana.line.number, "own_barring") == ON


async def test_while_barred_what_costs_cannot_be_switched_on_and_it_says_why(ana: Person) -> None:
    await suspended(ana)

    for code in ("roaming", "premium_090", "data_after_allowance", "security"):
        assert isinstance((await standing(ana, code)).cannot, BarredForDebts)
        with pytest.raises(BarredForDebts):
            await ask(ana, code)
    assert await orders(ana) == []


async def test_what_only_needs_something_barred_cannot_be_switched_on_either(ana: Person) -> None:
    await barred(ana, OUTGOING_BARRED._replace(data=False))

    with pytest.raises(BarredForDebts):
        await ask(ana, "data_abroad")


async def test_while_barred_switching_off_stays_possible(ana: Person) -> None:
    await has(ana, "data_abroad")
    await suspended(ana)

    await has(ana, "roaming", OFF)

    assert await network_has(ana, "data_abroad") == OFF


async def test_a_customer_s_own_barring_is_theirs_also_while_barred(ana: Person, exchange: Exchange) -> None:
    await suspended(ana)
    await has(ana, "own_barring")

    await has(ana, "own_barring", OFF)

    assert await exchange.has(ana.line.number) == OUTGOING_BARRED
    assert await exchange.has_setting(ana.line.number, "own_barring") == OFF


async def test_a_home_that_is_barred_keeps_its_services(franc: Person) -> None:
    await has(franc, "tv_plus")
    await barred(franc, ALL_BARRED)

    assert await network_has(franc, "tv_plus") == ON
    with pytest.raises(BarredForDebts):
        await ask(franc, "tv_sport")


async def test_paid_everything_can_be_switched_again(ana: Person) -> None:
    await suspended(ana)
    await pays(ana)
    await work_off()

    await has(ana, "roaming")

    assert await network_has(ana, "roaming") == ON
