"""Background work of usage: warnings, and what limits switch off and on."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.database import transaction
from portal.jobs import enqueue, job, scheduled
from portal.usage import blocking, forgetting, months, telling
from portal.usage.warning import warn


@job("usage.tell", at_once=4)
async def tell(warnings: str) -> None:
    await telling.tell_each([UUID(warning) for warning in warnings.split()], clock.now())


@job("usage.keep_limits", at_once=4)
async def keep_limits(lines: str) -> None:
    await blocking.keep_each([UUID(line) for line in lines.split()], clock.now())


@job(blocking.ANSWERED, at_once=4)
async def block_answered(order: str) -> None:
    await blocking.tell_what_became(UUID(order), clock.now())


@job("usage.look_again")
async def look_again(line: str) -> None:
    async with transaction() as connected:
        await warn(connected, [UUID(line)], clock.now())


@scheduled("usage.lift_old_blocks_today", "5 22,23 * * *")
async def lift_old_blocks_today() -> None:
    """Just after midnight in Slovenia, in summer and in winter; at the other of the two there is nothing to lift."""
    async with transaction():
        await enqueue("usage.lift_old_blocks", once="usage.lift_old_blocks")


@job("usage.lift_old_blocks")
async def lift_old_blocks() -> None:
    await blocking.lift_old(clock.now())


@scheduled("usage.turn_months", "20 2 * * *")
async def turn_months() -> None:
    await months.lay_months(clock.today())
    await months.drop_months(clock.today())


@scheduled("usage.forget_warnings", "50 1 * * *")
async def forget_warnings() -> None:
    await forgetting.forget_warnings(clock.today())
