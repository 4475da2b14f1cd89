"""One of the Bojans: cut off, and paying while things break."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Self

import httpx

from tests.faults.estate import Estate, until
from tests.payments.stand_in import StandIn

OWED = 8_645


@dataclass
class Customer:
    """`number` is the contact number; `client` their browser."""

    estate: Estate
    stripe: StandIn
    number: str
    client: httpx.AsyncClient

    @classmethod
    async def signed_in(cls, estate: Estate, stripe: StandIn, number: str) -> Self:
        headers = {"sec-fetch-site": "same-origin", **await estate.sign_in(number)}
        return cls(estate, stripe, number, httpx.AsyncClient(base_url=estate.base, headers=headers, timeout=60))

    async def press_pay(self) -> str:
        """Where the button leads."""
        page = (await self.client.get("/bills")).raise_for_status()
        [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
        answer = await self.client.post("/bills/payment", data={"csrf_token": token})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def switch(self, service: str) -> None:
        """On, by the button in the list."""
        page = (await self.client.get("/services")).raise_for_status()
        [form] = re.findall(rf'method="post" action="(/lines/[^"]+/services/{service})"', page.text)
        [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
        answer = await self.client.post(form, data={"csrf_token": token, "shown_in": "list", "on": "yes"})
        assert answer.status_code == 303, answer.text

    async def pay_at_stripe(self, url: str) -> str:
        """The path that Stripe sends them back to."""
        back = await self.stripe.choose(url, "paid")
        return back.removeprefix(self.estate.base)

    async def come_back(self, path: str) -> httpx.Response:
        answer = await self.client.get(path)
        assert answer.status_code == 303, answer.text
        return await self.client.get(answer.headers["location"])

    async def is_connected(self) -> bool:
        return bool(await self.estate.ask(CONNECTED, self.number))

    async def gets_connected(self) -> None:
        await until(self.is_connected, "connected again and told so by SMS")

    async def has_exactly_one_of_each(self) -> bool:
        """However things broke: one payment of what was owed, one reconnection, one SMS on the telephone."""
        async with self.estate.books() as books:
            found = dict(await books.fetchrow(EVERYTHING, self.number))
        assert found == {
            "payments": 1,
            "paid": OWED,
            "open": 0,
            "reconnections": 1,
            "orders": 1,
            "messages": 1,
            "emails": 1,
            "texts": 1,
        }, found
        return True


async def stripe_and_books_agree(estate: Estate, stripe: StandIn) -> bool:
    """Every success at Stripe is exactly one payment, and every payment is in its place to the cent."""
    at_stripe = {page.intent for page in await stripe.sessions() if page.payment_status == "paid"}
    async with estate.books() as books:
        booked = [
            row["external_id"]
            for row in await books.fetch(
                "SELECT external_id FROM payments WHERE method = 'card' AND attempt IS NOT NULL"
            )
        ]
        off = await books.fetch(OFF)
    assert at_stripe <= set(booked)
    assert len(booked) == len(set(booked))
    assert not off
    return True


async def no_connection_is_lost(customer: Customer) -> bool:
    """Many more requests at once than the pool has connections are all answered."""
    answers = await asyncio.gather(*(customer.client.get("/bills") for _ in range(24)))
    assert {answer.status_code for answer in answers} == {200}
    return True


MINE = """
    WITH me AS (
        SELECT a.id AS account, c.id AS customer FROM customers c JOIN accounts a ON a.customer = c.id
        WHERE c.contact_number = $1
    )
"""
CONNECTED = f"""{MINE}
    SELECT EXISTS (SELECT FROM reconnections WHERE account = (SELECT account FROM me) AND confirmed_at IS NOT NULL)
       AND EXISTS (SELECT FROM messages WHERE customer = (SELECT customer FROM me) AND template = 'reconnected'
                   AND channel = 'sms' AND state IN ('sent', 'delivered'))
"""
EVERYTHING = f"""{MINE}
    SELECT
        (SELECT count(*) FROM payments WHERE account = me.account AND attempt IS NOT NULL) AS payments,
        (SELECT sum(amount_cents)::bigint FROM payments WHERE account = me.account AND attempt IS NOT NULL) AS paid,
        (SELECT sum(open_cents)::bigint FROM bills WHERE account = me.account) AS open,
        (SELECT count(*) FROM reconnections WHERE account = me.account) AS reconnections,
        (SELECT count(*) FROM barring_orders WHERE occasion IN
            (SELECT id FROM reconnections WHERE account = me.account)) AS orders,
        (SELECT count(*) FROM messages WHERE customer = me.customer AND template = 'reconnected'
            AND channel = 'sms') AS messages,
        (SELECT count(*) FROM messages WHERE customer = me.customer AND template = 'reconnected'
            AND channel = 'email') AS emails,
        (SELECT count(*) FROM sandbox.phone_texts WHERE number = $1 AND reference IN
            (SELECT id::text FROM messages WHERE customer = me.customer AND template = 'reconnected')) AS texts
    FROM me
"""
OFF = """
    SELECT p.id FROM payments p
    WHERE p.amount_cents - COALESCE((SELECT sum(amount_cents) FROM reversals WHERE payment = p.id), 0)
        <> COALESCE((SELECT sum(amount_cents) FROM allocations WHERE payment = p.id), 0)
         + COALESCE((SELECT sum(amount_cents) FROM credits WHERE payment = p.id), 0)
    UNION ALL
    SELECT b.id FROM bills b
    WHERE greatest(b.total_cents, 0) - b.open_cents
        <> COALESCE((SELECT sum(amount_cents) FROM allocations WHERE bill = b.id), 0)
"""
