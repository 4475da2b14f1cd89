"""The demo's people, each in one interesting state. Their days are counted from `today`, the day they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from portal.customers.tables import Account, CustomerKind
from portal.sandbox.household import Bond, Household, months_back
from portal.sandbox.past import asked
from portal.sandbox.sold import Item, usual


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
    """A bill a month up to `newest`. The last are as `unpaid` says, oldest first; those before ordinary and paid."""
    for back in reversed(range(months)):
        issued = months_back(newest, back)
        if back < len(unpaid):
            house.bill(account, issued, unpaid[-1 - back], paid=False)
        else:
            house.bill(account, issued, usual(f"{account.number} {back}", package))


def ana(person: Person, today: date) -> Household:
    house = person.household("Vrtna ulica 4", today)
    account = house.account()
    house.line(account, "mobile-m", person.mobile)
    monthly_bills(house, account, today - timedelta(days=11), package="mobile-m", months=36)
    return house


def bojan(person: Person, today: date) -> Household:
    """Two bills a month, for the telephone and for its instalments. On day 28 from the first the next fee falls due."""
    house = person.household("Kovaška cesta 17", today)
    account = house.account()
    house.line(account, "mobile-m", person.mobile)
    monthly, instalment = today - timedelta(days=24), today - timedelta(days=20)
    unpaid: list[Item] = [
        ("Naročnina Mobilni M", 3499),
        ("Gostovanje izven EU", 1599),
        ("Klici in sporočila v tujino", 1148),
        ("Popust za e-račun", -100),
    ]
    for back in reversed(range(12)):
        number = 24 - back - 7
        items = unpaid if back == 0 else usual(f"{account.number} {back}", "mobile-m")
        house.bill(account, months_back(monthly, back), items, paid=back > 0)
        house.bill(account, months_back(instalment, back), [(f"Obrok {number} od 24, telefon", 2499)], paid=back > 0)
    house.past = [asked(person.mobile, "9443", "RACUN", at(today - timedelta(days=1), 16))]
    return house


def cvetka(person: Person, today: date) -> Household:
    house = person.household("Pod lipami 9", today, years=7)
    account = house.account()
    house.line(account, "kombo", f"F{person.serial:03d}20417")
    owed: list[Item] = [("Naročnina A1 Kombo", 4990), ("Videoteka, 2 filma", 780), ("Popust za e-račun", -100)]
    monthly_bills(house, account, today - timedelta(days=4), package="kombo", unpaid=[owed, usual("cvetka", "kombo")])
    return house


def dejan(person: Person, today: date) -> Household:
    house = person.household("Na klancu 2", today, years=2)
    account = house.account()
    house.line(account, "mobile-s", person.mobile)
    owed: list[Item] = [("Naročnina Mobilni S", 1499), ("Dodatni paket podatkov 5 GB", 499)]
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
        ("Naročnina Mobilni M", 3499),
        ("Klici in sporočila v tujino", 318),
        ("Popust za e-račun", -100),
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
        [("Naročnina Mobilni M", 3499), ("Klici in sporočila v tujino", 612)],
        [("Naročnina Mobilni M", 3499)],
        [("Naročnina Mobilni M", 3499), ("Klici na plačljive številke", 1245)],
    ]
    monthly_bills(house, account, today - timedelta(days=16), package="mobile-m", unpaid=owed)
    return house


def irena(person: Person, today: date) -> Household:
    house = person.household("Industrijska ulica 12", today, years=6, company="Modri kozolec d.o.o.")
    sales, workshop = house.account(), house.account()
    for last in range(1, 6):
        house.line(sales, "mobile-m", f"+3864000071{last}")
    house.line(workshop, "kombo", f"F{person.serial:03d}30555")
    fleet: list[Item] = [(f"Naročnina Mobilni M, 040 000 71{last}", 3499) for last in range(1, 6)]
    monthly_bills(house, sales, today - timedelta(days=8), package="mobile-m", unpaid=[fleet])
    monthly_bills(house, workshop, today - timedelta(days=12), package="kombo")
    return house


PEOPLE = (
    Person(1, "Ana Zupan", "+38640000101", "everything is paid", ana),
    Person(2, "Bojan Kralj", "+38640000102", "outgoing calls barred three days ago: €86.45 opens them", bojan),
    Person(3, "Cvetka Mlakar", "+38640000103", "fixed services barred, nothing works at home", cvetka),
    Person(4, "Dejan Hribar", "+38640000104", "warned yesterday, not barred yet", dejan),
    Person(5, "Eva Novak", "+38640000105", "a customer who never registered", eva, registered=False),
    Person(8, "Franc Oblak", "+38640000108", "put the suspension off by SMS, six days are left", franc),
    Person(9, "Gabrijela Kos", "+38640000109", "contract ended, the benefit is asked back", gabrijela),
    Person(6, "Helena Golob", "+38640000106", "incoming calls barred too, three bills overdue", helena),
    Person(7, "Irena Vidmar", "+38640000107", "a company with two accounts and six lines", irena),
)
