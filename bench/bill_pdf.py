"""What a bill as a PDF costs: CPU of a core and bytes, by its length, and how long the event loop waits meanwhile.

    .venv/bin/python -m bench.bill_pdf [--times 20]

No two are the same bill, because Typst remembers what it has set; fonts and words are loaded before. The event loop's
lag is what a page waits longer than it should while bills are made one after the other.

Ends with 1 where a bill of two pages takes more than it may.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID, uuid4

from bench import ground
from portal import reference
from portal.billing.pdf.making import document, pdf_of
from portal.billing.pdf.reading import Allowed, Printed
from portal.billing.positions import Position
from portal.billing.tables import Bill, BillLineKind
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Customer, CustomerKind, LineKind
from portal.messaging.letters import pages_of

MOST_CPU_MS = 60.0
TICK = 0.001
PAYEE = {
    "PAYEE_NAME": "Zgledni operater, d. d.",
    "PAYEE_STREET": "Zgledna ulica 1",
    "PAYEE_CITY": "1000 Ljubljana",
    "PAYEE_IBAN": "SI56191000000123438",
    "PAYEE_VAT_ID": "SI12345678",
}
NUMBERS = {"one page": (1, 2), "two pages": (4, 5), "400 lines": (100, 4)}
"""How many telephone numbers, with how many positions each."""


@dataclass(frozen=True)
class Figures:
    """Of one bill, at the median and at the most."""

    pages: int
    size: int
    usual_ms: float
    most_ms: float


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--times", type=int, default=20)
    times = asked.parse_args().times
    ground.set_environment(ground.PORT)
    os.environ |= PAYEE
    found = {name: measured(*size, times) for name, size in NUMBERS.items()}
    for name, figures in found.items():
        print(
            f"{name:10} {figures.pages:3} pages {figures.size / 1024:6.0f} KiB"
            f" {figures.usual_ms:6.1f} ms of CPU, at most {figures.most_ms:.1f}"
        )
    lag = asyncio.run(lag_while_making(times))
    half, nearly_all, most = lag[len(lag) // 2], lag[-1 - len(lag) // 100], lag[-1]
    print(f"event loop: {half:.1f} ms late at the median, {nearly_all:.1f} at p99, {most:.1f} at most")
    return 0 if found["two pages"].usual_ms <= MOST_CPU_MS else 1


def measured(numbers: int, positions: int, times: int) -> Figures:
    document(a_bill(numbers, positions), "sl")  # loads the fonts and the words
    spent = []
    for _ in range(times):
        printed = a_bill(numbers, positions)
        began = time.process_time()
        pdf = document(printed, "sl")
        spent.append((time.process_time() - began) * 1000)
    return Figures(pages_of(pdf), len(pdf), sorted(spent)[times // 2], max(spent))


async def lag_while_making(times: int) -> list[float]:
    """How late each tick of the loop came, in milliseconds, in rising order."""
    late: list[float] = []
    ticking = asyncio.create_task(tick(late))
    for _ in range(times):
        await pdf_of(a_bill(*NUMBERS["two pages"]), "sl")
    ticking.cancel()
    return sorted(late)


async def tick(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        late.append((time.perf_counter() - began - TICK) * 1000)


def a_bill(numbers: int, positions: int) -> Printed:
    chance = Random()
    lines = [(f"+386{70_000_000 + n}", uuid4()) for n in range(numbers)]
    billed = [position(number, line, chance) for number, line in lines for _ in range(positions)]
    allowed = [
        Allowed(number, LineKind.MOBILE, kind, chance.randrange(10**10), None)
        for number, _ in lines
        for kind in (AllowanceKind.CALLS, AllowanceKind.DATA)
    ]
    total = sum(one.amount_cents for one in billed)
    return Printed(bill_of(total, chance), CUSTOMER, "2000417", None, billed, allowed)


def position(number: str, line: UUID, chance: Random) -> Position:
    return Position(
        is_now=True,
        contract=None,
        line=line,
        kind=BillLineKind.OTHER,
        description=f"Storitev {chance.randrange(10**6)}",
        amount_cents=chance.randrange(9_999),
        vat_percent_tenths=220,
        instalment=None,
        instalments=None,
        number=number,
        number_kind=LineKind.MOBILE,
        contract_number="P000417",
        package="Mobilni L",
    )


def bill_of(total: int, chance: Random) -> Bill:
    n = chance.randrange(10**6)
    return Bill(
        number=f"2026-{n:06d}",
        reference=reference.si12(n),
        issued_on=date(2026, 11, 5),
        due_on=date(2026, 11, 20),
        period_from=date(2026, 10, 1),
        period_to=date(2026, 10, 31),
        total_cents=total,
        open_cents=total,
        _ignore_missing=True,
    )


CUSTOMER = Customer(
    number="1000417",
    kind=CustomerKind.PERSON,
    name="Žiga Čeh Đorđević",
    street="Ulica Šercerjeve brigade 12",
    postcode="1000",
    city="Ljubljana",
    _ignore_missing=True,
)

if __name__ == "__main__":
    sys.exit(main())
