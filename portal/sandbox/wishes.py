"""What the demo's people set and had switched themselves, by the portal's own activities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from portal.customers.tables import Account, Line
from portal.identity.tables import Access
from portal.network.lines import lines_of
from portal.network.tables import Setting
from portal.sandbox.network import Behaviour, behave
from portal.sandbox.past import Deed
from portal.services.switching import ask
from portal.usage.tables import OnReaching, SpendingLimit

A_MOMENT = timedelta(seconds=1)


def limit(line: Line, cents: int, at: datetime) -> SpendingLimit:
    return SpendingLimit(line=line.id, limit_cents=cents, on_reaching=OnReaching.BLOCK, set_at=at)


def switched(line: Line, service: str, at: datetime, *, starts_on: date | None = None) -> Deed:
    return Deed(at, lambda: ask_for(line, service, starts_on, at))


def refused(line: Line, service: str, at: datetime) -> Iterator[Deed]:
    """The network would not do it then; whoever asks again has it."""
    yield Deed(at - A_MOMENT, lambda: behave(line.number, Behaviour.REFUSING, "not_supported"))
    yield Deed(at, lambda: ask_for(line, service, None, at))
    yield Deed(at + A_MOMENT, lambda: behave(line.number, Behaviour.AT_ONCE))


async def ask_for(line: Line, service: str, starts_on: date | None, at: datetime) -> None:
    seen = next(one for one in await lines_of([line.account]) if one.id == line.id)
    customer = Account.select(Account.customer).where(Account.id == line.account)
    access = await Access.objects().where(Access.customer.is_in(customer)).order_by(Access.id).first()
    assert access is not None
    await ask(
        seen,
        service,
        Setting(is_on=True),
        login=access.login,
        begins_at_once=False,
        starts_on=starts_on,
        agreed_cents=None,
        at=at,
    )
