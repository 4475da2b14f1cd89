"""The demo's people, each in one interesting state. Their days are counted from `today`, the day they are made."""

from __future__ import annotations

from datetime import date, timedelta

from portal.customers.quantities import GIGABYTE, MEGABYTE, AllowanceKind
from portal.sandbox.company import irena
from portal.sandbox.household import Bond, Household, months_back
from portal.sandbox.past import asked
from portal.sandbox.person import DETAILED, Person, at, monthly_bills
from portal.sandbox.sold import Item, discount, instalment, one_off, roaming, subscription, usage, usual
from portal.sandbox.wishes import limit, refused, switched

ANA = 1
"""The serial of who looks after her mother's line."""


def ana(person: Person, today: date) -> Household:
    """Of the last bill she paid five euros more than it asked for. Roaming is to be on in five days, for a journey.

    Her commitment ends in two months.
    """
    house = person.household("Vrtna ulica 4", today)
    account = house.account()
    line = house.line(account, "mobile-m", person.mobile, bound(today, months=22, cents=12_000))
    newest = today - timedelta(days=11)
    monthly_bills(house, account, months_back(newest, 1), package="mobile-m", months=35)
    house.bill(account, newest, usual("ana", "mobile-m"), above_cents=500, detailed=True)
    house.uses(line)
    house.has(line, "security", call_forwarding="+38640000110")
    house.past = [switched(line, "roaming", at(today - timedelta(days=1), 17), starts_on=today + timedelta(days=5))]
    return house


def marija(person: Person, today: date) -> Household:
    """Ana's mother, whose line Ana looks after. Her data was used up, and she has bought more."""
    house = person.household("Vrtna ulica 4", today, years=3)
    house.seen_by(ANA)
    account = house.account()
    line = house.line(account, "mobile-s", person.mobile)
    monthly_bills(house, account, today - timedelta(days=9), package="mobile-s")
    house.uses(line, now={AllowanceKind.DATA: 5 * GIGABYTE}, more_data=640 * MEGABYTE)
    house.has(line, "own_barring", data_5gb="1")
    return house


def bojan(person: Person, today: date) -> Household:
    """Two bills a month, for the telephone and for its instalments. On day 28 from the first the next fee falls due."""
    house = person.household("Kovaška cesta 17", today)
    account = house.account()
    line = house.line(account, "mobile-m", person.mobile)
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
    house.uses(line, barred_for=timedelta(days=3))
    house.has(line, "roaming", "data_abroad")
    house.past = [asked(person.mobile, "9443", "RACUN", at(today - timedelta(days=1), 16))]
    return house


def cvetka(person: Person, today: date) -> Household:
    house = person.household("Pod lipami 9", today, years=7)
    account = house.account()
    line = house.line(account, "kombo", f"F{person.serial:03d}20417")
    owed: list[Item] = [
        subscription("Naročnina A1 Kombo", 4990),
        one_off("Videoteka, 2 filma", 780),
        discount("Popust za e-račun", 100),
    ]
    monthly_bills(house, account, today - timedelta(days=4), package="kombo", unpaid=[owed, usual("cvetka", "kombo")])
    house.uses(line, barred_for=timedelta(days=7))
    house.has(line, "tv_basic")
    return house


def dejan(person: Person, today: date) -> Household:
    """His data is nearly used up."""
    house = person.household("Na klancu 2", today, years=2)
    account = house.account()
    line = house.line(account, "mobile-s", person.mobile)
    owed: list[Item] = [subscription("Naročnina Mobilni S", 1499), one_off("Dodatni paket podatkov 5 GB", 499)]
    monthly_bills(house, account, today - timedelta(days=18), package="mobile-s", unpaid=[owed])
    house.uses(line, now={AllowanceKind.DATA: 4_710 * MEGABYTE})
    house.has(line, "roaming")
    return house


def eva(person: Person, today: date) -> Household:
    """What she uses was never measured."""
    house = person.household("Sončna pot 31", today, years=1)
    account = house.account()
    house.line(account, "mobile-s", person.mobile)
    monthly_bills(house, account, today - timedelta(days=6), package="mobile-s", unpaid=[usual("eva", "mobile-s")])
    return house


