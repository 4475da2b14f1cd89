"""The demo's people, each in one interesting state. Their days are counted from `today`, the day they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from portal.billing.tables import BillLineKind
from portal.customers.tables import Account, CustomerKind, Line
from portal.sandbox.household import Bond, Household, months_back
from portal.sandbox.past import asked
from portal.sandbox.sold import Item, discount, instalment, one_off, roaming, subscription, usage, usual

DETAILED = 2
"""So many bills, the newest, tell what was used."""
FLEET = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Who can be met in the demo. `registered`: the telephone signs in; `story` makes what they have."""

    serial: int
    name: str
    mobile: str
    standing: str
    story: Callable[[Person, date], Household]
    registered: bool = True

    def household(self, street: str, today: date, *, years: int = 4, company: str | None = None) -> Household:
        kind = CustomerKind.COMPANY if company else CustomerKind.PERSON
        since = months_back(today, 12 * years) - timedelta(days=self.serial)
        made = Household.named(self.serial, company or self.name, self.mobile, street, since=since, kind=kind)
        if self.registered:
            made.registered(self.name, self.mobile, at(since, 9))
        return made


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def monthly_bills(
    house: Household,
    account: Account,
    newest: date,
    *,
    package: str,
    unpaid: Sequence[Sequence[Item]] = (),
    months: int = 12,
) -> None:
    """A bill a month up to `newest`. The last are as `unpaid` says, oldest first; those before ordinary and paid.

    The last two tell what was used.
    """
    for back in reversed(range(months)):
        issued = months_back(newest, back)
        if back < len(unpaid):
            house.bill(account, issued, unpaid[-1 - back], paid=False, detailed=back < DETAILED)
        else:
            house.bill(account, issued, usual(f"{account.number} {back}", package), detailed=back < DETAILED)


def ana(person: Person, today: date) -> Household:
    """Of the last bill she paid five euros more than it asked for."""
    house = person.household("Vrtna ulica 4", today)
    account = house.account()
    house.line(account, "mobile-m", person.mobile)
    newest = today - timedelta(days=11)
    monthly_bills(house, account, months_back(newest, 1), package="mobile-m", months=35)
    house.bill(account, newest, usual("ana", "mobile-m"), above_cents=500, detailed=True)
    return house


def bojan(person: Person, today: date) -> Household:
    """Two bills a month, for the telephone and for its instalments. On day 28 from the first the next fee falls due."""
    house = person.household("Kovaška cesta 17", today)
    account = house.account()
    house.line(account, "mobile-m", person.mobile)
    monthly, parts = today - timedelta(days=24), today - timedelta(days=20)
    unpaid: list[Item] = [
        subscription("Naročnina Mobilni M", 3499),
        roaming("Gostovanje izven EU", 1599),
        usage("Klici in sporočila v tujino", 1148),
        discount("Popust za e-račun", 100),
    ]
    for back in reversed(range(12)):
        number = 24 - back - 7
        items = unpaid if back == 0 else usual(f"{account.number} {back}", "mobile-m")
        house.bill(account, months_back(monthly, back), items, paid=back > 0, detailed=back < DETAILED)
        house.bill(account, months_back(parts, back), [instalment(number, 24, "telefon", 2499)], paid=back > 0)
    house.past = [asked(person.mobile, "9443", "RACUN", at(today - timedelta(days=1), 16))]
    return house


def cvetka(person: Person, today: date) -> Household:
    house = person.household("Pod lipami 9", today, years=7)
    account = house.account()
    house.line(account, "kombo", f"F{person.serial:03d}20417")
    owed: list[Item] = [
        subscription("Naročnina A1 Kombo", 4990),
        one_off("Videoteka, 2 filma", 780),
        discount("Popust za e-račun", 100),
    ]
    monthly_bills(house, account, today - timedelta(days=4), package="kombo", unpaid=[owed, usual("cvetka", "kombo")])
    return house


def dejan(person: Person, today: date) -> Household:
    house = person.household("Na klancu 2", today, years=2)
    account = house.account()
    house.line(account, "mobile-s", person.mobile)
    owed: list[Item] = [subscription("Naročnina Mobilni S", 1499), one_off("Dodatni paket podatkov 5 GB", 499)]
    monthly_bills(house, account, today - timedelta(days=18), package="mobile-s", unpaid=[owed])
    return house


def eva(person: Person, today: date) -> Household:
    house = person.household("Sončna pot 31", today, years=1)
    account = house.account()
    house.line(account, "mobile-s", person.mobile)
    monthly_bills(house, account, today - timedelta(days=6), package="mobile-s", unpaid=[usual("eva", "mobile-s")])
    return house


def franc(person: Person, today: date) -> Household:
    """Warned five days ago, he wrote ODLOG10 the day after: he has until six days from today."""
    house = person.household("Ob potoku 6", today, years=3)
    account = house.account()
    house.line(account, "mobile-m", person.mobile)
    owed: list[Item] = [
        subscription("Naročnina Mobilni M", 3499),
        usage("Klici in sporočila v tujino", 318),
        discount("Popust za e-račun", 100),
    ]
    monthly_bills(house, account, today - timedelta(days=22), package="mobile-m", unpaid=[owed])
    house.past = [asked(person.mobile, "4040", "ODLOG10", at(today - timedelta(days=4), 17))]
    return house


