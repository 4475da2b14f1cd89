"""What signed-in people are denied goes on the audit trail: forged forms, and what is not theirs (or is not).

A stranger's forged form goes to the log alone: nobody may fill a table that is never emptied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import asyncpg
import structlog

from portal import audit
from portal.audit import Event
from portal.logs import shown_path
from portal.refusals import NotFound
from portal.web.csrf import ForgedForm
from portal.web.errors import AWAY
from portal.web.requests import PortalRequest

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Scope

log = structlog.get_logger()


async def note_denial(error: Exception, scope: Scope) -> None:
    """Litestar's `after_exception` hook. A stranger's id and a missing one leave the same entry."""
    request = PortalRequest(cast("HTTPScope", scope))
    if not isinstance(error, (ForgedForm, NotFound)):
        return
    if request.viewer is None:
        if isinstance(error, ForgedForm):
            log.warning("forged form", path=request.url.path[:200], address=request.address)
        return
    try:
        await note(request, type(error).__name__)
    except (asyncpg.PostgresError, *AWAY):
        log.exception("denial is not on the trail", path=request.url.path)  # it stays denied


async def note(request: PortalRequest, reason: str) -> None:
    await audit.note(
        Event.DENIED,
        login=request.viewer.login_id,
        address=request.address,
        reason=reason,
        path=shown_path(request.url.path)[:200],
    )
