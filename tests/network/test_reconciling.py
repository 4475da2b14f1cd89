"""What is unknown is gone after, and a line that differs is put right, but never against a newer wish."""

from __future__ import annotations

from datetime import timedelta

from portal.network.barring import BARRING
from portal.network.observing import last_wishes, wish_again
from portal.network.orders import PATIENCE
from portal.network.reconciling import reconcile
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, OrderState
from portal.sandbox.network import Behaviour
from tests.network.orders import afterwards, order, orders_of, states_of
from tests.people import Person
from tests.working import waiting, work_off
from tests.world import Exchange


async def test_after_long_silence_the_reconciliation_goes_on(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT)
    await order(OUTGOING_BARRED, bojan)
    for _ in range(PATIENCE):
        await work_off(later=True)
    assert await waiting() == []
    [silent] = await orders_of(bojan)

    await exchange.drifts(bojan.line.number, OUTGOING_BARRED)
    await reconcile(silent.sent_at + timedelta(minutes=1))
    assert await waiting() == []
    await reconcile(silent.sent_at + timedelta(minutes=5))
    await reconcile(silent.sent_at + timedelta(minutes=5))
    assert await waiting() == ["network.send"]
    await work_off()

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert len(afterwards) == 1


async def test_what_the_network_changes_by_itself_is_put_right(bojan: Person, exchange: Exchange) -> None:
    occasion = await order(OPEN, bojan)
    await work_off()
    await exchange.drifts(bojan.line.number, ALL_BARRED)

    [confirmed] = await orders_of(bojan)
    await reconcile(confirmed.sent_at + timedelta(minutes=5))
    await work_off()

    assert await exchange.has(bojan.line.number) == OPEN
    assert await states_of(bojan) == [OrderState.CONFIRMED, OrderState.CONFIRMED]
    assert afterwards == [str(occasion)]


async def test_a_line_is_not_watched_for_ever(bojan: Person) -> None:
    await order(OPEN, bojan)
    await work_off()
    [confirmed] = await orders_of(bojan)

    await reconcile(confirmed.sent_at + timedelta(hours=1))

    assert await waiting() == []


async def test_a_correction_never_overtakes_a_newer_wish(bojan: Person, exchange: Exchange) -> None:
    await order(OPEN, bojan)
    await work_off()
    await exchange.drifts(bojan.line.number, ALL_BARRED)
    await order(OUTGOING_BARRED, bojan)

    [confirmed, _] = await orders_of(bojan)
    await reconcile(confirmed.sent_at + timedelta(minutes=1))
    await work_off()

    assert await exchange.has(bojan.line.number) == OUTGOING_BARRED
    assert await states_of(bojan) == [OrderState.CONFIRMED, OrderState.CONFIRMED]


async def test_nor_does_one_that_was_decided_before_it(bojan: Person) -> None:
    await order(OPEN, bojan)
    await work_off()
    [confirmed] = await orders_of(bojan)
    [wish] = await last_wishes(BARRING, bojan.line.id, confirmed.sent_at)
    await order(OUTGOING_BARRED, bojan)

    await wish_again(BARRING, wish, confirmed.sent_at)

    assert await states_of(bojan) == [OrderState.CONFIRMED, OrderState.WAITING]
