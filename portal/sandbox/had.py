"""Which services the demo's lines have: in the sandbox's network, and as the portal last read them there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.customers.tables import Line, LineKind
from portal.network.tables import ServicesRead, ServiceState
from portal.sandbox.network import NetworkService
from portal.sandbox.sold import known

ALWAYS = {
    LineKind.MOBILE: ("chargeable_use", "voicemail", "mms", "data_after_allowance"),
    LineKind.FIXED: ("chargeable_use",),
}
"""What a line has since it was connected."""


@dataclass(frozen=True, slots=True)
class Had:
    """What is on, on a line. `values`: of what is set to something."""

    line: Line
    services: Sequence[str]
    values: Mapping[str, str] = field(default_factory=dict)

    def rows(self, since: datetime, at: datetime) -> Iterator[NetworkService | ServiceState]:
        for service in self.services:
            value = self.values.get(service)
            where = f"{self.line.number}.{service}"
            yield NetworkService(id=where, number=self.line.number, service=service, is_on=True, value=value, applied=1)
            yield ServiceState(
                id=known(f"service {where}"),
                line=self.line.id,
                service=service,
                is_on=True,
                value=value,
                since=since,
                observed_at=at,
            )


async def write(had: Sequence[Had], since: datetime, at: datetime) -> None:
    if not had:
        return
    rows = [row for one in had for row in one.rows(since, at)]
    await NetworkService.insert(*[row for row in rows if isinstance(row, NetworkService)])
    await ServiceState.insert(*[row for row in rows if isinstance(row, ServiceState)])
    await ServicesRead.insert(*[ServicesRead(line=one.line.id, read_at=at) for one in had])
