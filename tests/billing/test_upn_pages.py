"""A customer pays by their bank: the code, its picture to keep, and each field to copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from portal import clock
from portal.settings import settings
from tests.billing.upn_codes import scanned
from tests.people import Person, a_person, signed_in
from tests.pictures import grey
from tests.visiting import Page, Visitor, portal_app

LATE = clock.today() - timedelta(days=9)
SOON = clock.today() + timedelta(days=9)


@pytest.fixture(autouse=True)
def payee(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("PAYEE_NAME", "A1 Slovenija, d. d.")
    monkeypatch.setenv("PAYEE_STREET", "Ameriška ulica 4")
    monkeypatch.setenv("PAYEE_CITY", "1000 Ljubljana")
    monkeypatch.setenv("PAYEE_IBAN", "SI56 1910 0000 0123 438")
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


@pytest_asyncio.fixture
async def ziva(visit: Visitor) -> Person:
    person = await a_person("Živa Črešnjevec")
    await signed_in(visit, person)
    return person


def fields(page: Page) -> list[str]:
    """What the picture says, field by field."""
    return scanned(grey(page.response.content)).text.split("\n")


async def test_a_bill_s_picture_says_what_is_open_of_it(visit: Visitor, ziva: Person) -> None:
    bill = await ziva.bill(8_645, due=SOON, open_cents=3_246)

    said = fields(await visit.get(f"/upn/{bill.id}/png"))

    assert said[5:9] == ["Živa Črešnjevec", "Glavna ulica 1", "1000 Ljubljana", "00000003246"]
    assert said[11:14] == ["TBIL", f"Račun {bill.number}", f"{SOON:%d.%m.%Y}"]
    assert said[14:19] == [
        "SI56191000000123438",
        bill.reference,
        "A1 Slovenija, d. d.",
        "Ameriška ulica 4",
        "1000 Ljubljana",
    ]


async def test_all_overdue_is_paid_together_by_the_account_s_reference(visit: Visitor, ziva: Person) -> None:
    await ziva.bill(4_350, due=LATE - timedelta(days=30))
    disputed = await ziva.bill(4_295, due=LATE)
    await ziva.bill(9_999, due=SOON)
    disputed.disputed_cents = 1_295
    await disputed.save()

    said = fields(await visit.get("/upn/overdue/png"))

    assert said[8] == "00000007350"
    assert said[12:14] == ["Plačilo zapadlih računov", f"{LATE - timedelta(days=30):%d.%m.%Y}"]
    assert said[15] == ziva.account.reference


async def test_a_picture_is_seen_or_kept_and_nobody_else_keeps_it(visit: Visitor, ziva: Person) -> None:
    bill = await ziva.bill(due=LATE)

    seen = (await visit.get(f"/upn/{bill.id}")).response
    kept = (await visit.get(f"/upn/{bill.id}/png")).response
    together = (await visit.get("/upn/overdue/png")).response

    assert seen.headers["content-type"] == "image/svg+xml"
    assert kept.headers["content-type"] == "image/png"
    assert {answer.headers["cache-control"] for answer in (seen, kept, together)} == {"no-store"}
    assert f'filename="UPN QR Racun {bill.number}.png"' in kept.headers["content-disposition"]
    assert 'filename="UPN QR Placilo zapadlih racunov.png"' in together.headers["content-disposition"]


async def test_a_stranger_finds_nothing(visit: Visitor, ziva: Person) -> None:
    bill = await ziva.bill(due=LATE)
    async with Visitor(portal_app()) as elsewhere:
        await signed_in(elsewhere, await a_person("Neznanec Novak"))

        for path in (f"/upn/{bill.id}", f"/upn/{bill.id}/png", "/upn/overdue", "/upn/overdue/png"):
            await elsewhere.get(path, status=404)


async def test_nobody_signed_in_is_asked_to_sign_in(visit: Visitor) -> None:
    assert (await visit.get("/upn/overdue")).path == "/sign-in?next=%2Fupn%2Foverdue"


async def test_what_is_paid_has_no_code(visit: Visitor, ziva: Person) -> None:
    bill = await ziva.bill(due=LATE, open_cents=0)

    await visit.get(f"/upn/{bill.id}", status=404)
    await visit.get("/upn/overdue", status=404)


async def test_what_is_due_later_is_not_overdue(visit: Visitor, ziva: Person) -> None:
    await ziva.bill(due=SOON)

    await visit.get("/upn/overdue", status=404)
    assert not (await visit.get("/")).all("details.upn")


@pytest.mark.parametrize("path", ["/", "/overdue"])
async def test_what_is_overdue_can_be_paid_in_a_bank(visit: Visitor, ziva: Person, path: str) -> None:
    await ziva.bill(123_456, due=LATE)

    page = await visit.get(path)
    folded = page.one("details.upn")
    picture = page.one("details.upn img")
    kept = page.one("details.upn a[download]")

    assert folded.get("open") is None
    assert (picture.get("src"), picture.get("loading")) == ("/upn/overdue", "lazy")
    assert (picture.get("width"), picture.get("height")) == ("255", "255")
    assert (await visit.get(kept.get("href") or "")).response.content.startswith(b"\x89PNG")
    assert [button.get("data-copy") for button in page.all("details.upn [data-copy]")] == [
        "A1 Slovenija, d. d.",
        "SI56191000000123438",
        ziva.account.reference,
        "1234,56",
        "Plačilo zapadlih računov",
    ]


@pytest.mark.parametrize("path", ["/", "/overdue"])
async def test_without_an_account_to_pay_to_no_code_is_offered(
    visit: Visitor, ziva: Person, payee: pytest.MonkeyPatch, path: str
) -> None:
    bill = await ziva.bill(due=LATE)
    payee.delenv("PAYEE_IBAN")
    settings.cache_clear()

    assert not (await visit.get(path)).all("details.upn")
    await visit.get("/upn/overdue", status=404)
    await visit.get(f"/upn/{bill.id}", status=404)
