"""A stand-in for the operator's network, line by line as well-behaved as one chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from litestar import Response, get, post
from piccolo.columns import Boolean, Integer, Varchar
from piccolo.table import Table
from pydantic import StringConstraints

from portal import phone
from portal.customers.tables import LineKind
from portal.database import connection
from portal.dunning.view.effects import off
from portal.network.port import NetworkRefused, NetworkTimeout
from portal.network.tables import OPEN, BarredServices, Profile
from portal.refusals import N_
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

SLOWNESS = 4.0
MOST = 100


class Behaviour(StrEnum):
    """How the network takes an order for a line."""

    AT_ONCE = "at_once"
    SLOW = "slow"
    SILENT_BUT_DONE = "silent_but_done"
    SILENT = "silent"
    REFUSING = "refusing"


BEHAVIOURS = {
    Behaviour.AT_ONCE: N_("does it at once"),
    Behaviour.SLOW: N_("does it slowly"),
    Behaviour.SILENT_BUT_DONE: N_("does it, but does not answer"),
    Behaviour.SILENT: N_("neither does it nor answers"),
    Behaviour.REFUSING: N_("refuses"),
}


class NetworkLine(BarredServices, Table, tablename="network_lines", schema=SCHEMA):
    """What the network has on a line. One that it was never asked about is open."""

    number = Varchar(20, primary_key=True, default=None)
    voice_out = Boolean(default=False)
    voice_in = Boolean(default=False)
    sms_out = Boolean(default=False)
    data = Boolean(default=False)
    behaviour = Varchar(20, default=Behaviour.AT_ONCE)
    applied = Integer(default=0, help_text="how many orders it carried out")


async def take_its_time() -> None:
    await asyncio.sleep(SLOWNESS)


class SandboxNetwork:
    """`pause` is what «slowly» means; tests give their own."""

    def __init__(self, pause: Callable[[], Awaitable[None]] = take_its_time) -> None:
        self.pause = pause

    async def apply(self, line: str, profile: Profile, reference: str) -> None:  # noqa: ARG002 - the port's signature
        behaviour = await behaviour_of(line)
        if behaviour == Behaviour.REFUSING:
            raise NetworkRefused("the line is being moved to another exchange")
        if behaviour == Behaviour.SILENT:
            raise NetworkTimeout
        if behaviour == Behaviour.SLOW:
            await self.pause()
        await carry_out(line, profile)
        if behaviour == Behaviour.SILENT_BUT_DONE:
            raise NetworkTimeout

    async def profile_of(self, line: str) -> Profile:
        row = await NetworkLine.objects().get(NetworkLine.number == line)
        return row.profile if row is not None else OPEN


async def carry_out(line: str, profile: Profile) -> None:
    async with connection() as connected:
        await connected.execute(APPLY, line, *profile)


async def behaviour_of(line: str) -> Behaviour:
    row = await NetworkLine.objects().get(NetworkLine.number == line)
    return Behaviour(row.behaviour) if row is not None else Behaviour.AT_ONCE


async def behave(line: str, behaviour: Behaviour) -> None:
    """From now on the network takes orders for this line so."""
    async with connection() as connected:
        await connected.execute(BEHAVE, line, behaviour)


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line of a customer with what the network has on it."""

    number: str
    kind: LineKind
    name: str
    voice_out: bool
    voice_in: bool
    sms_out: bool
    data: bool
    behaviour: Behaviour

    @property
    def shown(self) -> str:
        return phone.show(self.number) if self.kind == LineKind.MOBILE else self.number

    @property
    def off(self) -> tuple[str, ...]:
        return off(self.kind, Profile(self.voice_out, self.voice_in, self.sms_out, self.data))


class BehaviourForm(Form):
    line: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    behaviour: Behaviour


@get("/sandbox/network", guards=[anyone])
async def lines(request: PortalRequest) -> Response[bytes]:
    """What the network has on each line, and how it is to behave."""
    known = await KNOWN.all(most=MOST)
    return page(request, "sandbox/network.html", lines=known, behaviours=BEHAVIOURS)


@post("/sandbox/network", guards=[anyone])
async def choose_behaviour(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, BehaviourForm)
    if filled.form is None:
        raise UnreadableForm
    await behave(filled.form.line, filled.form.behaviour)
    return see_other(request, "/sandbox/network")


APPLY = """
    INSERT INTO sandbox.network_lines AS n (number, voice_out, voice_in, sms_out, data, behaviour, applied)
    VALUES ($1, $2, $3, $4, $5, 'at_once', 1)
    ON CONFLICT (number) DO UPDATE SET
        voice_out = excluded.voice_out, voice_in = excluded.voice_in, sms_out = excluded.sms_out,
        data = excluded.data, applied = n.applied + 1
"""
BEHAVE = """
    INSERT INTO sandbox.network_lines (number, voice_out, voice_in, sms_out, data, behaviour, applied)
    VALUES ($1, false, false, false, false, $2, 0)
    ON CONFLICT (number) DO UPDATE SET behaviour = excluded.behaviour
"""
# Lines that something was done with come first; a demo's crowd has more lines than a page can show.
KNOWN = Statement(
    """
    SELECT l.number, l.kind, c.name, coalesce(n.voice_out, false) AS voice_out, coalesce(n.voice_in, false) AS voice_in,
           coalesce(n.sms_out, false) AS sms_out, coalesce(n.data, false) AS data,
           coalesce(n.behaviour, 'at_once') AS behaviour
    FROM lines l JOIN accounts a ON a.id = l.account JOIN customers c ON c.id = a.customer
    LEFT JOIN sandbox.network_lines n ON n.number = l.number
    ORDER BY n.number IS NULL, c.number, l.number LIMIT $1
    """,
    KnownLine,
    ("most",),
)
ROUTES = [lines, choose_behaviour]
