"""Orders that the sandbox's network took and does a while later, before it answers whoever asks it next."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from piccolo.columns import Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.database import connection, transaction
from portal.network.port import Became, NetworkRefused, OrderForgotten
from portal.network.tables import Profile, Setting
from portal.rows import Identified
from portal.sandbox.network.behaviours import REFUSALS
from portal.sandbox.network.state import bar, set_service
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement

AWHILE = timedelta(seconds=20)


class Stage(StrEnum):
    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"


class NetworkOrder(Identified, Table, tablename="network_orders", schema=SCHEMA):
    """`desired`: as JSON the four of a profile, or a service's setting."""

    number = Varchar(20, default=None)
    service = Varchar(40, null=True, default=None)
    desired = Text(default=None)
    fails_as = Varchar(40, null=True, default=None)
    stage = Varchar(10, default=Stage.UNDER_WAY)
    due_at = Timestamptz(default=None)


@dataclass(frozen=True, slots=True)
class Taken:
    """An order as a statement reads it."""

    id: UUID
    number: str
    service: str | None
    desired: str
    fails_as: str | None
    stage: Stage


async def carry_out(line: str, service: str | None, desired: Iterable[Any]) -> None:
    """`desired`: the four of a profile, or a service's setting."""
    if service is None:
        await bar(line, Profile(*desired))
    else:
        await set_service(line, service, Setting(*desired))


async def put_off(
    line: str, service: str | None, desired: Profile | Setting, *, fails_as: str | None, at: datetime
) -> str:
    """Take an order that will be done, or will fail, in a while. Returns where one asks what became of it."""
    order = NetworkOrder(
        number=line, service=service, desired=json.dumps(desired), fails_as=fails_as, due_at=at + AWHILE
    )
    await order.save()
    return str(order.id)


async def finish(line: str) -> None:
    """Whatever the network has taken for a line it does now."""
    async with connection() as connected:
        await connected.execute("UPDATE sandbox.network_orders SET due_at = '-infinity' WHERE number = $1", line)


async def catch_up(at: datetime) -> None:
    """Do what is due, in the order in which it came."""
    async with transaction():
        due = await DUE.all(at=at)
        for order in sorted(due, key=lambda order: order.id):
            if order.fails_as is None:
                await carry_out(order.number, order.service, json.loads(order.desired))


async def became(under_way: str) -> Became:
    """Raises OrderForgotten for an order that it never took."""
    order = await TAKEN.first(id=under_way)
    if order is None:
        raise OrderForgotten
    if order.stage == Stage.FAILED and order.fails_as is not None:
        raise NetworkRefused(REFUSALS[order.fails_as], order.fails_as)
    return Became.DONE if order.stage == Stage.DONE else Became.UNDER_WAY


TAKEN = Statement(
    "SELECT id, number, service, desired, fails_as, stage FROM sandbox.network_orders WHERE id::text = $1",
    Taken,
    ("id",),
)
DUE = Statement(
    """
    UPDATE sandbox.network_orders SET stage = CASE WHEN fails_as IS NULL THEN 'done' ELSE 'failed' END
    WHERE stage = 'under_way' AND due_at <= $1
    RETURNING id, number, service, desired, fails_as, stage
    """,
    Taken,
    ("at",),
)
