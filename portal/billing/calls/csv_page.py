"""The itemised usage of a bill, as a file to keep."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import IO
from uuid import UUID

from litestar.response import Stream

from portal.billing.calls.csv_file import written
from portal.billing.file_limits import CALLS_SAVED, count_one
from portal.billing.pdf.naming import file_name, named
from portal.refusals import NotFound
from portal.web.files import disposition
from portal.web.requests import PortalRequest

PIECE = 64 * 1024


async def calls_csv(request: PortalRequest, bill: UUID) -> Stream:
    """Whole before the first byte leaves: what fails is an error page and not a part of the calls."""
    found = await named(request.viewer.account, bill, request.language)
    if found is None:
        raise NotFound
    await count_one(CALLS_SAVED, request.viewer.login_id, request.at)
    file = await written(bill, request.language)
    headers = {
        "content-disposition": disposition(file_name(found, request.language, "csv")),
        "content-length": str(file.seek(0, os.SEEK_END)),
    }
    file.seek(0)
    return Stream(pieces(file), media_type="text/csv", headers=headers)


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
