"""The first page shows the tightest of what is included, where something is known and nothing is barred."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from portal import clock
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Line, LineKind
from portal.network.tables import OUTGOING_BARRED, LineState
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.usage.measurements import GB, MINUTE, an_allowance
from tests.visiting import Page, Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


def glance(page: Page) -> list[str]:
    return [
        " ".join(row.xpath("string()").replace("\xa0", " ").split()) for row in page.all("a.row[href^='/usage?line=']")
    ]


async def a_number(owner: Person, n: int) -> Line:
    return await saved(
        Line(account=owner.account.id, contract=owner.contract.id, kind=LineKind.MOBILE, number=f"+3864000000{n}")
    )


async def test_the_tightest_allowance_of_the_number(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=15 * GB)
    await an_allowance(ana.line, "calls", kind=AllowanceKind.CALLS, used=61, included=100 * MINUTE)
    await an_allowance(ana.line, "roaming", kind=AllowanceKind.ROAMING_DATA, used=GB, included=GB)

    [row] = glance(await visit.get("/"))

    assert row.startswith("Še 5 GB od 20 GB Prenos podatkov · 041 ")


async def test_nothing_is_shown_if_nothing_is_known(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, included=None)
    await an_allowance(ana.line, since=date(2026, 10, 1))

    page = await visit.get("/")

    assert not glance(page) and "Vsa poraba" not in page.text


async def test_of_many_numbers_the_three_tightest_and_a_link_to_all(visit: Visitor, ana: Person) -> None:
    for n in range(5):
        await an_allowance(await a_number(ana, n), used=n * GB)

    page = await visit.get("/")

    assert [row[:9] for row in glance(page)] == ["Še 16 GB ", "Še 17 GB ", "Še 18 GB "]
    assert "Vse številke" in page.text


async def test_a_package_bought_in_addition_counts_with_the_rest(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=21 * GB)
    await an_allowance(ana.line, "extra", used=0, included=5 * GB, since=date(2026, 11, 20))

    assert glance(await visit.get("/"))[0].startswith("Še 5 GB od 25 GB")


async def test_what_numbers_share_is_shown_once(visit: Visitor, ana: Person) -> None:
    for n, used in enumerate((12 * GB, 13 * GB)):
        await an_allowance(await a_number(ana, n), "family", used=used, shared_by=3, included=50 * GB)
    await an_allowance(ana.line, "family", used=13 * GB, shared_by=3, included=50 * GB)
    await an_allowance(await a_number(ana, 5), used=5 * GB, included=50 * GB)

    page = await visit.get("/")

    assert glance(page) == [
        "Še 37 GB od 50 GB Prenos podatkov · 3 številke skupaj",
        "Še 45 GB od 50 GB Prenos podatkov · 040 000 005",
    ]


async def test_all_used_up(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=20 * GB)

    assert glance(await visit.get("/"))[0].startswith("Prenos podatkov: vse porabljeno")


async def test_what_is_stale_says_of_when_it_is(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, at=NOON - timedelta(hours=5))

    assert glance(await visit.get("/"))[0].endswith("izmerjeno 21. 11. 2026 ob 7.00")


async def test_of_a_barred_number_something_else_matters(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line)
    await LineState(line=ana.line.id, observed_at=NOON, **OUTGOING_BARRED._asdict()).save()

    assert not glance(await visit.get("/"))


async def test_what_others_use_is_not_shown(visit: Visitor, ana: Person) -> None:
    await an_allowance((await a_person("Helena Golob")).line)

    assert not glance(await visit.get("/"))
