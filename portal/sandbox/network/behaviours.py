"""How the sandbox's network takes orders: each line as one chooses, and all of them silent while it is down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from piccolo.columns import Timestamptz, Varchar
from piccolo.table import Table

from portal.database import connection
from portal.network.port import NetworkRefused
from portal.refusals import N_
from portal.rows import Identified
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement


class Behaviour(StrEnum):
    """How the network takes an order for a line."""

    AT_ONCE = "at_once"
    SLOW = "slow"
    LATER = "later"
    LATER_FAILING = "later_failing"
    SILENT_BUT_DONE = "silent_but_done"
    SILENT = "silent"
    REFUSING = "refusing"


BEHAVIOURS = {
    Behaviour.AT_ONCE: N_("does it at once"),
    Behaviour.SLOW: N_("does it slowly"),
    Behaviour.LATER: N_("takes it and does it later"),
    Behaviour.LATER_FAILING: N_("takes it and fails later"),
    Behaviour.SILENT_BUT_DONE: N_("does it, but does not answer"),
    Behaviour.SILENT: N_("neither does it nor answers"),
    Behaviour.REFUSING: N_("refuses"),
}
LINE_MOVING = "line_moving"
REFUSALS = {
    LINE_MOVING: "the line is being moved to another exchange",
    "not_supported": "the card in the phone does not support it",
    "conflict": "another service of the line excludes it",
    "invalid_value": "calls cannot be forwarded to this number",
    "not_reachable": "it has not reached this address yet",
    "barred": "the line is barred",
}
"""The network's code of why → its words, for staff."""


class NetworkReason(Table, tablename="network_reasons", schema=SCHEMA):
    """Why the network says no for a line, or fails later."""

    number = Varchar(20, primary_key=True, default=None)
    code = Varchar(40, default=None)


class NetworkOutage(Identified, Table, tablename="network_outages", schema=SCHEMA):
    """The whole network is down while there is one."""

    since = Timestamptz(default=None)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the network takes the next order for a line."""

    behaviour: Behaviour
    reason: str
    is_down: bool

    @property
    def refusal(self) -> NetworkRefused:
        return NetworkRefused(REFUSALS[self.reason], self.reason)


async def manner_of(line: str) -> Manner:
    (manner,) = await MANNER.all(line=line)
    return manner


async def behave(line: str, behaviour: Behaviour, reason: str = LINE_MOVING) -> None:
    """From now on the network takes orders for this line so. `reason`: a key of REFUSALS, why it refuses or fails."""
    async with connection() as connected:
        await connected.execute(BEHAVE, line, behaviour)
        await connected.execute(GIVE_REASON, line, reason)


async def is_down() -> bool:
    return await NetworkOutage.exists()


async def take_down(at: datetime) -> None:
    """Nothing is answered any more, neither orders nor questions."""
    await NetworkOutage(since=at).save()


async def bring_up() -> None:
    await NetworkOutage.delete(force=True)


MANNER = Statement(
    """
    SELECT coalesce(n.behaviour, 'at_once') AS behaviour, coalesce(r.code, 'line_moving') AS reason,
           EXISTS (SELECT FROM sandbox.network_outages) AS is_down
    FROM (VALUES ($1::varchar)) AS asked (number)
    LEFT JOIN sandbox.network_lines n USING (number)
    LEFT JOIN sandbox.network_reasons r USING (number)
    """,
    Manner,
    ("line",),
)
BEHAVE = """
    INSERT INTO sandbox.network_lines (number, voice_out, voice_in, sms_out, data, behaviour, applied)
    VALUES ($1, false, false, false, false, $2, 0)
    ON CONFLICT (number) DO UPDATE SET behaviour = excluded.behaviour
"""
GIVE_REASON = """
    INSERT INTO sandbox.network_reasons (number, code) VALUES ($1, $2)
    ON CONFLICT (number) DO UPDATE SET code = excluded.code
"""
