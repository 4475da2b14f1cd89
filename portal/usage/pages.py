"""What a line used: this period and the last ones."""

from __future__ import annotations

from functools import partial

from litestar import Response, get

from portal import clock
from portal.customers import quantities
from portal.network.lines import LineSeen, line_among, lines_of
from portal.usage import history
from portal.usage.age import Measured
from portal.usage.days import days_of, span_asked
from portal.usage.history import Of
from portal.usage.months import RECORDS
from portal.usage.reading import LineUsage, usage_of
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest


async def line_choice(request: PortalRequest) -> tuple[list[LineSeen], LineSeen | None]:
    """All lines that the person may see, and the one that the page is about; None where there is none at all."""
    account = request.viewer.account.id
    lines = await lines_of([seen.account_id for seen in request.viewer.accounts])
    return lines, line_among(lines, request.query_params.get("line"), account)


@get("/usage", guards=[signed_in])
async def usage(request: PortalRequest) -> Response[bytes]:
    lines, line = await line_choice(request)
    if line is None:
        return no_lines(request)
    return usage_page(request, lines, line, await usage_of(line.id, clock.day_of(request.at)))


def no_lines(request: PortalRequest) -> Response[bytes]:
    return page(request, "usage/no_lines.html", nav="usage")


def usage_page(request: PortalRequest, lines: list[LineSeen], line: LineSeen, usage: LineUsage) -> Response[bytes]:
    choices = history.choices(usage)
    of = chosen(request, choices)
    return page(
        request,
        "usage/usage.html",
        nav="usage",
        blocks=("history",) if of else (),
        lines=lines,
        line=line,
        usage=usage,
        today=usage.today,
        measured=Measured.of(usage.moments, request.at),
        history=history.history_of(usage, of, request.language) if of else None,
        choices=choices,
        names=history.NAMES,
        units=history.UNITS,
        kept_since=RECORDS.begins(usage.today),
        used=partial(quantities.total, language=request.language),
        amount_of=partial(quantities.amount_of, language=request.language),
    )


def chosen(request: PortalRequest, choices: list[Of]) -> Of | None:
    """What the address asks for if it can be shown, else the first that can."""
    return next((of for of in choices if of == request.query_params.get("of")), choices[0] if choices else None)


@get("/usage/days", guards=[signed_in])
async def days(request: PortalRequest) -> Response[bytes]:
    lines, line = await line_choice(request)
    if line is None:
        return no_lines(request)
    today = clock.day_of(request.at)
    span = span_asked(request.query_params, today)
    found = await days_of(line.id, span, today)
    of = chosen(request, found.choices)
    bars, drawing = found.bars(span, of or Of.DATA, today, request.language)
    return page(
        request,
        "usage/days.html",
        nav="usage",
        blocks=("by_day",),
        lines=lines,
        line=line,
        span=span,
        periods=found.periods,
        choices=found.choices,
        of=of,
        bars=bars,
        drawing=drawing,
        today=today,
        known_until=found.known_until(today),
        names=history.NAMES,
        units=history.UNITS,
        kept_since=RECORDS.begins(today),
    )


ROUTES = [usage, days]
