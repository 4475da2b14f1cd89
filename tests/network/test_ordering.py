"""An order to the network ends in what was asked for, observed and not assumed, whatever the network does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.database import transaction
from portal.network import port, retrying, unsettled
from portal.network.barring import BARRING
from portal.network.reconciling import reconcile
from portal.network.sending import send
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, OrderState, Profile
from portal.sandbox.network import Behaviour, SandboxNetwork
from tests.network.orders import afterwards, observed, order, orders_of, states_of
from tests.people import NOON, Person
from tests.working import waiting, work_off
from tests.world import Exchange


async def test_an_order_is_confirmed_by_reading_it_back(bojan: Person, exchange: Exchange) -> None:
    occasion = await order(OUTGOING_BARRED, bojan)

    await work_off()

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await exchange.has(bojan.line.number) == OUTGOING_BARRED
    assert await observed(bojan) == OUTGOING_BARRED
    assert afterwards == [str(occasion)]


async def test_nothing_is_ordered_by_a_transaction_that_fails(bojan: Person) -> None:
    with pytest.raises(RuntimeError):
        async with transaction():
            await order(ALL_BARRED, bojan)
            raise RuntimeError

    assert await orders_of(bojan) == []
    assert await waiting() == []


async def test_a_yes_that_was_not_carried_out_is_no_confirmation(bojan: Person, exchange: Exchange) -> None:
    class SaysYes(SandboxNetwork):
        async def apply(self, line: str, profile: Profile, reference: str) -> None:
            """Nothing."""

    port.use(SaysYes())
    await order(ALL_BARRED, bojan)

    await work_off()

    assert await states_of(bojan) == [OrderState.UNKNOWN]
    assert await observed(bojan) == OPEN
    assert afterwards == []


async def test_silence_after_doing_it_is_found_out_by_looking(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT_BUT_DONE)
    occasion = await order(OUTGOING_BARRED, bojan)

    await work_off()
    assert await states_of(bojan) == [OrderState.UNKNOWN]
    assert afterwards == []
    await work_off(later=True)

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await exchange.applied(bojan.line.number) == 1
    assert afterwards == [str(occasion)]


async def test_silence_without_doing_it_is_tried_until_it_is_done(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT)
    await order(OUTGOING_BARRED, bojan)

    for _ in range(3):
        await work_off(later=True)
    assert await states_of(bojan) == [OrderState.UNKNOWN]
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
    await work_off(later=True)

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert len(afterwards) == 1


async def test_a_refusal_is_an_end_that_is_written_down(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await order(OUTGOING_BARRED, bojan)

    await work_off()
    await reconcile(NOON + timedelta(days=900))
    await work_off(later=True)

    [refused] = await orders_of(bojan)
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.BARRING_REFUSED)
    assert refused.state == OrderState.REFUSED
    assert refused.answer == "the line is being moved to another exchange"
    assert entry.account_id == bojan.account.id
    assert afterwards == []


async def test_a_refused_order_is_sent_again_by_a_person_and_ends_like_any_other(
    bojan: Person, exchange: Exchange
) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await order(OPEN, bojan)
    await work_off()
    [waiting] = await unsettled.refused(NOON)
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)

    assert await retrying.retry(waiting.id)
    assert not await retrying.retry(waiting.id), "two people at once send it once"
    await work_off()

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert not await unsettled.refused(NOON)


async def test_a_worker_killed_after_the_network_did_it(bojan: Person, exchange: Exchange) -> None:
    class PowerCut(BaseException):
        """The worker dies where it stands."""

    class CutAfterDoing(SandboxNetwork):
        async def apply(self, line: str, profile: Profile, reference: str) -> None:
            await super().apply(line, profile, reference)
            raise PowerCut

    port.use(CutAfterDoing())
    await order(OUTGOING_BARRED, bojan)
    [placed] = await orders_of(bojan)
    with pytest.raises(PowerCut):
        await send(BARRING, placed.id, NOON)
    assert await states_of(bojan) == [OrderState.SENT]

    await work_off()

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await exchange.applied(bojan.line.number) == 1
    assert len(afterwards) == 1


async def test_without_a_network_the_order_waits(bojan: Person) -> None:
    port.use(None)
    await order(OPEN, bojan)

    with pytest.raises(port.NotConnected):
        await work_off()

    assert await waiting() == ["network.send"]
