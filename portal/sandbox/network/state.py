"""What the sandbox's network has on each line: what of it is barred, and how its services are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from piccolo.columns import Boolean, Integer, Varchar
from piccolo.table import Table

from portal.database import connection
from portal.network.tables import OPEN, BarredServices, Profile, Setting
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement


class NetworkLine(BarredServices, Table, tablename="network_lines", schema=SCHEMA):
    """What is barred on a line. One that it was never asked about is open."""

    number = Varchar(20, primary_key=True, default=None)
    voice_out = Boolean(default=False)
    voice_in = Boolean(default=False)
    sms_out = Boolean(default=False)
    data = Boolean(default=False)
    behaviour = Varchar(20, default="at_once")
    applied = Integer(default=0, help_text="how many orders it carried out")


class NetworkService(Table, tablename="network_services", schema=SCHEMA):
    """How a service of a line is set. One that it was never asked about is off."""

    id = Varchar(62, primary_key=True, default=None, help_text="<line>.<service>")
    number = Varchar(20, index=True, default=None)
    service = Varchar(40, default=None)
    is_on = Boolean(default=None)
    value = Varchar(40, null=True, default=None)
    applied = Integer(default=0, help_text="how many orders it carried out")


async def bar(line: str, profile: Profile) -> None:
    async with connection() as connected:
        await connected.execute(BAR, line, *profile)


async def set_service(line: str, service: str, setting: Setting) -> None:
    async with connection() as connected:
        await connected.execute(SET, line, service, *setting)


async def has_services(line: str, settings: Mapping[str, Setting]) -> None:
    """From now on the line's services are set so, as they were when it was connected. The others stay."""
    async with connection() as connected:
        await connected.executemany(SET, [(line, service, *setting) for service, setting in settings.items()])


async def profile_on(line: str) -> Profile:
    row = await NetworkLine.objects().get(NetworkLine.number == line)
    return row.profile if row is not None else OPEN


async def services_on(line: str) -> dict[str, Setting]:
    return {row.service: Setting(row.is_on, row.value) for row in await SERVICES.all(line=line)}


@dataclass(frozen=True, slots=True)
class ServiceSet:
    service: str
    is_on: bool
    value: str | None


SERVICES = Statement(
    "SELECT service, is_on, value FROM sandbox.network_services WHERE number = $1 ORDER BY service",
    ServiceSet,
    ("line",),
)
BAR = """
    INSERT INTO sandbox.network_lines AS n (number, voice_out, voice_in, sms_out, data, behaviour, applied)
    VALUES ($1, $2, $3, $4, $5, 'at_once', 1)
    ON CONFLICT (number) DO UPDATE SET
        voice_out = excluded.voice_out, voice_in = excluded.voice_in, sms_out = excluded.sms_out,
        data = excluded.data, applied = n.applied + 1
"""
SET = """
    INSERT INTO sandbox.network_services AS n (id, number, service, is_on, value, applied)
    VALUES ($1::varchar || '.' || $2::varchar, $1, $2, $3, $4, 1)
    ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on, value = excluded.value, applied = n.applied + 1
"""
