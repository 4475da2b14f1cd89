"""The yardstick: the bills page by asyncpg and plain Jinja2 alone, as quick as it is written by hand.

One joined statement, plain rows, the portal's templates in Jinja2 as it comes, no framework, no CSRF token, no security
headers, no compression. What the portal's page costs more than this is what the portal adds.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.cookies import SimpleCookie
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import asyncpg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from portal.billing.listing.chart import chart_of
from portal.billing.listing.reading import BILLS, MOST
from portal.clock import LJUBLJANA
from portal.money import Money
from portal.web.assets import asset
from portal.web.pages import operator
from portal.web.templating import COMPONENTS, TEMPLATES, Components, formats
from portal.web.wording import catalogue

FOUND = re.sub(r"\$1\b", "a.id", BILLS.query if isinstance(BILLS.query, str) else "")
SEEN = f"""
    SELECT l.name, f.bills, f.months, f.lines
    FROM sessions s
    JOIN logins l ON l.id = s.login
    JOIN accesses x ON x.login = l.id
    JOIN accounts a ON a.customer = x.customer
    JOIN LATERAL ({FOUND}) f ON true
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.idle_ends_at > $13 AND s.ends_at > $13
"""
"""The list as the portal asks for it, joined to who asks: its `$1` is free for the session."""


NOTHING = (None, None, False, None, (), None, None)
"""Is looked for."""


def newest(today: date) -> tuple[date, str, int, date]:
    return today + timedelta(days=1), "", MOST + 1, today


class Bill:
    """A row as the templates ask it."""

    __slots__ = (
        *("corrects", "disputed_cents", "due_on", "id", "issued_on", "kind", "number", "open", "open_cents"),
        *("period_to", "total", "total_cents", "undisputed"),
    )

    def __init__(self, *columns: Any) -> None:
        (self.id, self.kind, self.number, self.issued_on, self.due_on, self.period_to) = columns[:6]
        (self.total_cents, self.open_cents, self.disputed_cents, self.corrects) = columns[6:]
        self.total, self.open = Money(self.total_cents), Money(self.open_cents)
        self.undisputed = Money(max(self.open_cents - self.disputed_cents, 0))

    def is_overdue(self, today: date) -> bool:
        return self.open.is_positive and bool(self.due_on < today)


class Row:
    """A bill beside what the list tells of it."""

    __slots__ = ("bill", "corrected", "is_claim", "is_found", "under_way")

    def __init__(self, *columns: Any) -> None:
        self.bill = Bill(*columns[:10])
        self.corrected, self.under_way, self.is_claim, self.is_found = columns[10:]


def listing(bills: list[Any], months: list[Any], lines: list[Any], today: date) -> SimpleNamespace:
    """As the templates ask it, of an account whose bills fit on a page. A month: see the statement's columns."""
    rows = [Row(*columns) for columns in bills]
    since = date(today.year - 1, today.month, 1)
    recent = [month for month in months if month[0] > since]
    years = groupby((row for row in rows if row.is_found), key=lambda row: row.bill.issued_on.year)
    return SimpleNamespace(
        years=[SimpleNamespace(number=number, bills=list(of_year)) for number, of_year in years],
        unpaid=sorted((row for row in rows if row.bill.open_cents), key=lambda row: (row.bill.due_on, row.bill.number)),
        found=sum(month[1] for month in months),
        open=total(months, 3, 4),
        overdue=total(months, 6, 5),
        last_year=lambda _: total(recent, 1, 2),
        by_month={month[0]: Money(month[2]) for month in months},
        lines=[SimpleNamespace(id=line[0], kind=line[1], number=line[2]) for line in lines],
    )


def total(months: list[Any], bills: int, cents: int) -> SimpleNamespace:
    return SimpleNamespace(
        bills=sum(month[bills] for month in months), amount=Money(sum(month[cents] for month in months))
    )


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


def render(name: str, found: SimpleNamespace, today: date, token: str = "-") -> bytes:
    open_bills = [row.bill for row in found.unpaid if row.bill.undisputed]
    to_pay = [bill for bill in open_bills if bill.is_overdue(today)] or open_bills
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
            found=found,
            asked=SimpleNamespace(is_on=False, typed={}, errors={}),
            unpaid=found.unpaid,
            to_pay=Money.sum(bill.undisputed for bill in to_pay),
            under_way=next((row.under_way for row in found.unpaid if row.under_way), None),
            chart=chart_of(found.by_month, today, "sl"),
            has_many_lines=False,
            can_search=True,
            older=None,
        )
    )
    return page.encode()


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
            row = await connection.fetchrow(SEEN, token, *newest(today), *NOTHING, now)
        return render(row["name"], listing(row["bills"], row["months"], row["lines"], today), today)


app = Bare()
