"""The yardstick: the bills page by asyncpg and plain Jinja2 alone, as quick as it is written by hand.

One joined statement, the page's own templates with nothing folded, no framework, no CSRF token, no security headers,
no compression. What the portal's page costs more than this is what the portal adds.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from portal.billing.tables import BillState
from portal.clock import LJUBLJANA
from portal.money import Money
from portal.web.assets import asset
from portal.web.pages import operator
from portal.web.templating import COMPONENTS, TEMPLATES, Components, formats
from portal.web.wording import catalogue

SEEN = """
    SELECT l.name, b.*
    FROM sessions s
    JOIN logins l ON l.id = s.login
    JOIN accesses x ON x.login = l.id
    JOIN accounts a ON a.customer = x.customer
    JOIN LATERAL (
        (SELECT 1 AS part, id, number, due_on, period_to, total_cents, open_cents, issued_on, (
             SELECT t.id FROM attempt_bills ab JOIN payment_attempts t ON t.id = ab.attempt
             WHERE ab.bill = bills.id AND t.state IN ('pending', 'held') LIMIT 1
         ) AS under_way FROM bills
         WHERE account = a.id AND open_cents > 0 ORDER BY due_on, number)
        UNION ALL
        (SELECT 2 AS part, id, number, due_on, period_to, total_cents, open_cents, issued_on, NULL::uuid FROM bills
         WHERE account = a.id AND issued_on < $3 ORDER BY issued_on DESC, number DESC LIMIT 13)
    ) b ON true
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.idle_ends_at > $2 AND s.ends_at > $2
"""


class Bill:
    """A row as the template asks it."""

    __slots__ = ("due_on", "id", "issued_on", "number", "open", "period_to", "total", "under_way")

    def __init__(self, row: asyncpg.Record) -> None:
        self.id: UUID = row["id"]
        self.number: str = row["number"]
        self.due_on: date = row["due_on"]
        self.issued_on: date = row["issued_on"]
        self.period_to: date = row["period_to"]
        self.total = Money(row["total_cents"])
        self.open = Money(row["open_cents"])
        self.under_way: UUID | None = row["under_way"]

    def is_overdue(self, today: date) -> bool:
        return self.open.is_positive and self.due_on < today

    def state(self, today: date) -> BillState:
        if not self.open.is_positive:
            return BillState.SETTLED
        return BillState.OVERDUE if self.is_overdue(today) else BillState.DUE


class PlainEnvironment(Environment):
    """The portal's templates, filters and components in Jinja2 as it comes."""

    def __init__(self) -> None:
        super().__init__(
            loader=FileSystemLoader([TEMPLATES, COMPONENTS]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.add_extension("jinja2.ext.do")
        self.globals.update(_=say, ngettext=say_count, ui=Components(self), asset=asset, language="sl")
        self.filters.update(formats("sl"))


def say(message: str, **values: object) -> Markup:
    return escape(catalogue("sl").gettext(message)) % values


def say_count(singular: str, plural: str, number: int, **values: object) -> Markup:
    return escape(catalogue("sl").ngettext(singular, plural, number)) % {"num": number, **values}


@cache
def environment() -> PlainEnvironment:
    return PlainEnvironment()


def render(name: str, unpaid: list[Bill], issued: list[Bill], today: date, token: str = "-") -> bytes:
    shown = issued[:12]
    to_pay = [bill for bill in unpaid if bill.is_overdue(today)] or unpaid
    page = (
        environment()
        .get_template("billing/bills.html")
        .render(
            viewer=SimpleNamespace(name=name),
            csrf_token=token,
            nav="bills",
            path="/bills",
            operator=operator(),
            environment_label=None,
            today=today,
            bills=SimpleNamespace(unpaid=unpaid, issued=shown, older=place(shown[-1]) if len(issued) > 12 else None),
            to_pay=Money.sum(bill.open for bill in to_pay),
            under_way=next((bill.under_way for bill in to_pay if bill.under_way), None),
        )
    )
    return page.encode()


def place(bill: Bill) -> str:
    return f"{bill.issued_on}.{bill.number}"


class Bare:
    """The whole application."""

    pool: asyncpg.Pool

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        body = await self.page(scope)
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def live(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=16, max_size=16)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def page(self, scope: dict[str, Any]) -> bytes:
        cookies = SimpleCookie(dict(scope["headers"])[b"cookie"].decode())
        token = hashlib.sha256(cookies["__Host-session"].value.encode()).digest()
        now = datetime.now(UTC)
        today = now.astimezone(LJUBLJANA).date()
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(SEEN, token, now, today + timedelta(days=1))
        bills = [(row["part"], Bill(row)) for row in rows]
        unpaid = [bill for part, bill in bills if part == 1]
        return render(rows[0]["name"], unpaid, [bill for part, bill in bills if part == 2], today)


app = Bare()
