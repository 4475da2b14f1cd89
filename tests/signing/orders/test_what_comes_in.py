"""An order comes in once: its row, its envelope and what is told of it are one thing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.customers.tables import Account, Customer
from portal.messaging.tables import Message
from portal.messaging.values import load
from portal.signing.orders.faults import OtherContent
from portal.signing.orders.terms import Terms
from portal.signing.tables import Document, Envelope, Identification, Order
from tests.people import NOON, Person, a_person
from tests.signing.orders.rows import (
    change,
    envelope_of,
    fixed,
    messages,
    of,
    of_newcomer,
    order_of,
    taken,
)


async def test_anas_extension_waits_for_her_signature(ana: Person) -> None:
    row = of(ana)

    done = await taken(row)

    order, envelope = await order_of(row), await envelope_of(row)
    assert done.is_new
    assert envelope is not None
    assert envelope.id == done.envelope
    assert envelope.expires_at == order.placed_at + timedelta(hours=24)
    assert (order.contract, order.account, order.line) == (ana.contract.id, ana.account.id, ana.line.id)
    assert (order.committed_until, order.benefit_cents, order.amount_cents) == (date(2028, 11, 20), 24_000, 131_976)
    assert order.contact_number == ana.customer.contact_number
    assert await messages(ana.customer.email) == ["documents_to_sign"]
    assert await messages(ana.customer.contact_number) == ["documents_to_sign"]


async def test_what_the_documents_say_is_kept_as_it_came(ana: Person) -> None:
    row = of(ana)
    await taken(row)

    terms = Terms.of(await order_of(row))

    assert terms.package is not None
    assert terms.package.monthly.plain == "34.99"
    assert terms.equipment[0].instalments == 24
    assert await Document.count() >= 2


async def test_the_same_again_is_the_same_order(ana: Person) -> None:
    row = of(ana)
    first = await taken(row)

    again = await taken(dict(reversed(row.items())), at=NOON + timedelta(days=3))

    assert (again.order, again.envelope, again.is_new) == (first.order, first.envelope, False)
    assert await Order.count() == await Envelope.count() == 1
    assert await messages(ana.customer.email) == ["documents_to_sign"]


async def test_other_content_under_its_number_is_refused_and_changes_nothing(ana: Person) -> None:
    row = of(ana)
    await taken(row)

    with pytest.raises(OtherContent, match="a new one has its own number"):
        await taken(row | {"amount": "1.00"})

    assert (await order_of(row)).amount_cents == 131_976


async def test_eva_who_has_no_login_gets_the_link_too(eva: Person) -> None:
    row = fixed(eva)
    await taken(row)

    message = await Message.objects().get(Message.recipient == eva.customer.email)

    assert message is not None
    assert load(message.values)["is_registered"] is False
    assert (await order_of(row)).contract is None


async def test_a_line_brings_the_account_that_an_order_does_not_name(ana: Person) -> None:
    row = {name: value for name, value in of(ana).items() if name not in ("account", "line")}

    await taken(row)

    assert (await order_of(row)).account == ana.account.id


async def test_a_change_without_financial_impact_needs_no_envelope_and_says_so(ana: Person) -> None:
    row = change(ana)

    done = await taken(row)

    assert done.envelope is None
    assert await envelope_of(row) is None
    assert await messages(ana.customer.email) == ["order_without_signature"]
    assert (await order_of(row)).went_on_at == NOON


async def test_a_change_that_needs_no_signature_may_be_older_than_a_day(ana: Person) -> None:
    done = await taken(change(ana, placed_at="2026-11-01T10:00:00+01:00"))

    assert done.is_new


async def test_a_new_customer_comes_along_whole(database: str) -> None:
    row = of_newcomer(kind="fixed")
    del row["identification"]

    await taken(row)

    customer = await Customer.objects().get(Customer.number == "1990001")
    account = await Account.objects().get(Account.number == "2990001")
    assert customer is not None
    assert account is not None
    assert (customer.name, customer.contact_number, customer.language) == ("Jure Petek", "+38641999001", "sl")
    assert account.customer == customer.id
    assert account.reference is not None
    order = await order_of(row)
    assert (order.customer, order.account, order.contact_number) == (customer.id, account.id, "+38641999001")


async def test_a_new_mobile_customer_waits_for_identification_without_an_envelope(database: str) -> None:
    row = of_newcomer()

    done = await taken(row)

    assert done.envelope is None
    assert (await order_of(row)).identification == Identification.AWAITED
    assert await messages("jure@example.test") == []


async def test_whoever_was_identified_already_can_sign_at_once(database: str) -> None:
    passed = {"state": "passed", "reference": "VID-7", "at": "2026-11-21T09:50:00Z"}
    row = of_newcomer(identification=passed)

    done = await taken(row)

    assert done.envelope is not None
    assert (await order_of(row)).identified_as == "VID-7"


async def test_the_next_order_names_him_by_his_number(database: str) -> None:
    await taken(of_newcomer())
    jure = of_newcomer(customer="1990001", kind="fixed")
    del jure["new_customer"], jure["identification"]

    done = await taken(jure)

    assert done.envelope is not None
    assert await Customer.count() == 1


async def test_an_order_in_english(ana: Person) -> None:
    row = of(ana, language="en")

    await taken(row)

    message = await Message.objects().get(Message.recipient == ana.customer.email)
    assert message is not None
    assert message.language == "en"


async def test_two_customers_orders_do_not_mix(ana: Person) -> None:
    bojan = await a_person("Bojan Kralj")
    hers, his = of(ana), of(bojan)

    await taken(hers)
    await taken(his)

    assert (await order_of(hers)).customer == ana.customer.id
    assert (await order_of(his)).customer == bojan.customer.id
