"""The itemised usage of a bill, as a file to keep."""

from __future__ import annotations

from uuid import UUID

from litestar.response import Stream

from portal.billing.file_limits import CALLS_SAVED
from portal.billing.pdf.naming import file_name, named
from portal.customers.itemised_csv import written
from portal.refusals import NotFound
from portal.web.files import count_saved, streamed
from portal.web.requests import PortalRequest


async def calls_csv(request: PortalRequest, bill: UUID) -> Stream:
    """Whole before the first byte leaves: what fails is an error page and not a part of the calls."""
    found = await named(request.viewer.account, bill, request.language)
    if found is None:
        raise NotFound
    await count_saved(CALLS_SAVED, request.viewer.login_id, request.at)
    file = await written(CALLS, [bill], request.language)
    return streamed(file_name(found, request.language, "csv"), "text/csv", file)


CALLS = """
    SELECT l.number, l.kind AS number_kind, c.began_at, c.kind, c.other_party, c.place, c.quantity, c.amount_cents
    FROM billed_calls c LEFT JOIN lines l ON l.id = c.line
    WHERE c.bill = $1 ORDER BY c.began_at, c.id
"""
