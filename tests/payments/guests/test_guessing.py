"""Guessing at accounts is bounded: by where it comes from, by network, and by whom it names, however it is sent."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.identity.caps import network_of
from portal.payments.guests import finding
from portal.payments.guests.guessing import AT_A_CUSTOMER, FROM_A_NETWORK, FROM_AN_ADDRESS, STARTED
from portal.payments.tables import PaymentAttempt
from tests.payments.guests.walking import link
from tests.people import NOON, Person
from tests.visiting import Page, Visitor, portal_app

TOO_OFTEN, BUSY = 429, 503


async def guess(visit: Visitor, reference: str, customer_number: str, *, status: int = 400) -> Page:
    page = await visit.get("/pay")
    return await visit.submit(
        page.form, reference=reference, customer_number=customer_number, status=status, follow=False
    )


async def many(times: int, *, address: str = "203.0.113.7", start: int = 0) -> None:
    """Guesses at ever new customers."""
    async with Visitor(portal_app(), address=address) as mallory:
        for n in range(start, start + times):
            await guess(mallory, f"R{n:08d}", f"77{n}")


async def test_a_customer_is_guessed_at_ten_times_an_hour(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()
    with clock.stopped_at(NOON):
        for n in range(AT_A_CUSTOMER.most):
            async with Visitor(portal_app(), address=f"198.51.{n}.9") as mallory:
                await guess(mallory, f"R77{n}", bojan.customer.number)
        page = await guess(visit, bill.reference, bojan.customer.number, status=TOO_OFTEN)

    assert "Poskusite znova čez 60 minut." in page.text
    assert "040 40 40 40" in page.text
    assert "Povezava za plačilo iz našega SMS ali e-pošte deluje tudi zdaj." in page.text
    assert page.form.fields["reference"] == bill.reference
    with clock.stopped_at(NOON):
        assert "32,46" in (await visit.get(link(bojan))).text
        await guess(visit, bill.reference, bojan.account.number, status=303)
    with clock.stopped_at(NOON + AT_A_CUSTOMER.window):
        await guess(visit, bill.reference, bojan.customer.number, status=303)


async def test_written_with_spaces_it_is_the_same_customer(visit: Visitor, bojan: Person) -> None:
    number = bojan.customer.number
    for n in range(AT_A_CUSTOMER.most):
        await guess(visit, f"R77{n}", f"{number[: n % 6 + 1]} {number[n % 6 + 1 :]}")

    await guess(visit, "R770", number, status=TOO_OFTEN)


async def test_an_address_runs_out_and_leaves_the_customer_be(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()
    with clock.stopped_at(NOON):
        await many(FROM_AN_ADDRESS.most)
        for _ in range(AT_A_CUSTOMER.most):
            await guess(visit, "R77", bojan.customer.number, status=TOO_OFTEN)
        async with Visitor(portal_app(), address="198.51.100.4") as sister:
            await guess(sister, bill.reference, bojan.customer.number, status=303)

    with clock.stopped_at(NOON + FROM_AN_ADDRESS.window):
        await guess(visit, bill.reference, bojan.customer.number, status=303)


async def test_a_success_gives_nobody_new_tries(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()
    with clock.stopped_at(NOON):
        await many(FROM_AN_ADDRESS.most - 1)
        await guess(visit, bill.reference, bojan.customer.number, status=303)

        await guess(visit, "R77", "778899", status=TOO_OFTEN)


async def test_a_network_runs_out_over_a_day(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()
    addresses = FROM_A_NETWORK.most // FROM_AN_ADDRESS.most
    with clock.stopped_at(NOON):
        for n in range(addresses):
            await many(FROM_AN_ADDRESS.most, address=f"198.51.100.{n}", start=n * 100)
    evening = NOON + timedelta(hours=8)
    with clock.stopped_at(evening):
        async with Visitor(portal_app(), address="198.51.100.200") as neighbour:
            page = await guess(neighbour, bill.reference, bojan.customer.number, status=TOO_OFTEN)
        async with Visitor(portal_app(), address="198.51.101.1") as sister:
            await guess(sister, bill.reference, bojan.customer.number, status=303)

    assert "Poskusite znova čez 16 ur." in page.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_what_a_network_is(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_two_hundred_guesses_at_once_do_not_pass(database: str, bojan: Person) -> None:
    async def one(n: int, reference: str = "R55") -> int:
        async with Visitor(portal_app(), address=f"198.51.{n % 250}.{n // 250 + 1}") as mallory:
            form = (await mallory.get("/pay")).form.fill(reference=reference, customer_number=bojan.customer.number)
            sent = {"sec-fetch-site": "same-origin", "origin": "https://moj.test"}
            return (await mallory.client.post("/pay", data=form.fields, headers=sent)).status_code

    statuses = await asyncio.gather(*map(one, range(200)))

    assert statuses.count(400) <= AT_A_CUSTOMER.most
    assert set(statuses) <= {400, TOO_OFTEN, BUSY}
    assert await one(200, (await bojan.bill()).reference) == TOO_OFTEN


async def test_both_are_looked_up_whichever_is_unknown(database: str, bojan: Person) -> None:
    """The same statements run, so that the time of an answer tells nothing."""
    bill = await bojan.bill()
    asked: list[str] = []
    async with transaction() as connected:
        with connected.query_logger(lambda record: asked.append(record.query)):
            for typed in ((bill.reference, "99"), ("R9", bojan.customer.number), ("R9", "99")):
                assert await finding.find(*typed) is None

    assert asked == [finding.MEANT, finding.NAMED] * 3


async def test_starting_to_pay_is_bounded(visit: Visitor, bojan: Person) -> None:
    await bojan.bill()
    with clock.stopped_at(NOON):
        for _ in range(STARTED.most):
            await STARTED.take(str(bojan.account.id), NOON)
        page = await visit.submit((await visit.get(link(bojan))).form, status=TOO_OFTEN)

    assert "Poskusite znova čez 10 minut." in page.text
    assert not await PaymentAttempt.exists()
