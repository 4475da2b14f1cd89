"""Asking in a story, and looking at what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.money import Money
from portal.network.lines import LineSeen, lines_of
from portal.network.switching import read_services
from portal.network.tables import OFF, LineState, Profile, ServiceOrder, Setting
from portal.services import catalogue, switching
from portal.services.catalogue import Catalogue
from portal.services.standing import LineServices, ServiceStanding, standing_of
from portal.services.switching import Asked
from portal.services.tables import Switch
from tests.people import NOON, Person
from tests.working import work_off

ON = Setting(is_on=True)


def count(number: int) -> Setting:
    return Setting(is_on=True, value=str(number))


def to(number: str) -> Setting:
    return Setting(is_on=True, value=number)


async def read(person: Person) -> Person:
    """The network was asked what the line has."""
    await read_services(person.line.id, NOON)
    return person


async def barred(person: Person, profile: Profile, at: datetime = NOON) -> None:
    """The network reports the line as barred for debts."""
    await LineState(line=person.line.id, observed_at=at, **profile._asdict()).save()


def dearer(code: str, price: str) -> Catalogue:
    """The catalogue in force, with another price of one service."""
    edition = catalogue.read(catalogue.FOLDER / "1.toml")
    services = tuple(
        one.model_copy(update={"price": Money.parse(price)}) if one.code == code else one for one in edition.services
    )
    return edition.model_copy(update={"services": services})


async def line(person: Person) -> LineSeen:
    [seen] = await lines_of([person.account.id])
    return seen


async def services(person: Person, at: datetime = NOON) -> LineServices:
    return await standing_of(await line(person), at)


async def standing(person: Person, code: str, at: datetime = NOON) -> ServiceStanding:
    return (await services(person, at)).of(code)


async def ask(
    person: Person,
    code: str,
    setting: Setting = ON,
    *,
    at: datetime = NOON,
    starts_on: date | None = None,
    begins_at_once: bool = True,
    agreed: int | None = None,
) -> Asked:
    """As somebody who agrees to the price that the page shows, unless `agreed` says what they saw."""
    assert person.login is not None
    shown = await services(person, at)
    price = shown.plan(code, setting).agreed.cents if agreed is None else agreed
    return await switching.ask(
        shown.line,
        code,
        setting,
        login=person.login.id,
        begins_at_once=begins_at_once,
        starts_on=starts_on,
        agreed_cents=price,
        at=at,
    )


async def has(person: Person, code: str, setting: Setting = ON, **asked: Any) -> Asked:
    """Asked for, and done."""
    made = await ask(person, code, setting, **asked)
    await work_off()
    return made


async def withdraw(person: Person, asked: Asked, *, at: datetime = NOON) -> None:
    assert person.login is not None
    assert asked.switch is not None
    await switching.withdraw(await line(person), asked.switch, login=person.login.id, at=at)


async def switches(person: Person) -> list[Switch]:
    """Oldest first."""
    return await Switch.objects().where(Switch.line == person.line.id).order_by(Switch.asked_at, Switch.id)


async def states(person: Person) -> list[str]:
    """`tv_plus on done`, oldest first."""
    return [f"{one.service} {'on' if one.is_on else 'off'} {one.state}" for one in await switches(person)]


async def orders(person: Person) -> list[ServiceOrder]:
    """What the network was asked, oldest first."""
    return await ServiceOrder.objects().where(ServiceOrder.line == person.line.id).order_by(ServiceOrder.id)


async def network_has(person: Person, code: str, at: datetime = NOON) -> Setting:
    """What is shown as the network's."""
    return (await standing(person, code, at)).network or OFF
