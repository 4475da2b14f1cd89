"""Lines of customers with what the sandbox's network has on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from portal import phone
from portal.customers.tables import LineKind, PackageKind
from portal.dunning.view.effects import off
from portal.network.tables import OFF, Profile, Setting
from portal.sandbox.network.behaviours import Behaviour
from portal.sandbox.network.state import services_on
from portal.services import catalogue
from portal.statements import Statement

MOST = 100


@dataclass(frozen=True, slots=True)
class KnownLine:
    """`services`: the codes of those that are on. `under_way`: how many orders it took and has not done yet."""

    number: str
    kind: LineKind
    package: PackageKind
    name: str
    voice_out: bool
    voice_in: bool
    sms_out: bool
    data: bool
    behaviour: Behaviour
    reason: str
    services: list[str]
    under_way: int

    @property
    def shown(self) -> str:
        return phone.show(self.number) if self.kind == LineKind.MOBILE else self.number

    @property
    def profile(self) -> Profile:
        return Profile(self.voice_out, self.voice_in, self.sms_out, self.data)

    @property
    def off(self) -> tuple[str, ...]:
        return off(self.kind, self.profile)

    @property
    def path(self) -> str:
        return f"/sandbox/network/{quote(self.number)}"


async def services_of(line: KnownLine, today: date) -> dict[str, Setting]:
    """Those of its package, as the catalogue has them, and whatever else the network has on it."""
    offered = [service.code for service in catalogue.current(today).services if line.package in service.packages]
    return dict.fromkeys(offered, OFF) | await services_on(line.number)


def names(today: date, language: str) -> dict[str, str]:
    """Code → name, of the services that customers switch."""
    return {service.code: service.name(language) for service in catalogue.current(today).services}


async def known_lines() -> list[KnownLine]:
    """Those that something was done with come first; a demo's crowd has more lines than a page can show."""
    return await KNOWN.all(number=None, most=MOST)


async def known_line(number: str) -> KnownLine | None:
    return await KNOWN.first(number=number, most=1)


KNOWN = Statement(
    """
    SELECT l.number, l.kind, p.kind AS package, c.name, coalesce(n.voice_out, false) AS voice_out,
           coalesce(n.voice_in, false) AS voice_in, coalesce(n.sms_out, false) AS sms_out,
           coalesce(n.data, false) AS data, coalesce(n.behaviour, 'at_once') AS behaviour,
           coalesce(r.code, 'line_moving') AS reason,
           ARRAY(SELECT s.service FROM sandbox.network_services s WHERE s.number = l.number AND s.is_on ORDER BY 1)
               AS services,
           (SELECT count(*) FROM sandbox.network_orders o WHERE o.number = l.number AND o.stage = 'under_way')
               AS under_way
    FROM lines l JOIN accounts a ON a.id = l.account JOIN customers c ON c.id = a.customer
    JOIN contracts t ON t.id = l.contract JOIN packages p ON p.id = t.package
    LEFT JOIN sandbox.network_lines n ON n.number = l.number
    LEFT JOIN sandbox.network_reasons r ON r.number = l.number
    WHERE $1::varchar IS NULL OR l.number = $1
    ORDER BY n.number IS NULL, c.number, l.number LIMIT $2
    """,
    KnownLine,
    ("number", "most"),
)
