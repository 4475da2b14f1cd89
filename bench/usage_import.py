"""How quickly measurements come in where there are many already, and how much memory that takes.

    .venv/bin/python -m bench.usage_import [--lines 1000000] [--rows 1000000] [--beside 100000]

Each line has four allowances of the running month, and each tenth a limit. Lines come in any order, as they do where
everybody's use is measured at its own time: each with its four allowances, what was spent, and two records. One in
fifty has reached 80 % of its data and twenty euros beyond the package, so that warnings and blocks are noted. The file
is given to the command as an operator gives it, in a process of its own whose peak of memory is read at its end. A
smaller file is measured beside: the memory must not grow with it.

Ends with 1 where it is slower or larger than it may be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import ground
from portal import clock
from portal.database import connection, open_database, transaction
from portal.embedded import embedded_url
from portal.migrating import migrate
from portal.usage.months import month

LEAST_PER_SECOND = 20_000
MOST_GROWTH = 1.25
"""Of memory, from the smaller file to the larger."""
CHUNK = 50_000
ROWS_OF_A_LINE = 7
EACH_OVER = 50
EACH_LIMITED, LIMIT_CENTS = 10, 2_000
CODES = (("calls", "calls"), ("sms", "messages"), ("data", "data"), ("eu_data", "roaming_data"))


@dataclass
class Run:
    """`cpu`: seconds of the command's process, without the database's; `peak`: MiB of its memory."""

    rows: int
    took: float
    cpu: float
    peak: float

    @property
    def per_second(self) -> float:
        return self.rows / self.took


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lines", type=int, default=1_000_000)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--beside", type=int, default=100_000)
    options = asked.parse_args()
    ground.set_environment(ground.PORT + 6)
    os.environ["DATABASE_URL"] = embedded_url(ground.KEPT, "usage")
    asyncio.run(lay(options.lines))
    small, large = measured(options.beside, options.lines), measured(options.rows, options.lines)
    asyncio.run(show_warnings())
    asyncio.run(show_updates())
    fast, flat = large.per_second >= LEAST_PER_SECOND, large.peak <= small.peak * MOST_GROWTH
    print(f"{verdict(fast)}: {large.per_second:,.0f} rows/s; at least {LEAST_PER_SECOND:,} are wanted")
    print(f"{verdict(flat)}: {large.peak / small.peak:.2f} times the memory; at most {MOST_GROWTH} is allowed")
    return 0 if fast and flat else 1


def verdict(met: bool) -> str:
    return "met" if met else "NOT MET"


async def lay(lines: int) -> None:
    """Anew: the lines of one account, with what was measured of them an hour ago."""
    first = month(clock.today())
    async with open_database(os.environ["DATABASE_URL"], 2, is_patient=True):
        await migrate()
        async with connection() as connected:
            await connected.execute("TRUNCATE customers, packages, usage_warnings, pgqueuer, pgqueuer_log CASCADE")
            await connected.execute("TRUNCATE usage_allowances, usage_spending, usage_records")
            await connected.execute(ACCOUNT)
        for begin in range(0, lines, CHUNK):
            async with transaction() as connected:
                end = min(begin + CHUNK, lines)
                await connected.execute(LINES, begin, end)
                await connected.execute(LIMITS, begin, end, EACH_LIMITED, LIMIT_CENTS)
                await connected.execute(
                    ALLOWANCES, begin, end, first, [code for code, _ in CODES], [k for _, k in CODES]
                )
        async with connection() as connected:
            await connected.execute("VACUUM ANALYZE")
            await connected.execute("CHECKPOINT")


def measured(rows: int, lines: int) -> Run:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "usage.ndjson"
        write(file, rows, lines)
        run = import_file(file, rows)
        size = file.stat().st_size / 1e6
    print(
        f"{rows:,} rows ({size:.0f} MB): {run.took:.1f} s, {run.per_second:,.0f}/s; {run.cpu:.1f} s of CPU in the"
        f" command, {run.cpu / rows * 1e6:.0f} µs a row; at most {run.peak:.0f} MiB of memory"
    )
    return run


def write(file: Path, rows: int, lines: int) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    with file.open("w") as out:
        for row in feed(rows, lines, at, clock.day_of(at)):
            out.write(json.dumps(row) + "\n")


def feed(rows: int, lines: int, at: datetime, today: date) -> Iterator[dict[str, object]]:
    chance = random.Random(rows)
    for n in range(0, rows, ROWS_OF_A_LINE):
        line = f"+386{chance.randrange(lines):09d}"
        is_over = n // ROWS_OF_A_LINE % EACH_OVER == 0
        for place, row in enumerate(of_a_line(n, at, today, is_over=is_over)):
            yield {**row, "source": "ocs-1", "sequence": n + place, "line": line}


def of_a_line(n: int, at: datetime, today: date, *, is_over: bool) -> Iterator[dict[str, object]]:
    moment, last = at.isoformat(), month(today, 1) - timedelta(days=1)
    period = {"period_from": str(month(today)), "period_to": str(last), "measured_at": moment}
    for code, kind in CODES:
        yield {"type": "allowance", "code": code, "kind": kind, **NAMES, **period, **(OVER if is_over else USED)}
    yield {"type": "spending", **period, "spent": "21.23" if is_over else "1.23", "roaming": "0.30"}
    for call in range(2):
        yield {"type": "record", "record": f"{at:%H%M%S}-{n}-{call}", **CALL, "began_at": moment}


NAMES = {"name_sl": "Prenos podatkov", "name_en": "Mobile data"}
USED = {"used": 6_200_000_000, "included": 10**10}
OVER = {"used": 8_200_000_000, "included": 10**10}
CALL = {"kind": "call", "other_party": "+38640123456", "place": "Slovenija", "quantity": 205, "amount": "0.36"}


def import_file(file: Path, rows: int) -> Run:
    began = time.perf_counter()
    command = [sys.executable, "-m", "portal.cli", "usage", "import", str(file)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "every row comes in"
    return Run(rows, time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


async def show_warnings() -> None:
    async with open_database(os.environ["DATABASE_URL"], 2), connection() as connected:
        row = await connected.fetchrow(
            "SELECT (SELECT count(*) FROM usage_warnings) AS noted, (SELECT count(*) FROM pgqueuer) AS jobs"
        )
        print(f"{row['noted']:,} warnings noted, {row['jobs']:,} jobs wait")


async def show_updates() -> None:
    """How many updates found room beside the row and left the indexes alone."""
    async with open_database(os.environ["DATABASE_URL"], 2), connection() as connected:
        for row in await connected.fetch(UPDATES):
            print(
                f"{row['relname']}: {row['updated']:,} updates, {row['hot']:.0f} % without an index; {row['mb']:,} MB"
            )


ACCOUNT = """
    WITH package AS (
        INSERT INTO packages (id, code, kind, name, monthly_cents)
        VALUES (gen_random_uuid(), 'usage', 'mobile', 'A1', 1) RETURNING id
    ), customer AS (
        INSERT INTO customers (id, number, kind, name, street, postcode, city, language, since)
        VALUES (gen_random_uuid(), '1', 'company', 'Podjetje', 'Cesta 1', '1000', 'Ljubljana', 'sl', '2020-01-01')
        RETURNING id
    ), account AS (
        INSERT INTO accounts (id, customer, number) SELECT gen_random_uuid(), id, '1' FROM customer RETURNING id
    )
    INSERT INTO contracts (id, account, package, number, concluded_on, benefit_cents)
    SELECT gen_random_uuid(), account.id, package.id, '1', '2020-01-01', 0 FROM account, package
