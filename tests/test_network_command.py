"""`portal network`: what staff see of orders that were refused or are unknown for long, and what they can do."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from portal import clock
from portal.audit import AuditEntry, Event
from portal.network.tables import OPEN, OUTGOING_BARRED, OrderState
from portal.sandbox.network import Behaviour
from portal.settings import ROOT
from tests.network.orders import ON, order, orders_of, states_of, wish, wish_states_of, wishes_of
from tests.people import Person, a_person
from tests.visiting import Visitor
from tests.working import waiting, work_off
from tests.world import Exchange, exchange

__all__ = ["exchange"]

LONG_AGO = timedelta(hours=2)


@pytest_asyncio.fixture
async def bojan(database: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("DATABASE_URL", database)
    return await a_person("Bojan Kralj")


async def network(*arguments: str) -> tuple[int, str]:
    """How it ended, and what it said."""
    command = [sys.executable, "-m", "portal.cli", "network", *arguments]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


async def metric(visit: Visitor, of: str, state: str) -> float:
    said = (await visit.client.get("/metrics")).text.splitlines()
    found = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in said if line[0] != "#"}
    return found[f'portal_network_orders_unsettled{{of="{of}",state="{state}"}}']


async def refused_both_ways(bojan: Person, exchange: Exchange) -> tuple[UUID, UUID]:
    """An order of barring, and one of a service."""
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await order(OUTGOING_BARRED, bojan)
    await wish(bojan, "roaming", ON, at=clock.now())
    await work_off()
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
    return (await orders_of(bojan))[-1].id, (await wishes_of(bojan, "roaming"))[-1].id


async def test_what_was_refused_is_listed_and_barring_is_sent_again(
    bojan: Person, exchange: Exchange, visit: Visitor
) -> None:
    assert "No order is refused." in (await network("refused"))[1]
    barring, service = await refused_both_ways(bojan, exchange)

    _, listed = await network("refused")
    assert f"{barring} │ {bojan.line.number} │ barring" in listed
    assert f"{service} │ {bojan.line.number} │ roaming" in listed
    assert "line_moving" in listed
    assert await metric(visit, "barring", "refused") == 1
    assert await metric(visit, "service", "refused") == 1

    assert (await network("retry", str(barring)))[0] == 0
    await work_off()
    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await AuditEntry.count().where(AuditEntry.event == Event.BARRING_RETRIED) == 1
    assert str(barring) not in (await network("refused"))[1]


async def test_a_service_is_not_sent_again_behind_its_customer_s_back(bojan: Person, exchange: Exchange) -> None:
    _, service = await refused_both_ways(bojan, exchange)

    ended, said = await network("retry", str(service))

    assert ended == 1
    assert "its customer was told" in said
    assert await wish_states_of(bojan, "roaming") == [OrderState.REFUSED]
    assert await waiting() == []


async def test_a_newer_wish_takes_what_was_refused_from_the_list(bojan: Person, exchange: Exchange) -> None:
    barring, service = await refused_both_ways(bojan, exchange)

    await order(OPEN, bojan, at=clock.now())
    await wish(bojan, "roaming", ON, at=clock.now())

    _, listed = await network("refused")
    assert str(barring) not in listed
    assert str(service) not in listed
    assert (await network("retry", str(barring)))[0] == 1


async def test_what_is_unknown_for_long_is_listed(bojan: Person, exchange: Exchange, visit: Visitor) -> None:
    assert "No order is unknown for long." in (await network("unknown"))[1]
    await exchange.goes_down()
    await wish(bojan, "roaming", ON, at=clock.now() - LONG_AGO)
    await wish(bojan, "voicemail", ON, at=clock.now())
    await order(OPEN, bojan, at=clock.now() - LONG_AGO)
    await work_off()

    _, listed = await network("unknown")

    assert f"{bojan.line.number} │ roaming" in listed
    assert f"{bojan.line.number} │ barring" in listed
    assert "voicemail" not in listed
    assert await metric(visit, "barring", "unknown") == 1
    assert await metric(visit, "service", "unknown") == 1
