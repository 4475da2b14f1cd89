"""How quickly bills come in, with everything that follows, and how much memory that takes.

    .venv/bin/python -m bench.bills [--bills 150000] [--beside 10000]

Each bill has six lines, three allowances and two calls, on an account of its own; every twentieth account owes for an
overdue bill, has credit from before and gets a credit note. The file is given to the command as an operator gives it,
in a process of its own whose peak of memory is read at its end; then once more, when everything is there already. A
smaller file is measured beside: the memory must not grow with it.

Ends with 1 where it is slower or larger than it may be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import dunning_ground, ground
from portal import reference
from portal.database import connection, open_database
from portal.embedded import embedded_url
from portal.migrating import migrate

MOST_SECONDS = 15 * 60.0
MOST_GROWTH = 1.25
"""Of memory, from the smaller file to the larger."""
ISSUED, DUE = "2026-11-20", "2026-12-08"


@dataclass
class Run:
    """`peak`: MiB of memory of the command's process."""

    documents: int
    took: float
    again: float
    peak: float


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--bills", type=int, default=150_000)
    asked.add_argument("--beside", type=int, default=10_000)
    options = asked.parse_args()
    ground.set_environment(ground.PORT + 5)
    os.environ["DATABASE_URL"] = embedded_url(ground.KEPT, "bills")
    small, large = measured(options.beside), measured(options.bills)
    fast, flat = large.took <= MOST_SECONDS, large.peak <= small.peak * MOST_GROWTH
    print(f"{verdict(fast)}: {large.took:.0f} s; at most {MOST_SECONDS:.0f} s are allowed")
    print(f"{verdict(flat)}: {large.peak / small.peak:.2f} times the memory; at most {MOST_GROWTH} is allowed")
    return 0 if fast and flat else 1


def verdict(met: bool) -> str:
    return "met" if met else "NOT MET"


def measured(bills: int) -> Run:
    asyncio.run(lay(bills))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bills.ndjson"
        count = write(file, bills)
        took, peak = import_file(file)
        again, _ = import_file(file)
        size = file.stat().st_size / 1e6
    print(
        f"{count:,} documents ({size:.0f} MB): {took:.1f} s, {count / took:,.0f}/s; again {again:.1f} s;"
        f" at most {peak:.0f} MiB of memory"
    )
    return Run(count, took, again, peak)


async def lay(accounts: int) -> None:
    async with open_database(os.environ["DATABASE_URL"], 2, is_patient=True):
        await migrate()
        await dunning_ground.lay(accounts, "2026-11-01")
        async with connection() as connected:
            await connected.execute(LINES)
            await connected.execute(CREDIT)
        await dunning_ground.settle()


def write(file: Path, bills: int) -> int:
    count = 0
    with file.open("w") as out:
        for n in range(1, bills + 1):
            for document in documents(n):
                out.write(json.dumps(document) + "\n")
                count += 1
    return count


def documents(n: int) -> Iterator[dict[str, object]]:
    """The bill of the nth account, and the credit note of every twentieth."""
    yield a_document(n, "bill", "86.93", lines(n), allowances=allowances(n), calls=calls(n))
    if n % 20 == 0:
        note = {"kind": "roaming", "description": "Zaračunano pomotoma", "amount": "-5.00", "vat": "22"}
        yield a_document(n, "credit_note", "-5.00", [note], corrects=f"B{n}")


def a_document(n: int, kind: str, total: str, positions: list[dict[str, str]], **more: object) -> dict[str, object]:
    is_bill = kind == "bill"
    return {
        "number": f"B{n}" if is_bill else f"C{n}",
        "kind": kind,
        "account": f"8{n:09d}",
        "reference": reference.si12(n if is_bill else 100_000_000_000 + n),
        "issued_on": ISSUED,
        "due_on": DUE,
        "period_from": "2026-10-20",
        "period_to": "2026-11-19",
        "total": total,
        "lines": positions,
        **more,
    }


def lines(n: int) -> list[dict[str, str]]:
    of = {"contract": f"D{n:09d}", "line": f"+386{n:09d}", "vat": "22"}
    said = (
        *(("subscription", "Naročnina Mobilni M", "34.99"), ("usage", "Klici in sporočila v tujino", "11.48")),
        *(("roaming", "Gostovanje izven EU", "15.99"), ("instalment", "Telefon", "24.99")),
        *(("one_off", "Zamenjava kartice SIM", "0.48"), ("discount", "Popust za e-račun", "-1.00")),
    )
    return [{"kind": kind, "description": words, "amount": amount, **of} for kind, words, amount in said]


def allowances(n: int) -> list[dict[str, object]]:
    line = f"+386{n:09d}"
    return [{"kind": kind, "line": line, "used": n * 997} for kind in ("calls", "messages", "data")]


def calls(n: int) -> list[dict[str, object]]:
    call = {"kind": "call", "line": f"+386{n:09d}", "began_at": "2026-11-03T18:20:05+01:00", "place": "Avstrija"}
    return [call | {"other_party": "+4366412345678", "quantity": seconds, "amount": "0.36"} for seconds in (60, 312)]


def import_file(file: Path) -> tuple[float, float]:
    """Seconds, and MiB at the peak."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "portal.cli", "bills", "import", str(file)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "every document comes in, or is there"
    return time.perf_counter() - began, used.ru_maxrss / 1024


LINES = """
    INSERT INTO lines (id, account, contract, kind, number)
    SELECT gen_random_uuid(), account, id, 'mobile', '+386' || right(number, 9) FROM contracts
"""
# Money that the demo's crowd once paid too much.
CREDIT = """
    WITH rich AS (SELECT id, number FROM accounts WHERE right(number, 2)::integer % 20 = 0), paid AS (
        INSERT INTO payments (id, account, method, external_id, amount_cents, booked_at)
        SELECT gen_random_uuid(), id, 'other', 'too much ' || number, 1000, '2026-10-01 08:00Z' FROM rich
        RETURNING id, account
    )
    INSERT INTO credits (id, account, payment, amount_cents) SELECT gen_random_uuid(), account, id, 1000 FROM paid
"""

if __name__ == "__main__":
    sys.exit(main())
