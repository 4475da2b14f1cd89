"""Irena's company: three accounts, salespeople who share their data, and a fleet of a hundred numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from portal.billing.tables import BillLineKind
from portal.customers.tables import Account, Line
from portal.sandbox.household import Household, months_back
from portal.sandbox.metered import Pool
from portal.sandbox.person import Person, monthly_bills
from portal.sandbox.sold import GIGABYTE, Item, discount, roaming, subscription, usage

FLEET = 100
SHARED = Pool(("Skupni podatki podjetja", "The company's shared data"), 100 * GIGABYTE, shared_by=4)


def irena(person: Person, today: date) -> Household:
    house = person.household("Industrijska ulica 12", today, years=6, company="Modri kozolec d.o.o.")
    sales, workshop = house.account(), house.account()
    for last in range(1, 6):
        house.line(sales, "mobile-m", f"+3864000071{last}")
    house.line(workshop, "kombo", f"F{person.serial:03d}30555")
    bill_sales(house, sales, today - timedelta(days=8))
    monthly_bills(house, workshop, today - timedelta(days=12), package="kombo")
    hire_drivers(house, today - timedelta(days=9))
    work(house)
    return house


def work(house: Household) -> None:
    """Four salespeople share data, of whom one has roamed for nearly all that may be spent so; of the fifth nothing is
    known yet.
    """
    for n, seller in enumerate(house.lines[:4]):
        house.uses(seller, pool=SHARED, beyond=[roaming("Gostovanje izven EU", 5190)] if n == 0 else [])
        house.has(seller, "roaming", "data_abroad")
    workshop = house.lines[5]
    house.uses(workshop)
    house.has(workshop, "static_address", "tv_plus", "tv_sport")
    for driver in house.lines[6:]:
        house.uses(driver, is_itemised=False)


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
