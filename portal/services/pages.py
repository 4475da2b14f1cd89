"""`/services`: every service of one line, how it stands, and what of the line is off for debts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from litestar import Response, get

from portal import clock
from portal.customers.tables import Account
from portal.dunning.view import effects
from portal.dunning.view.pages import to_pay
from portal.dunning.view.standing import standing_of as debts_standing_of
from portal.money import Money
from portal.network.lines import LineSeen, line_among, lines_of
from portal.refusals import NotFound, Refusal
from portal.services.showing import has_ended, look_again_seconds, rows_of
from portal.services.standing import LineServices, ServiceStanding, read_anew, standing_of
from portal.statements import row_of
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest

PATH = "/services"


@dataclass(frozen=True, slots=True)
class Debts:
    """What of the line is off, as msgids, and what to pay. `is_looked_at`: the bills' pages show this account now."""

    account: UUID
    off: tuple[str, ...]
    amount: Money
    is_reconnecting: bool
    is_looked_at: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of the last thing that was asked for. `how`: asked · again · cancelled · withdrawn."""

    one: ServiceStanding
    how: str


HOWS = ("asked", "again", "cancelled", "withdrawn")


@get(PATH, guards=[signed_in])
async def services(request: PortalRequest) -> Response[bytes]:
    """`?line=` chooses one; `&service=…&told=…` comes from switching one of them."""
    account = request.viewer.current.account_id
    asked = request.query_params
    lines = await lines_seen(request)
    line = line_among(lines, asked.get("line"), account)
    if line is None:
        return page(request, "services/no_lines.html", nav="services")
    return await services_page(request, lines, line, (asked.get("service"), asked.get("told")))


async def services_page(
    request: PortalRequest,
    lines: list[LineSeen],
    line: LineSeen,
    asked: tuple[str | None, str | None] = (None, None),
    refusal: Refusal | None = None,
) -> Response[bytes]:
    """`asked`: of which service something was asked, and how; `refusal`: why it was not taken."""
    standing = await fresh_standing(line, request)
    groups, told = rows_of(standing), told_of(standing, *asked)
    return page(
        request,
        "services/services.html",
        status=refusal.status if refusal else 200,
        blocks=("services",),
        nav="services",
        today=clock.day_of(request.at),
        lines=lines,
        line=line,
        services=standing,
        groups=groups,
        has_taps=any(row.tap is not None for _, rows in groups for row in rows),
        debts=await debts_of(request, line),
        has_ended=has_ended(standing),
        look_again=look_again_seconds(standing),
        here=path_of(line, told.one.service.code if told else None, told.how if told else None),
        told=told,
        refusal=refusal,
    )


async def lines_seen(request: PortalRequest) -> list[LineSeen]:
    """Of all accounts of the login."""
    return await lines_of([row.account_id for row in request.viewer.accounts])


async def line_seen(request: PortalRequest, line: UUID) -> LineSeen:
    """Raises NotFound for a stranger's as for a missing one."""
    found = line_among(await lines_seen(request), str(line), line)
    if found is None:
        raise NotFound
    return found


async def fresh_standing(line: LineSeen, request: PortalRequest) -> LineServices:
    """How the services stand; what is known too long already is read anew meanwhile."""
    standing = await standing_of(line, request.at)
    if not has_ended(standing):
        await read_anew(standing)
    return standing


def told_of(standing: LineServices, service: str | None, how: str | None) -> Told | None:
    found = next((one for one in standing.services if one.service.code == service), None)
    return Told(found, how) if found and how in HOWS else None


async def debts_of(request: PortalRequest, line: LineSeen) -> Debts | None:
    """None where nothing of the line is off. Of an account that is not looked at, paying begins with looking at it."""
    if line.barred.is_open:
        return None
    viewer = request.viewer
    account = row_of(Account, [("id", line.account), ("customer", line.customer), ("number", line.account_number)])
    standing = await debts_standing_of(account, clock.day_of(request.at))
    return Debts(
        line.account,
        effects.off(line.kind, line.barred),
        to_pay(standing),
        standing.is_reconnecting,
        viewer.current.account_id == line.account,
    )


def path_of(line: LineSeen, service: str | None = None, how: str | None = None) -> str:
    told = f"&service={service}&told={how}" if service and how else ""
    return f"{PATH}?line={line.id}{told}"


ROUTES = [services]
