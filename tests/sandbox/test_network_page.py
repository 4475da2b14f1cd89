"""The page of the network shows what each line has, and makes a line behave as one likes."""

from __future__ import annotations

import pytest

from portal.customers.tables import PackageKind
from portal.network.port import NetworkRefused, NetworkTimeout
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED
from portal.sandbox.network import Behaviour
from tests.people import a_person
from tests.visiting import Visitor, read_form
from tests.world import Exchange


async def test_each_line_shows_what_is_barred(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await a_person("Irena Golob", package=PackageKind.KOMBO)
    await exchange.network.apply(bojan.line.number, OUTGOING_BARRED, "1")

    page = await sandbox.get("/sandbox/network")

    barred, whole = page.all("tbody tr")
    assert "Bojan Kralj" in "".join(barred.itertext())
    assert "odhodni klici" in "".join(barred.itertext())
    assert "vklopljeno" in "".join(whole.itertext())


async def test_a_behaviour_is_chosen_for_one_line(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    maja = await a_person("Maja Zupan")
    page = await sandbox.get("/sandbox/network")
    form = next(
        read_form(node) for node in page.all("main form") if bojan.line.number in node.cssselect("input")[1].values()
    )

    page = await sandbox.submit(form, behaviour="refusing")

    chosen = [option.get("value") for option in page.all("option[selected]")]
    assert sorted(chosen) == ["at_once", "refusing"]
    with pytest.raises(NetworkRefused):
        await exchange.network.apply(bojan.line.number, ALL_BARRED, "1")
    await exchange.network.apply(maja.line.number, ALL_BARRED, "2")


@pytest.mark.parametrize("behaviour", ["", "sometimes"])
async def test_an_unknown_behaviour_is_refused(sandbox: Visitor, exchange: Exchange, behaviour: str) -> None:
    await a_person("Bojan Kralj")
    page = await sandbox.get("/sandbox/network")

    await sandbox.submit(page.form, behaviour=behaviour, status=400)


async def test_silence_leaves_the_line_or_changes_it(exchange: Exchange, database: str) -> None:
    await exchange.behaves("1", Behaviour.SILENT)
    await exchange.behaves("2", Behaviour.SILENT_BUT_DONE)

    for line in ("1", "2"):
        with pytest.raises(NetworkTimeout):
            await exchange.network.apply(line, ALL_BARRED, "1")

    assert await exchange.has("1") == OPEN
    assert await exchange.has("2") == ALL_BARRED


async def test_a_line_that_nobody_asked_about_is_open(exchange: Exchange, database: str) -> None:
    assert await exchange.has("+38641000000") == OPEN
