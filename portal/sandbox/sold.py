"""What the demo's people bought, and what an ordinary month of it costs."""

from __future__ import annotations

import uuid
from random import Random

from portal.customers.tables import Package, PackageKind

NAMESPACE = uuid.UUID("6f0c5b0e-4d2b-5a5e-9a0e-0d2f6a1c7b11")

Item = tuple[str, int]
"""What a line of a bill says, and its cents with VAT."""


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


def usual(seed: str, package: str) -> list[Item]:
    """An ordinary month of `package`: its price, some calls, the discount for an electronic bill."""
    chance = Random(seed)
    extras: list[list[Item]] = [
        [("Klici in sporočila v tujino", chance.randrange(60, 900))],
        [("Gostovanje v tujini (EU)", chance.randrange(150, 1200))],
        [("Dodatni paket podatkov 5 GB", 499)],
        [],
        [],
    ]
    monthly = PACKAGES[package]
    return [(f"Naročnina {monthly.name}", monthly.monthly_cents), *chance.choice(extras), ("Popust za e-račun", -100)]


async def save_packages() -> None:
    await Package.insert(*PACKAGES.values()).on_conflict(action="DO NOTHING")
