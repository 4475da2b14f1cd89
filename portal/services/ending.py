"""What the network has confirmed or refused: noted on the switch that asked for it, and what comes after it ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from portal import audit
from portal.database import connection, transaction
from portal.network.lines import LineSeen
from portal.network.tables import OrderState
from portal.services import occasions, telling
from portal.services.planning import is_whole
from portal.services.putting_back import put_back
from portal.services.standing import standing_of
from portal.services.tables import SwitchState
from portal.statements import Statement

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ended:
    """A switch whose order came to an end."""

    id: UUID
    occasion: UUID
    line: UUID
    account: UUID
    service: str
    order_state: OrderState
    refused_as: str | None


async def go_on(order: UUID, at: datetime) -> None:
    """Done once: a switch that was overtaken meanwhile, or is noted already, stays as it is."""
    async with transaction():
        ended = await ENDED.first(order=order)
        if ended is None:
            return
        services = await occasions.held(ended.line, ended.account, at)
        if ended.order_state == OrderState.CONFIRMED:
            await done(ended, at)
        elif await refused(ended, at):
            for occasion in [ended.occasion, *await refuse_what_built_on_it(ended, services.line, at)]:
                await put_back(services, occasion)
                await telling.tell_refused(occasion, at)
        await occasions.advance(ended.line, at)
        await telling.tell_if_ended(ended.occasion, at)


async def done(ended: Ended, at: datetime) -> None:
    async with connection() as connected:
        if await connected.fetchval(DONE, ended.id, at):
            await audit.note(
                audit.Event.SERVICE_DONE, account=ended.account, switch=str(ended.id), service=ended.service
            )


async def refused(ended: Ended, at: datetime) -> bool:
    """It and what waits behind it. False: it was overtaken in the meantime."""
    code = ended.refused_as or "other"
    async with connection() as connected:
        if not await connected.fetchval(REFUSED, ended.id, at, code):
            return False
        await connected.execute(THE_REST, ended.occasion, at, code)
    log.warning("switch refused", switch=str(ended.id), service=ended.service, reason=code)
    await audit.note(
        audit.Event.SERVICE_REFUSED, account=ended.account, switch=str(ended.id), service=ended.service, reason=code
    )
    return True


async def refuse_what_built_on_it(ended: Ended, line: LineSeen, at: datetime) -> list[UUID]:
    """Later wishes that wait, and that are nothing without what was refused. Returns their occasions."""
    found = list[UUID]()
    while (occasion := await no_longer_possible(line, at)) is not None:
        async with connection() as connected:
            await connected.execute(THE_REST, occasion, at, ended.refused_as or "other")
        await audit.note(audit.Event.SERVICE_REFUSED, account=ended.account, occasion=str(occasion))
        found.append(occasion)
    return found


async def no_longer_possible(line: LineSeen, at: datetime) -> UUID | None:
    now = await standing_of(line, at)
    waiting = [one for one in await occasions.OPEN.all(line=line.id) if one.state == SwitchState.QUEUED]
    known = [one for one in waiting if one.service in now.catalogue.by_code]
    return next((one.occasion for one in known if not is_whole(now.catalogue, now.has, one.service)), None)


ENDED = Statement(
    """
    SELECT s.id, s.occasion, s.line, l.account, s.service, o.state AS order_state, o.refused_as
    FROM switches s JOIN service_orders o ON o.id = s."order" JOIN lines l ON l.id = s.line
    WHERE o.id = $1 AND s.state = 'ordered' AND o.state IN ('confirmed', 'refused')
    """,
    Ended,
    ("order",),
)
DONE = "UPDATE switches SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'ordered' RETURNING id"
REFUSED = """
    UPDATE switches SET state = 'refused', ended_at = $2, refused_as = $3
    WHERE id = $1 AND state = 'ordered' RETURNING id
"""
THE_REST = """
    UPDATE switches SET state = 'refused', ended_at = $2, refused_as = $3 WHERE occasion = $1 AND state = 'queued'
"""