def gabrijela(person: Person, today: date) -> Household:
    """Nobody paid for three months: her contract ended some days ago, in the middle of its commitment."""
    house = person.household("Cesta v log 12", today, years=4)
    account = house.account()
    house.line(account, "mobile-m", person.mobile, bound(today, months=14, cents=24_000))
    owed = [usual(f"gabrijela {back}", "mobile-m") for back in range(3)]
    monthly_bills(house, account, today - timedelta(days=30), package="mobile-m", unpaid=owed)
    return house


def bound(today: date, *, months: int, cents: int) -> Bond:
    """For two years, of which so many months have passed."""
    return Bond(months_back(today, months), months_back(today, months - 24), cents)


def helena(person: Person, today: date) -> Household:
    """Without a payment her contract ends within days, and the benefit for its commitment is asked back."""
    house = person.household("Stara pošta 5", today, years=5)
    account = house.account()
    house.line(account, "mobile-m", person.mobile, bound(today, months=10, cents=18_000))
    owed: list[list[Item]] = [
        [subscription("Naročnina Mobilni M", 3499), usage("Klici in sporočila v tujino", 612)],
        [subscription("Naročnina Mobilni M", 3499)],
        [subscription("Naročnina Mobilni M", 3499), usage("Klici na plačljive številke", 1245)],
    ]
    monthly_bills(house, account, today - timedelta(days=16), package="mobile-m", unpaid=owed)
    return house


def irena(person: Person, today: date) -> Household:
    house = person.household("Industrijska ulica 12", today, years=6, company="Modri kozolec d.o.o.")
    sales, workshop = house.account(), house.account()
    for last in range(1, 6):
        house.line(sales, "mobile-m", f"+3864000071{last}")
    house.line(workshop, "kombo", f"F{person.serial:03d}30555")
    bill_sales(house, sales, today - timedelta(days=8))
    monthly_bills(house, workshop, today - timedelta(days=12), package="kombo")
    hire_drivers(house, today - timedelta(days=9))
    return house


def bill_sales(house: Household, sales: Account, newest: date) -> None:
    """What the bill before the last asked for by mistake was given back, and settled a part of the newest."""
    staff = [subscription("Naročnina Mobilni M", 3499, line) for line in house.lines if line.account == sales.id]
    for back in range(11, 1, -1):
        house.bill(sales, months_back(newest, back), staff)
    extra = Item("Dodatni paket podatkov 5 GB", 499, BillLineKind.ONE_OFF, line=staff[0].line)
    wrong = house.bill(sales, months_back(newest, 1), [*staff, extra])
    last = house.bill(sales, newest, staff, paid=False)
    returned = replace(extra, said="Dodatni paket podatkov 5 GB, ki ga niste naročili", cents=-extra.cents)
    house.credit_note(wrong, newest - timedelta(days=3), [returned], settles=last)


def hire_drivers(house: Household, newest: date) -> None:
    """A fleet with four positions for each of its numbers on one bill; a month ago it had four numbers less."""
    account = house.account()
    lines = [house.line(account, "mobile-s", f"+38640000{800 + n}") for n in range(FLEET)]
    house.bill(account, months_back(newest, 1), [item for line in lines[4:] for item in of_driver(line, 0)])
    house.bill(account, newest, [item for line in lines for item in of_driver(line, 1)], paid=False)


def of_driver(line: Line, month: int) -> list[Item]:
    last = int(line.number[-2:])
    return [
        subscription("Naročnina Mobilni S", 1499, line),
        usage("Klici in sporočila v tujino", 120 + (last * 37 + month * (last % 9 == 0) * 410) % 700, line),
        Item("Najem telefona", 390, BillLineKind.OTHER, line=line),
        discount("Popust za poslovne uporabnike", 250, line),
    ]


PEOPLE = (
    Person(1, "Ana Zupan", "+38640000101", "everything is paid, five euros stand to her credit", ana),
    Person(2, "Bojan Kralj", "+38640000102", "outgoing calls barred three days ago: €86.45 opens them", bojan),
    Person(3, "Cvetka Mlakar", "+38640000103", "fixed services barred, nothing works at home", cvetka),
    Person(4, "Dejan Hribar", "+38640000104", "warned yesterday, not barred yet", dejan),
    Person(5, "Eva Novak", "+38640000105", "a customer who never registered", eva, registered=False),
    Person(8, "Franc Oblak", "+38640000108", "put the suspension off by SMS, six days are left", franc),
    Person(9, "Gabrijela Kos", "+38640000109", "contract ended, the benefit is asked back", gabrijela),
    Person(6, "Helena Golob", "+38640000106", "incoming calls barred too, three bills overdue", helena),
    Person(7, "Irena Vidmar", "+38640000107", "a company with three accounts, one of a hundred numbers", irena),
)
