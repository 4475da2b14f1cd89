"""Measurements that come in as an import brings them: written over what stood there, then warned of, in one go."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal import clock
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Line, LineKind
from portal.database import transaction
from portal.messaging.tables import Message
from portal.messaging.values import load
from portal.messaging.wording import sms_text
from portal.money import Money
from portal.network.lines import lines_of
from portal.network.tables import ServiceOrder
from portal.rows import NewId
from portal.usage import limits
from portal.usage.blocking import CHARGEABLE_USE
from portal.usage.tables import OnReaching
from portal.usage.warning import warn
from tests.people import NOON, Person, saved
from tests.usage.measurements import GB, SINCE, an_allowance, spending
from tests.working import work_off

NIGHT = NOON.replace(hour=21)
"""22.00 in Ljubljana."""
MORNING = (NOON + timedelta(days=1)).replace(hour=7)
NEW_PERIOD = datetime(2026, 12, 1, 9, 0, tzinfo=NOON.tzinfo)


async def uses(
    line: Line,
    used: float,
    *,
    of: int | None = 10,
    code: str = "data",
    kind: AllowanceKind = AllowanceKind.DATA,
    since: date = SINCE,
    shared_by: int | None = None,
    measured_at: datetime | None = None,
    at: datetime = NOON,
) -> None:
    """`used`, `of`: in GB."""
    async with transaction() as connected:
        await connected.execute(
            "DELETE FROM usage_allowances WHERE line = $1 AND code = $2 AND period_from = $3", line.id, code, since
        )
        included = None if of is None else of * GB
        await an_allowance(
            line,
            code,
            kind=kind,
            since=since,
            shared_by=shared_by,
            at=measured_at or at,
            used=int(used * GB),
            included=included,
        )
        await warn(connected, [line.id], at)


async def spends(
    line: Line,
    cents: int,
    *,
    roaming: int = 0,
    since: date = SINCE,
    measured_at: datetime | None = None,
    at: datetime = NOON,
) -> None:
    async with transaction() as connected:
        await connected.execute("DELETE FROM usage_spending WHERE line = $1 AND period_from = $2", line.id, since)
        await spending(line, cents, roaming=roaming, since=since, at=measured_at or at)
        await warn(connected, [line.id], at)


async def limits_spending(
    person: Person, cents: int, on_reaching: OnReaching = OnReaching.WARN, *, at: datetime = NOON
) -> None:
    """As the page does for who has entered a code."""
    line = next(line for line in await lines_of([person.account.id]) if line.id == person.line.id)
    assert person.login is not None
    await limits.put_limit(line, Money(cents), on_reaching, login=person.login.id, is_proven=True, at=at)


async def a_second_line(person: Person, number: str = "+38641999999") -> Line:
    return await saved(
        Line(
            id=NewId().python(),
            account=person.account.id,
            contract=person.contract.id,
            kind=LineKind.MOBILE,
            number=number,
        )
    )


async def work(at: datetime = NOON, *, later: bool = False) -> None:
    """The worker's turn, at that moment."""
    with clock.stopped_at(at):
        await work_off(later=later)


async def told(number: str) -> list[str]:
    """What was decided to be sent to a number or an address, oldest first."""
    messages = await Message.objects().where(Message.recipient == number).order_by(Message.created_at, Message.id)
    return [sms_text(one.template, one.language, load(one.values)) for one in messages]


async def ordered(line: Line) -> list[bool]:
    """What was ordered of chargeable use, oldest first; what was overtaken too."""
    orders = (
        await ServiceOrder.objects()
        .where(ServiceOrder.line == line.id, ServiceOrder.service == CHARGEABLE_USE)
        .order_by(ServiceOrder.asked_at, ServiceOrder.id)
    )
    return [order.is_on for order in orders]
