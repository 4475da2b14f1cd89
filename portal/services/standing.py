"""How the services of one line stand: what the network has, what is under way, what is planned and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from portal.clock import day_of
from portal.customers.tables import CustomerKind
from portal.database import transaction
from portal.jobs import enqueue
from portal.network.lines import LineSeen
from portal.network.tables import OFF, Setting
from portal.refusals import NotFound
from portal.services import catalogue, planning
from portal.services.catalogue import Catalogue, Service
from portal.services.planning import Plan
from portal.services.refusals import BarredForDebts, LineEnded, MostReached, NotOffered, StillChecking, SwitchRefused
from portal.services.seen import SEEN, Planned, Refused, Seen, UnderWay
from portal.services.withdrawal_terms import Bought, withdrawable_from

FRESH = timedelta(minutes=5)
"""What was read from the network no longer ago is shown without asking it again."""


@dataclass(frozen=True)
class ServiceStanding:
    """`network`: how the network has it, None where that was never read; `since`: when it was first seen so."""

    service: Service
    network: Setting | None
    since: datetime | None
    desired: Setting
    under_way: UnderWay | None
    planned: Planned | None
    refused: Refused | None
    bought: Bought | None
    cannot: SwitchRefused | None
    """Why it cannot be switched on now (or, when the line has ended, at all); switching off is not held up by debts."""

    @property
    def is_on(self) -> bool | None:
        return None if self.network is None else self.network.is_on

    @property
    def count(self) -> int:
        """How many of a counted one there are, wishes under way included."""
        return planning.count_of(self.desired)

    @property
    def next_setting(self) -> Setting:
        """What one tap asks for: of a counted one one more, else the other of on and off, without a value."""
        if self.service.is_counted:
            return Setting(is_on=True, value=str(self.count + 1))
        return Setting(is_on=not self.desired.is_on)


@dataclass(frozen=True)
class LineServices:
    """All that can be had on a line. `is_consumer`: a person's line, so that purchases can be withdrawn from."""

    line: LineSeen
    catalogue: Catalogue
    at: datetime
    is_consumer: bool
    read_at: datetime | None
    services: list[ServiceStanding]

    def of(self, code: str) -> ServiceStanding:
        """Raises NotFound for a code there is not, NotOffered for one that the line's package does not have."""
        found = next((one for one in self.services if one.service.code == code), None)
        if found is None:
            raise NotOffered if code in self.catalogue.by_code else NotFound
        return found

    @cached_property
    def has(self) -> Mapping[str, Setting]:
        """How everything is set or about to be, for planning."""
        return {one.service.code: one.desired for one in self.services if one.desired.is_on}

    def plan(self, code: str, setting: Setting) -> Plan:
        return planning.plan(self.catalogue, self.has, code, setting)

    @property
    def is_stale(self) -> bool:
        return self.read_at is None or self.at - self.read_at > FRESH or not is_of_month(self.read_at, self.at)


async def standing_of(line: LineSeen, at: datetime) -> LineServices:
    """One statement."""
    edition = catalogue.current(day_of(at))
    offered = edition.of_line(line)
    rows = {row.service: row for row in await SEEN.all(line=line.id, services=[one.code for one in offered])}
    first = next(iter(rows.values()), None)
    return LineServices(
        line=line,
        catalogue=edition,
        at=at,
        is_consumer=first is not None and first.customer_kind == CustomerKind.PERSON,
        read_at=first.read_at if first else None,
        services=[standing_from(service, rows[service.code], line, at) for service in offered],
    )


async def read_anew(services: LineServices) -> None:
    """Have the network read when what is known of the line is missing or old."""
    if services.is_stale:
        async with transaction():
            line = str(services.line.id)
            await enqueue("network.read", once=f"network.read {line}", line=line)


def standing_from(service: Service, seen: Seen, line: LineSeen, at: datetime) -> ServiceStanding:
    desired = seen.wish or seen.network or OFF
    bought = seen.bought(service)
    return ServiceStanding(
        service=service,
        network=seen.network,
        since=seen.since,
        desired=desired,
        under_way=seen.under_way,
        planned=seen.planned,
        refused=seen.refused,
        bought=bought and withdrawable_from(bought, at),
        cannot=cannot(service, seen, desired, line, at),
    )


def cannot(service: Service, seen: Seen, desired: Setting, line: LineSeen, at: datetime) -> SwitchRefused | None:
    """Packages are counted anew each month, so the count of a month that is over says nothing."""
    if line.ended_on is not None and line.ended_on <= day_of(at):
        return LineEnded()
    if seen.read_at is None or (service.is_counted and not is_of_month(seen.read_at, at)):
        return StillChecking()
    if service.is_barred(line.barred):
        return BarredForDebts()
    if not service.is_sold:
        return NotOffered()
    if service.most is not None and planning.count_of(desired) >= service.most:
        return MostReached()
    return None


def is_of_month(moment: datetime, at: datetime) -> bool:
    """In Slovenia."""
    return day_of(moment).replace(day=1) == day_of(at).replace(day=1)
