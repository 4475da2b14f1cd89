"""The page of the network shows what each line has, changes it behind our back, and chooses how it takes orders."""

from __future__ import annotations

import pytest

from portal.customers.tables import PackageKind
from portal.network.port import NetworkRefused, NetworkTimeout
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, Setting
from portal.sandbox.network import Behaviour, has_services
from tests.people import Person, a_person
from tests.visiting import Page, Visitor, read_form
from tests.world import Exchange


def path_of(person: Person) -> str:
    return f"/sandbox/network/{person.line.number.replace('+', '%2B')}"


async def press(
    sandbox: Visitor, page: Page, action: str, about: str | None = None, status: int = 200, **pressed: str
) -> Page:
    """Press a button of the form to `action`; of several, of the one that has `about` in its fields."""
    forms = [read_form(node) for node in page.all("main form")]
    form = next(form for form in forms if form.action == action and (about is None or about in form.fields.values()))
    return await sandbox.post(action, form.fields | pressed, status=status)


def is_on(page: Page, name: str) -> bool:
    on = page.all("button[role=switch][aria-checked=true]")
    return any(name in "".join(node.itertext()) for node in on)


async def test_each_line_shows_what_is_barred_and_what_is_on(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    await exchange.network.apply(bojan.line.number, OUTGOING_BARRED, "1")
    await has_services(irena.line.number, {"static_address": Setting(True), "tv_sport": Setting(False)})

    page = await sandbox.get("/sandbox/network")

    barred, whole = (" ".join("".join(row.itertext()).split()) for row in page.all("tbody tr"))
    assert "Bojan Kralj" in barred
    assert "odhodni klici" in barred
    assert "nobena ni vklopljena" in barred
    assert "Irena Golob" in whole
    assert "vklopljeno" in whole
    assert "Stalni naslov IP" in whole
    assert "Šport" not in whole


async def test_a_line_is_opened_from_the_list(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get("/sandbox/network")

    page = await sandbox.get(page.one("tbody a").get("href") or "")

    assert "Bojan Kralj" in page.text
    assert page.path == path_of(bojan)


async def test_a_behaviour_is_chosen_for_one_line(sandbox: Visitor, exchange: Exchange) -> None:
    bojan, maja = await a_person("Bojan Kralj"), await a_person("Maja Zupan")
    page = await sandbox.get(path_of(bojan))

    page = await sandbox.submit(
        page.form_to(f"{path_of(bojan)}/behaviour"), behaviour="refusing", reason="not_supported"
    )

    assert [option.get("value") for option in page.all("option[selected]")] == ["refusing", "not_supported"]
    with pytest.raises(NetworkRefused) as no:
        await exchange.network.apply(bojan.line.number, ALL_BARRED, "1")
    assert no.value.code == "not_supported"
    await exchange.network.apply(maja.line.number, ALL_BARRED, "2")


@pytest.mark.parametrize("wrong", [{"behaviour": ""}, {"behaviour": "sometimes"}, {"reason": "because"}])
async def test_an_unknown_behaviour_is_refused(sandbox: Visitor, exchange: Exchange, wrong: dict[str, str]) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get(path_of(bojan))
    chosen = {"behaviour": "slow", "reason": "line_moving"}

    await press(sandbox, page, f"{path_of(bojan)}/behaviour", status=400, **chosen | wrong)


async def test_a_line_that_is_nobody_s_is_not_found(sandbox: Visitor, exchange: Exchange) -> None:
    await sandbox.get("/sandbox/network/+38640999999", status=404)


async def test_barring_is_changed_behind_our_back(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get(path_of(bojan))

    page = await press(sandbox, page, f"{path_of(bojan)}/barring", "voice_out", on="yes")

    assert await exchange.has(bojan.line.number) == OPEN._replace(voice_out=True)
    assert is_on(page, "odhodni klici")


async def test_a_fixed_line_is_barred_whole_behind_our_back(sandbox: Visitor, exchange: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    page = await sandbox.get(path_of(irena))

    page = await press(sandbox, page, f"{path_of(irena)}/barring", on="yes")

    assert await exchange.has(irena.line.number) == ALL_BARRED
    await press(sandbox, page, f"{path_of(irena)}/barring", on="no")
    assert await exchange.has(irena.line.number) == OPEN


async def test_a_service_is_switched_behind_our_back(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get(path_of(bojan))
    assert not is_on(page, "Gostovanje")

    page = await press(sandbox, page, f"{path_of(bojan)}/services", "roaming", on="yes")

    assert is_on(page, "Gostovanje")
    assert await exchange.network.services_of(bojan.line.number) == {"roaming": Setting(True)}
    await press(sandbox, page, f"{path_of(bojan)}/services", "roaming", on="no")
    assert await exchange.network.services_of(bojan.line.number) == {"roaming": Setting(False)}


async def test_a_service_of_any_code_is_set_to_any_value(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get(path_of(bojan))

    page = await press(
        sandbox, page, f"{path_of(bojan)}/services", "", service="chargeable_use", value="+38640111222", on="yes"
    )

    assert is_on(page, "chargeable_use")
    assert await exchange.network.services_of(bojan.line.number) == {"chargeable_use": Setting(True, "+38640111222")}


@pytest.mark.parametrize("code", ["", "Roaming", "a b", "a" * 41, "1"])
async def test_what_is_no_code_is_refused(sandbox: Visitor, exchange: Exchange, code: str) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get(path_of(bojan))

    await press(sandbox, page, f"{path_of(bojan)}/services", "", status=400, service=code, value="", on="yes")


async def test_the_network_is_taken_down_and_up(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    page = await sandbox.get("/sandbox/network")

    page = await press(sandbox, page, "/sandbox/network", down="yes")

    assert "Omrežje ne deluje" in page.text
    with pytest.raises(NetworkTimeout):
        await exchange.network.profile_of(bojan.line.number)
    page = await press(sandbox, page, "/sandbox/network", down="no")
    assert "Omrežje ne deluje" not in page.text
    assert await exchange.has(bojan.line.number) == OPEN


async def test_an_order_that_is_under_way_shows(sandbox: Visitor, exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    await exchange.network.apply(bojan.line.number, ALL_BARRED, "1")

    page = await sandbox.get(path_of(bojan))

    assert "1 naročilo je sprejeto in še ni izvedeno." in page.text
