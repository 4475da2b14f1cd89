"""What the demo's people bought, what an ordinary month of it costs and what is used in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from random import Random

from portal.billing.tables import BillLineKind
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Line, Package, PackageKind

NAMESPACE = uuid.UUID("6f0c5b0e-4d2b-5a5e-9a0e-0d2f6a1c7b11")
GIGABYTE = 10**9
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Item:
    """What a line of a bill says, and its cents with VAT. `line`: of which it is; None: the account's only one."""

    said: str
    cents: int
    kind: BillLineKind
    instalment: tuple[int, int] | None = None
    line: Line | None = None


def subscription(said: str, cents: int, line: Line | None = None) -> Item:
    return Item(said, cents, BillLineKind.SUBSCRIPTION, line=line)


def usage(said: str, cents: int, line: Line | None = None) -> Item:
    return Item(said, cents, BillLineKind.USAGE, line=line)


def roaming(said: str, cents: int) -> Item:
    return Item(said, cents, BillLineKind.ROAMING)


def one_off(said: str, cents: int) -> Item:
    return Item(said, cents, BillLineKind.ONE_OFF)


def discount(said: str, cents: int, line: Line | None = None) -> Item:
    return Item(said, -cents, BillLineKind.DISCOUNT, line=line)


def instalment(number: int, of: int, what: str, cents: int) -> Item:
    return Item(f"Obrok {number} od {of}, {what}", cents, BillLineKind.INSTALMENT, (number, of))


def known(what: str) -> uuid.UUID:
    """An id made from a name, so that the same person has the same links in every demo."""
    return uuid.uuid5(NAMESPACE, what)


def sold(code: str, kind: PackageKind, name: str, cents: int) -> Package:
    return Package(id=known(f"package {code}"), code=code, kind=kind, name=name, monthly_cents=cents)


PACKAGES = {
    "mobile-m": sold("mobile-m", PackageKind.MOBILE, "Mobilni M", 3499),
    "mobile-s": sold("mobile-s", PackageKind.MOBILE, "Mobilni S", 1499),
    "kombo": sold("kombo", PackageKind.KOMBO, "A1 Kombo", 4990),
}
INCLUDED: dict[str, dict[AllowanceKind, int | None]] = {
    "mobile-m": {
        AllowanceKind.CALLS: None,
        AllowanceKind.MESSAGES: None,
        AllowanceKind.DATA: 20 * GIGABYTE,
        AllowanceKind.ROAMING_DATA: 6 * GIGABYTE,
    },
    "mobile-s": {AllowanceKind.CALLS: 500 * MINUTE, AllowanceKind.MESSAGES: 100, AllowanceKind.DATA: 5 * GIGABYTE},
    "kombo": {AllowanceKind.CALLS: 1000 * MINUTE},
}
ORDINARY = {
    AllowanceKind.CALLS: (40 * MINUTE, 240 * MINUTE),
    AllowanceKind.MESSAGES: (4, 30),
    AllowanceKind.ROAMING_DATA: (0, GIGABYTE),
}
"""What people use in a month, at least and at most; of data a share of what is included."""


def used(seed: str, package: str) -> list[tuple[AllowanceKind, int, int | None]]:
    """How much was used in a month of what the package includes: never all of it."""
    chance = Random(seed)
    return [
        (kind, chance.randrange(*ORDINARY.get(kind, ((included or 0) // 8, (included or 0) * 9 // 10))), included)
        for kind, included in INCLUDED[package].items()
    ]


def usual(seed: str, package: str) -> list[Item]:
    """An ordinary month of `package`: its price, some calls, the discount for an electronic bill."""
    chance = Random(seed)
    extras: list[list[Item]] = [
        [usage("Klici in sporočila v tujino", chance.randrange(60, 900))],
        [roaming("Gostovanje v tujini (EU)", chance.randrange(150, 1200))],
        [one_off("Dodatni paket podatkov 5 GB", 499)],
        [],
        [],
    ]
    monthly = PACKAGES[package]
    return [
        subscription(f"Naročnina {monthly.name}", monthly.monthly_cents),
        *chance.choice(extras),
        discount("Popust za e-račun", 100),
    ]


async def save_packages() -> None:
    await Package.insert(*PACKAGES.values()).on_conflict(action="DO NOTHING")
