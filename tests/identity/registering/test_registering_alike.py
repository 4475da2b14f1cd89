"""Who guesses learns nothing: not from the answer, not from what the database has to do, and not often."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.audit import AuditEntry
from portal.clock import stopped_at
from portal.identity.tables import Registration
from tests.identity.registering.test_registering_by_letter import key_of
from tests.identity.registering.walking import TAX_NUMBER, somebody
from tests.identity.test_answered_alike import rows, statements
from tests.people import NOON
from tests.visiting import Page, Visitor

UNKNOWN = "9999999"


def without_tokens(page: Page, number: str) -> str:
    """The page without what differs each time: tokens, and the number that was typed."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.html).replace(number, "NUMBER")


@pytest.mark.parametrize("way", ["record", "letter"])
async def test_an_unknown_number_and_wrong_data_are_alike(
    visit: Visitor, stranger: Visitor, database: str, way: str
) -> None:
    eva = await somebody()
    await key_of(eva)
    path, field, wrong = {
        "record": ("/register", "tax_number", "11111111"),
        "letter": ("/register/letter", "key", "2222-2222-2222"),
    }[way]
    told = []
    for browser, number in ((visit, eva.customer.number), (stranger, UNKNOWN)):
        before = await rows()
        async with statements() as sql:
            with stopped_at(NOON):
                page = await browser.get(path)
                form = page.form.fill(**{"customer_number": number, field: wrong})
                answer = await browser.submit(form, status=400)
        after = await rows()
        added = {table: after[table] - before[table] for table in after if after[table] != before[table]}
        told.append((list(sql), added, answer.response.headers.get("set-cookie"), without_tokens(answer, number)))

    known, unknown = told
    assert len(known[0]) >= 4
    assert known == unknown
    assert not await Registration.exists()
    assert not await AuditEntry.exists().where(AuditEntry.event.like("registration%"))


async def test_ten_tries_an_hour_at_one_customer(visit: Visitor, stranger: Visitor, database: str) -> None:
    eva = await somebody()
    with stopped_at(NOON):
        page = await visit.get("/register")
        for turn in range(10):
            page = await visit.submit(
                page.form, customer_number=eva.customer.number, tax_number=f"{turn:08d}", status=400
            )
        for number, browser in ((eva.customer.number, stranger), (UNKNOWN, stranger)):
            form = (await browser.get("/register")).form
            status = 429 if number != UNKNOWN else 400
            answer = await browser.submit(form, customer_number=number, tax_number=TAX_NUMBER, status=status)
        assert "se ne ujemata" in answer.text
    with stopped_at(NOON + timedelta(hours=1)):
        form = (await stranger.get("/register")).form
        await stranger.submit(form, customer_number=eva.customer.number, tax_number=TAX_NUMBER)


async def test_unknown_numbers_pause_as_known_ones_do(visit: Visitor, database: str) -> None:
    with stopped_at(NOON):
        page = await visit.get("/register")
        for turn in range(10):
            page = await visit.submit(page.form, customer_number=UNKNOWN, tax_number=f"{turn:08d}", status=400)
        await visit.submit(page.form, customer_number=UNKNOWN, tax_number=TAX_NUMBER, status=429)


async def test_thirty_tries_from_one_address(visit: Visitor, stranger: Visitor, database: str) -> None:
    with stopped_at(NOON):
        page = await visit.get("/register")
        for turn in range(30):
            page = await visit.submit(page.form, customer_number=f"900{turn:04d}", tax_number=TAX_NUMBER, status=400)
        paused = await visit.submit(page.form, customer_number="9001000", tax_number=TAX_NUMBER, status=429)
        form = (await stranger.get("/register")).form
        await stranger.submit(form, customer_number="9001000", tax_number=TAX_NUMBER, status=400)

    assert "21. 11. 2026 ob 12.15" in paused.text


@pytest.mark.parametrize(
    ("number", "tax_number"),
    [("", TAX_NUMBER), ("12", TAX_NUMBER), ("1000001", ""), ("1000001", "1234567"), ("1000001", "１２３４５６７９")],
)
async def test_what_cannot_be_right_costs_no_try_and_stays_in_the_field(
    visit: Visitor, database: str, number: str, tax_number: str
) -> None:
    page = await visit.get("/register")
    for _ in range(11):
        page = await visit.submit(page.form, customer_number=number, tax_number=tax_number, status=400)

    assert (page.form.fields["customer_number"], page.form.fields["tax_number"]) == (number, tax_number)
