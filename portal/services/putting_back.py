"""All or nothing: when one change of an occasion is refused, what was done of it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from portal import audit
from portal.database import connection
from portal.network.tables import OFF, Setting
from portal.services import planning
from portal.services.occasions import Terms, write
from portal.services.planning import Change
from portal.services.standing import LineServices, standing_of

log = structlog.get_logger()

ON = Setting(is_on=True)


async def put_back(services: LineServices, occasion: UUID) -> None:
    """The last first, with the line held, in an occasion of ours.

    What somebody has wished anew since, or what others have come to depend on, stays as it is.
    """
    async with connection() as connected:
        done = {row["service"]: row for row in await connected.fetch(DONE_WITH, occasion)}
    now = await standing_of(services.line, services.at)
    changes = reversing(now, [(row["service"], OFF if row["is_on"] else ON) for row in done.values()])
    if not changes:
        return
    undone = {change.service.code: done[change.service.code]["id"] for change in changes}
    await write(now.line.id, changes, Terms(now.at, now.catalogue, undoes=undone))
    log.warning("services put back", line=str(now.line.id), occasion=str(occasion))
    await audit.note(audit.Event.SERVICE_PUT_BACK, account=now.line.account, occasion=str(occasion))


def reversing(services: LineServices, targets: Sequence[tuple[str, Setting]]) -> list[Change]:
    """Those of the targets, one after another, that change nothing besides themselves."""
    has, changes = dict(services.has), list[Change]()
    for code, target in targets:
        plan = planning.plan(services.catalogue, has, code, target)
        if len(plan.changes) == 1:
            changes += plan.changes
            has[code] = target
    return changes


# Of services with a newer wish nothing is taken back, and nothing of what we have put back ourselves.
DONE_WITH = """
    SELECT s.id, s.service, s.is_on FROM switches s
    WHERE s.occasion = $1 AND s.state = 'done' AND s.asked_by IS NOT NULL AND s.withdrawn_at IS NULL AND NOT EXISTS (
        SELECT FROM switches n WHERE n.line = s.line AND n.service = s.service AND n.occasion <> s.occasion
            AND n.asked_at > s.asked_at AND n.state IN ('queued', 'ordered', 'done')
    )
    ORDER BY s.position DESC
"""
