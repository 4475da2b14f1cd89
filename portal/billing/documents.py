"""The names under `/bills/`: `<id>` is a page, `<id>.pdf` and `<id>.csv` are files, `<year>.zip` has a year's bills."""

from __future__ import annotations

import re
from uuid import UUID

from litestar import Response
from litestar.response import Stream

from portal import clock
from portal.billing.calls.csv_page import calls_csv
from portal.billing.pdf.pages import bill_pdf, year_zip
from portal.billing.showing.page import bill_page
from portal.billing.showing.reading import one_bill, positions_of
from portal.refusals import NotFound
from portal.web.requests import PortalRequest

YEAR = re.compile(r"\A(20[0-9]{2})\.zip\Z")


async def document_of(request: PortalRequest, name: str) -> Response[bytes] | Stream:
    """What is called so; nothing of ours and nothing of a stranger's: NotFound."""
    if year := YEAR.match(name):
        return await year_zip(request, int(year[1]))
    bare, _, ending = name.partition(".")
    bill = bill_id_of(bare)
    if ending == "pdf":
        return await bill_pdf(request, bill)
    if ending == "csv":
        return await calls_csv(request, bill)
    if bare != name:
        raise NotFound
    return await bill_itself(request, bill)


async def bill_itself(request: PortalRequest, bill: UUID) -> Response[bytes]:
    one = await one_bill(request.viewer.account, bill, clock.day_of(request.at))
    if one is None:
        raise NotFound
    return bill_page(request, one, await positions_of(one))


def bill_id_of(name: str) -> UUID:
    """Only as we write it."""
    try:
        bill_id = UUID(name)
    except ValueError:
        raise NotFound from None
    if str(bill_id) != name:
        raise NotFound
    return bill_id
