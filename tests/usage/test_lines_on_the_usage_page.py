"""Which line the page is about, and what works on it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from portal.customers.tables import Contract, Line, LineKind, PackageKind
from portal.identity.tables import Access, Login
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED, LineState, Profile
from tests.people import NOON, Person, a_person, saved
from tests.usage.measured_ana import allowances, ana
from tests.usage.measurements import GB, an_allowance
from tests.visiting import Visitor

__all__ = ["ana"]


async def barred(line: Line, profile: Profile) -> None:
    await LineState(line=line.id, observed_at=NOON, **profile._asdict()).save()


async def test_a_barred_number_says_that_some_of_it_is_off(visit: Visitor, ana: Person) -> None:
    await barred(ana.line, OUTGOING_BARRED)

    page = await visit.get("/usage")

    assert "Nekatere storitve te številke so izklopljene." in page.text


async def test_a_fixed_line_shows_what_it_has_and_whether_it_works(visit: Visitor, ana: Person) -> None:
    kombo = await a_person("Ana Zupan", package=PackageKind.KOMBO, registered=False)
    await saved(Access(login=login_of(ana).id, customer=kombo.customer.id))

    works = await visit.get(f"/usage?line={kombo.line.id}")
    await barred(kombo.line, ALL_BARRED)
    off = await visit.get(f"/usage?line={kombo.line.id}")

    assert works.text.count("deluje") == 3 and "Televizija" in works.text
    assert "deluje" not in off.text and off.text.count("izklopljeno") >= 3
    assert "Podatkov še nismo dobili" not in works.text, "nothing is measured on it"


def login_of(person: Person) -> Login:
    assert person.login is not None
    return person.login


async def test_another_number_is_one_tap_away(visit: Visitor, ana: Person) -> None:
    other = await saved(
        Line(account=ana.account.id, contract=ana.contract.id, kind=LineKind.MOBILE, number="+38640999888")
    )
    await an_allowance(other, used=19 * GB)

    page = await visit.get("/usage")
    page = await visit.get(page.one(f"nav a[href='/usage?line={other.id}']").get("href") or "")

    assert allowances(page)[0].startswith("Prenos podatkov 1 GB še na voljo")


@pytest.mark.parametrize("path", ["/usage", "/usage/days", "/usage/items", "/usage/items.csv"])
async def test_a_strangers_line_is_a_missing_one(visit: Visitor, ana: Person, path: str) -> None:
    stranger = await a_person("Helena Golob")

    theirs = await visit.get(f"{path}?line={stranger.line.id}", status=404)
    nobodys = await visit.get(f"{path}?line={uuid4()}", status=404)
    nonsense = await visit.get(f"{path}?line=1", status=404)

    assert theirs.text == nobodys.text == nonsense.text


async def test_the_line_of_an_ended_contract_says_so(visit: Visitor, ana: Person) -> None:
    await Contract.update({Contract.ended_on: date(2026, 11, 10)}, force=True)

    page = await visit.get("/usage")

    assert "Pogodba za to številko je prenehala 10. 11. 2026." in page.text
    assert not page.all("a[href^='/usage/limit']")


async def test_of_an_ended_contract_nothing_is_waited_for_and_nothing_works(visit: Visitor, ana: Person) -> None:
    kombo = await a_person("Ana Zupan", package=PackageKind.KOMBO, registered=False)
    await saved(Access(login=login_of(ana).id, customer=kombo.customer.id))
    await an_allowance(ana.line, since=date(2026, 9, 1))
    await an_allowance(ana.line, since=date(2026, 10, 1))
    await Contract.update({Contract.ended_on: date(2026, 10, 31)}, force=True)

    mobile = await visit.get("/usage")
    fixed = await visit.get(f"/usage?line={kombo.line.id}")

    assert "še nismo dobili" not in mobile.text and mobile.all("figure"), "what was used before stays"
    assert "deluje" not in fixed.text and "še nismo dobili" not in fixed.text
