"""How quick the page of use is on one core, beside the page of bills, with a country's lines in the tables.

    .venv/bin/python -m bench.usage_pages [--lines 999999] [--seconds 5] [--rounds 5]

As bench.pages: core 0 serves, core 1 asks and holds the database, rounds alternate, and the ratio is that of the CPU
that the serving process used per request, round by round. The browsers' customers have three years of bills and
thirteen periods of use; the other lines the period that runs, in four allowances each.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import ground
from bench.load import Result, load
from bench.pages import report, serving
from bench.queries import queries_of
from portal import clock
from portal.database import connection, open_database
from portal.sandbox import crowd, crowd_usage
from portal.usage.policy import SHOWN_PERIODS

LINES = 999_999
TARGET = 1.5
MOST_STATEMENTS = 3


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=LINES)
    asked.add_argument("--seconds", type=float, default=5)
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    os.sched_setaffinity(0, {1})
    ground.set_environment(ground.PORT)
    tokens = asyncio.run(ground.lay())
    asyncio.run(lay_use(options.lines))
    for path, count in asyncio.run(queries_of(["/bills", "/usage"], tokens[0])).items():
        print(f"{path:20} {count} statements" + (f", at most {MOST_STATEMENTS}" if path == "/usage" else ""))
    with serving(ground.PORT, "portal.cli", "serve", "--workers", "1", "--port", str(ground.PORT)) as server:
        compare(tokens, server, options.seconds, options.rounds)


async def lay_use(lines: int) -> None:
    """More lines than those of the customers with bills, and what all of them use."""
    today, now = clock.today(), clock.now()
    async with open_database(os.environ["DATABASE_URL"], 2, is_patient=True):
        began = time.perf_counter()
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns) as progress:
            for name, making, total in (
                ("lines", crowd.fill(lines, today, is_billed=False), lines),
                ("use", crowd_usage.measure(lines, today, now), lines),
                (
                    "past use",
                    crowd_usage.measure(ground.CUSTOMERS, today, now, periods=SHOWN_PERIODS),
                    ground.CUSTOMERS,
                ),
            ):
                task = progress.add_task(name, total=total)
                async for made in making:
                    progress.update(task, completed=made)
        async with connection() as connected:
            await connected.execute("VACUUM (ANALYZE)")
            count, size = await connected.fetchrow(MEASURED, today)
        print(f"{count} current allowances of {lines} lines, {size}; laid in {time.perf_counter() - began:.0f} s")


def compare(tokens: list[str], server: int, seconds: float, rounds: int) -> None:
    usage: list[Result] = []
    bills: list[Result] = []
    for _ in range(rounds):
        usage.append(asyncio.run(load(ground.PORT, "/usage", tokens, seconds, server)))
        bills.append(asyncio.run(load(ground.PORT, "/bills", tokens, seconds, server)))
    report("/usage", usage)
    report("/bills", bills)
    ratios = [one.cpu_each / other.cpu_each for one, other in zip(usage, bills, strict=True)]
    print(f"CPU {statistics.median(ratios):.2f} × ({min(ratios):.2f} to {max(ratios):.2f}), target at most {TARGET} ×")


MEASURED = """
    SELECT (SELECT count(*) FROM usage_allowances WHERE period_to >= $1),
           (SELECT pg_size_pretty(sum(pg_total_relation_size(oid))) FROM pg_class WHERE relname ~ '^usage_')
"""

if __name__ == "__main__":
    main()
