"""Denials go on the audit trail: forged forms, and signed-in people asking for what is not theirs (or is not)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from portal import audit
from portal.audit import Event
from portal.refusals import NotFound
from portal.web.csrf import ForgedForm
from portal.web.requests import PortalRequest

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Scope


async def note_denial(error: Exception, scope: Scope) -> None:
    """Litestar's `after_exception` hook. A stranger's id and a missing one leave the same entry."""
    if not isinstance(error, (ForgedForm, NotFound)):
        return
    request = PortalRequest(cast("HTTPScope", scope))
    if request.viewer is None and isinstance(error, NotFound):
        return
    await audit.note(
        Event.DENIED,
        login=request.viewer.login_id if request.viewer else None,
        address=request.address,
        reason=type(error).__name__,
        path=request.url.path[:200],
    )