"""
LINES = """
    INSERT INTO lines (id, account, contract, kind, number)
    SELECT gen_random_uuid(), account, id, 'mobile', '+386' || lpad(n::text, 9, '0')
    FROM contracts, generate_series($1::int, $2::int - 1) n
"""
LIMITS = """
    INSERT INTO spending_limits (line, limit_cents, on_reaching, set_at)
    SELECT id, $4::int, 'block', now() FROM lines
    WHERE number >= '+386' || lpad($1::int::text, 9, '0') AND number < '+386' || lpad($2::int::text, 9, '0')
      AND right(number, 9)::int % $3::int = 0
"""
ALLOWANCES = """
    INSERT INTO usage_allowances (line, code, kind, name_sl, name_en, period_from, period_to, used, included,
                                  measured_at, source, sequence)
    SELECT l.id, c.code, c.kind, 'Prenos podatkov', 'Mobile data', $3::date, $3::date + 27, 0, 10000000000,
           now() - interval '1 hour', 'ocs-1', 0
    FROM lines l CROSS JOIN unnest($4::text[], $5::text[]) AS c (code, kind)
    WHERE l.number >= '+386' || lpad($1::int::text, 9, '0') AND l.number < '+386' || lpad($2::int::text, 9, '0')
"""
UPDATES = """
    SELECT relname, n_tup_upd AS updated, n_tup_hot_upd * 100.0 / n_tup_upd AS hot,
           pg_total_relation_size(relid) / 1000000 AS mb
    FROM pg_stat_user_tables WHERE relname LIKE 'usage_allowances_%' AND n_tup_upd > 0
"""

if __name__ == "__main__":
    sys.exit(main())
