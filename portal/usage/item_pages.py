"""Itemised use, on a page and as a file to keep."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from litestar import Response, get
from litestar.response import Stream

from portal import clock
from portal.customers import itemised_csv, quantities
from portal.customers.itemised import KINDS, party
from portal.limits import Limit
from portal.network.lines import LineSeen
from portal.refusals import NotFound
from portal.usage.items import NOTHING_FOUND, SAVED, Asked, Items, Place, bounds, items_of, read
from portal.usage.pages import line_choice, no_lines
from portal.usage.policy import policy
from portal.web.files import count_saved, streamed
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest
from portal.web.wording import say

FILES_SAVED = Limit("usage_items", 60, timedelta(hours=1))


@get("/usage/items", guards=[signed_in])
async def items(request: PortalRequest) -> Response[bytes]:
    lines, line = await line_choice(request)
    if line is None:
        return no_lines(request)
    asked = read(request.query_params, clock.day_of(request.at))
    before = Place.read(request.query_params.get("before", ""))
    found = NOTHING_FOUND if asked.errors else await items_of(line.id, asked, before)
    return items_page(request, lines, line, asked, found, is_first=before is None)


def items_page(
    request: PortalRequest, lines: list[LineSeen], line: LineSeen, asked: Asked, found: Items, *, is_first: bool
) -> Response[bytes]:
    return page(
        request,
        "usage/items.html",
        status=400 if asked.errors else 200,
        nav="usage",
        blocks=("items",),
        lines=lines,
        line=line,
        asked=asked,
        found=found,
        is_first=is_first,
        months_kept=policy().months_kept.records,
        file=asked.address(line.id, "/usage/items.csv"),
        older=asked.address(line.id, before=found.older) if found.older else None,
        words=KINDS,
        party=party,
        used=partial(quantities.total, language=request.language),
        took=partial(quantities.single, language=request.language),
    )


@get("/usage/items.csv", guards=[signed_in])
async def items_csv(request: PortalRequest) -> Stream:
    """Whole before the first byte leaves: what fails is an error page and not a part of the file."""
    _, line = await line_choice(request)
    asked = read(request.query_params, clock.day_of(request.at))
    if line is None or asked.errors:
        raise NotFound
    await count_saved(FILES_SAVED, request.viewer.login_id, request.at)
    wanted = [line.id, *bounds(asked), asked.kind, asked.abroad]
    file = await itemised_csv.written(SAVED, wanted, request.language)
    return streamed(file_name(line, asked, request.language), "text/csv", file)


def file_name(line: LineSeen, asked: Asked, language: str) -> str:
    """`Poraba 041 123 456 2026-11-01 2026-11-30.csv`."""
    return f"{say(language, 'Usage')} {line.shown} {asked.span.first} {asked.span.last}.csv"


ROUTES = [items, items_csv]
