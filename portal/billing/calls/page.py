"""The page of a bill's itemised calls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from portal.billing.calls.reading import PAGE, Call, Itemised, Wanted
from portal.customers import quantities
from portal.customers.itemised import KINDS, party
from portal.money import Money
from portal.web.pages import page
from portal.web.requests import PortalRequest

MOST_PAGES = 10_000


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """As far as the address says it in our own words; the rest is not asked for."""
    kind, number = query.get("kind"), query.get("page", "")
    is_page = number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= MOST_PAGES
    return Wanted(read_id(query.get("line", "")), kind if kind in KINDS else None, int(number[:9]) if is_page else 1)


def read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def calls_page(request: PortalRequest, itemised: Itemised, wanted: Wanted, calls: list[Call]) -> Response[bytes]:
    chosen = [one for one in itemised.sums if wanted.takes(one)]
    count = sum(one.calls for one in chosen)
    return page(
        request,
        "billing/calls.html",
        nav="bills",
        blocks=("calls",),
        bill=itemised.bill,
        wanted=wanted,
        calls=calls,
        sums=chosen,
        count=count,
        total=Money.sum(one.amount for one in chosen),
        numbers={one.line: one.number for one in itemised.sums if one.number},
        kinds={kind: words for kind, words in KINDS.items() if any(one.kind == kind for one in itemised.sums)},
        words=KINDS,
        before=address(itemised, wanted, wanted.page - 1) if wanted.page > 1 else None,
        after=address(itemised, wanted, wanted.page + 1) if wanted.page * PAGE < count else None,
        party=party,
        used=partial(quantities.total, language=request.language),
        took=partial(quantities.single, language=request.language),
    )


def address(itemised: Itemised, wanted: Wanted, number: int) -> str:
    asked = {"line": wanted.line or "", "kind": wanted.kind or "", "page": number}
    return f"/bills/{itemised.bill.id}/calls?{urlencode({name: value for name, value in asked.items() if value})}"
