"""The demo's shop makes real orders for the demo's people, and leads to where their links are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from portal.clock import stopped_at
from portal.customers.tables import Contract, Customer
from portal.messaging.tables import Message
from portal.sandbox.shop_offers import NEWCOMER, OFFERS
from portal.signing.tables import Document, Envelope, Identification, Order
from tests.people import NOON
from tests.sandbox.demo_people import account_of, folder, seed_only
from tests.visiting import Page, Visitor, read_form

__all__ = ["folder"]

SHOP = "/sandbox/shop"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with stopped_at(NOON):
        yield


async def press(sandbox: Visitor, page: Page, action: str, **pressed: str) -> Page:
    form = next(form for form in map(read_form, page.all("main form")) if form.action == action)
    return await sandbox.post(action, form.fields | pressed)


async def order(sandbox: Visitor, offer: str) -> Page:
    return await press(sandbox, await sandbox.get(SHOP), f"{SHOP}/orders", offer=offer)


def offered(page: Page) -> set[str]:
    return {node.get("value") or "" for node in page.all("button[name=offer]")}


async def test_only_to_whom_there_is_something_is_sold(sandbox: Visitor) -> None:
    await seed_only("Ana", "Eva")

    page = await sandbox.get(SHOP)

    assert offered(page) == {"extension", "fixed", "mobile"}
    assert "Podaljšaj vezavo" in page.text
    assert "Za registracijo: številka naročnika 1005000, davčna številka 10000005" in page.text
    assert "Oddanega ni še nič" in page.text


async def test_ana_extends_a_commitment_that_ends_in_two_months(sandbox: Visitor) -> None:
    await seed_only("Ana")

    mailbox = await order(sandbox, "extension")

    assert mailbox.path == "/sandbox/mail/ana@example.com"
    placed = await Order.objects().first()
    contract = await Contract.objects().where(Contract.account == (await account_of("Ana Zupan")).id).first()
    assert placed is not None
    assert contract is not None
    assert contract.committed_until == date(2027, 1, 21)
    assert (placed.contract, placed.committed_until) == (contract.id, date(2029, 1, 21))
    assert (placed.benefit_cents, placed.source) == (24_000, "portal")
    assert await Document.count() > 0
    assert "čaka na podpis" in (await sandbox.get(SHOP)).text


async def test_each_press_is_a_new_order(sandbox: Visitor) -> None:
    await seed_only("Ana")

    await order(sandbox, "extension")
    await order(sandbox, "extension")

    assert await Order.count() == await Envelope.count() == 2


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.code)
async def test_all_that_is_offered_can_be_ordered(sandbox: Visitor, offer: object) -> None:
    await seed_only("Ana", "Eva", "Dejan", "Franc", "Irena", "Bojan")
    code = offer.code  # type: ignore[attr-defined]

    page = await order(sandbox, code)

    assert page.path == (SHOP if code == "mobile" else page.path)
    assert await Order.count() == 1
    assert await Envelope.count() == (0 if code in ("mobile", "without_signature") else 1)


async def test_what_needs_no_signature_says_so(sandbox: Visitor) -> None:
    await seed_only("Bojan")

    page = await order(sandbox, "without_signature")

    assert page.path == "/sandbox/mail/bojan@example.com"
    assert await Message.exists().where(Message.template == "order_without_signature")


async def test_jure_is_identified_and_then_gets_his_documents(sandbox: Visitor) -> None:
    page = await order(sandbox, "mobile")
    [placed] = await Order.objects()
    assert "čaka na videoidentifikacijo" in page.text
    assert await Envelope.count() == 0

    page = await press(sandbox, page, f"{SHOP}/orders/{placed.number}/identification", passed="yes")

    assert "čaka na podpis" in page.text
    [placed] = await Order.objects()
    assert placed.identification == Identification.PASSED
    assert await Envelope.count() == 1


async def test_a_failed_identification_ends_it(sandbox: Visitor) -> None:
    page = await order(sandbox, "mobile")
    [placed] = await Order.objects()

    page = await press(sandbox, page, f"{SHOP}/orders/{placed.number}/identification", passed="no")

    assert "brez identifikacije" in page.text
    assert not page.all("button[name=passed]")


async def test_jure_is_one_customer_however_often_he_orders(sandbox: Visitor) -> None:
    await order(sandbox, "mobile")
    await order(sandbox, "mobile")

    assert await Order.count() == 2
    assert await Customer.count().where(Customer.number == NEWCOMER["number"]) == 1


async def test_what_is_not_offered_is_not_sold(sandbox: Visitor) -> None:
    page = await sandbox.get(SHOP)
    form = read_form(page.one("main form"))

    await sandbox.post(form.action, form.fields | {"offer": "extension"}, status=400)
    await sandbox.post(form.action, form.fields | {"offer": "moon"}, status=400)
    await sandbox.post(f"{SHOP}/orders/S-NONE/identification", form.fields | {"passed": "yes"}, status=404)

    assert await Order.count() == 0