def franc(person: Person, today: date) -> Household:
    """Warned five days ago, he wrote ODLOG10 the day after: he has until six days from today.

    He reached the limit that he set, so what costs extra is switched off; and the network refused him MMS.
    """
    house = person.household("Ob potoku 6", today, years=3)
    account = house.account()
    line = house.line(account, "mobile-m", person.mobile)
    owed: list[Item] = [
        subscription("Naročnina Mobilni M", 3499),
        usage("Klici in sporočila v tujino", 318),
        discount("Popust za e-račun", 100),
    ]
    monthly_bills(house, account, today - timedelta(days=22), package="mobile-m", unpaid=[owed])
    house.uses(line, beyond=[usage("Klici in sporočila v tujino", 2140)])
    house.has(line, "roaming")
    house.rows.append(limit(line, 2000, at(today - timedelta(days=30), 18)))
    house.past = [
        asked(person.mobile, "4040", "ODLOG10", at(today - timedelta(days=4), 17)),
        *refused(line, "premium_090", at(today - timedelta(days=2), 15)),
    ]
    return house


def gabrijela(person: Person, today: date) -> Household:
    """Nobody paid for three months: her contract ended some days ago, in the middle of its commitment."""
    house = person.household("Cesta v log 12", today, years=4)
    account = house.account()
    line = house.line(account, "mobile-m", person.mobile, bound(today, months=14, cents=24_000))
    owed = [usual(f"gabrijela {back}", "mobile-m") for back in range(3)]
    monthly_bills(house, account, today - timedelta(days=30), package="mobile-m", unpaid=owed)
    house.uses(line, is_over=True)
    house.has(line)
    return house


def bound(today: date, *, months: int, cents: int) -> Bond:
    """For two years, of which so many months have passed."""
    return Bond(months_back(today, months), months_back(today, months - 24), cents)


def helena(person: Person, today: date) -> Household:
    """Without a payment her contract ends within days, and the benefit for its commitment is asked back.

    What she uses was last measured two days ago.
    """
    house = person.household("Stara pošta 5", today, years=5)
    account = house.account()
    line = house.line(account, "mobile-m", person.mobile, bound(today, months=10, cents=18_000))
    owed: list[list[Item]] = [
        [subscription("Naročnina Mobilni M", 3499), usage("Klici in sporočila v tujino", 612)],
        [subscription("Naročnina Mobilni M", 3499)],
        [subscription("Naročnina Mobilni M", 3499), usage("Klici na plačljive številke", 1245)],
    ]
    monthly_bills(house, account, today - timedelta(days=16), package="mobile-m", unpaid=owed)
    house.uses(line, standing_for=timedelta(days=2), barred_for=timedelta(days=56))
    house.has(line)
    return house


PEOPLE = (
    Person(1, "Ana Zupan", "+38640000101", "everything is paid; she looks after her mother's line too", ana),
    Person(10, "Marija Zupan", "+38640000110", "Ana's mother, whose line Ana looks after", marija, registered=False),
    Person(2, "Bojan Kralj", "+38640000102", "outgoing calls barred three days ago: €86.45 opens them", bojan),
    Person(3, "Cvetka Mlakar", "+38640000103", "fixed services barred, nothing works at home", cvetka),
    Person(4, "Dejan Hribar", "+38640000104", "warned yesterday, not barred yet; his data is nearly used up", dejan),
    Person(5, "Eva Novak", "+38640000105", "a customer who never registered", eva, registered=False),
    Person(8, "Franc Oblak", "+38640000108", "put the suspension off by SMS; at the limit of what he spends", franc),
    Person(9, "Gabrijela Kos", "+38640000109", "contract ended, the benefit is asked back", gabrijela),
    Person(6, "Helena Golob", "+38640000106", "incoming calls barred too, three bills overdue; her use is old", helena),
    Person(7, "Irena Vidmar", "+38640000107", "a company with three accounts, one of a hundred numbers", irena),
)
