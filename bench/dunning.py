"""How quickly the nightly run moves cases, and how quickly bare SQL would, on the same tables in the same state.

    .venv/bin/python -m bench.dunning [--accounts 1000000] [--beside 100000]

Four nights of 5 % of the accounts: cases open and get their reminder; little is due; they get their notice; it has
arrived. The third night is compared with the bare loop: update the case, insert the event and the queue's row, 5,000
at a time, each committed. Each night is run twice: the second time has nothing left to do. No job is carried out: that
is the worker's, see bench/outbox.py. A tenth as many accounts are measured beside.

The bare loop writes a row into the queue for each case, as a job for each would need. The run writes one for a hundred
cases: there the event's row is the order, and a job says which of them to carry out.

Ends with 1 where the run is slower than it has to be.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from typing import Any

from bench import dunning_ground, ground
from portal.database import connection, open_database, transaction
from portal.dunning import arriving, carrying_out, chunks, moving, nightly, notices, opening
from portal.dunning.deferrals import deferring
from portal.dunning.proofs import proving
from portal.embedded import embedded_url
from portal.migrating import migrate

FIRST = date(2026, 11, 22)
CHUNK = 5_000
OVERDUE = 20
LEAST_SHARE = 0.40
LONGEST_CHUNK = 0.250


@dataclass
class Night:
    """A run as it was measured; times in seconds."""

    summary: nightly.Summary
    took: float
    chunks: list[float]


@dataclass
class Bare:
    moved: int
    took: float
    chunks: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.moved / self.took


@dataclass
class Measured:
    """All four nights, with those run again: `longest` of their chunks; times in seconds. `share`: of the bare loop."""

    accounts: int
    took: float
    longest: float
    share: float


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accounts", type=int, default=1_000_000)
    asked.add_argument("--beside", type=int, default=None, help="a tenth, unless said otherwise; 0: none")
    options = asked.parse_args()
    ground.set_environment(ground.PORT + 4)
    url = embedded_url(ground.KEPT, "dunning")
    beside = options.accounts // 10 if options.beside is None else options.beside
    done = [asyncio.run(measured(url, accounts)) for accounts in (beside, options.accounts) if accounts]
    print(f"\nat most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB of memory")
    if len(done) > 1:
        grown = done[1].took / done[0].took
        print(f"{options.accounts / beside:.0f} times the accounts took {grown:.1f} times as long")
    return 0 if is_met(done[-1]) else 1


def is_met(done: Measured) -> bool:
    """Says so, too, of the larger number of accounts."""
    fast, short = done.share >= LEAST_SHARE, done.longest <= LONGEST_CHUNK
    print(f"{verdict(fast)}: {done.share:.2f} of the bare SQL; at least {LEAST_SHARE:.2f} is asked for")
    print(
        f"{verdict(short)}: the longest of all chunks took {done.longest * 1000:.0f} ms;"
        f" at most {LONGEST_CHUNK * 1000:.0f} ms is asked for"
    )
    return fast and short


def verdict(met: bool) -> str:
    return "met" if met else "NOT MET"


async def measured(url: str, accounts: int) -> Measured:
    print(f"\n{accounts:,} accounts, {accounts // OVERDUE:,} of them overdue")
    async with open_database(url, 4, is_patient=True):
        await migrate()
        await dunning_ground.lay(accounts, FIRST.isoformat())
        nights = [await night(0, "cases open, reminder")]
        await dunning_ground.settle()
        nights.append(await night(1, "little is due"))
        await dunning_ground.keep_state()
        third, share = await compared(2, "notice")
        nights.append(third)
        await dunning_ground.forget_jobs()
        await dunning_ground.let_notices_arrive(f"{FIRST + timedelta(days=2)} 08:00Z")
        nights.append(await night(3, "the notice has arrived"))
    longest = max(chunk for one in nights for chunk in one.chunks)
    return Measured(accounts, sum(one.took for one in nights), longest, share)


async def compared(later: int, what: str) -> tuple[Night, float]:
    """The bare loop, twice to see how steady the machine is, then the run from the same state. Returns its share of the
    faster loop's rate, too.
    """
    loops = [await bare_loop(later) for _ in range(2)]
    await dunning_ground.go_back()
    measured = await night(later, what)
    rate = measured.summary.moved / measured.took
    for loop in loops:
        print(
            f"    bare SQL, a job a case {loop.took:6.2f} s: {loop.moved:,} moved; {loop.rate:,.0f}/s;"
            f" the longest chunk {max(loop.chunks) * 1000:.0f} ms"
        )
    share = rate / max(loop.rate for loop in loops)
    print(f"    the run, with a job for each hundred cases, moves {share:.2f} of what the faster one does")
    return measured, share


async def night(later: int, what: str) -> Night:
    """One night, and the same once more, which has nothing left to do."""
    today = FIRST + timedelta(days=later)
    first, again = await run(today), await run(today)
    assert again.summary.moved == again.summary.opened == again.summary.arrived == 0, "a second run moves nothing"
    done = first.summary
    print(
        f"  {what:24} {first.took:6.2f} s: {done.opened:,} opened, {done.moved:,} moved, {done.arrived:,} arrived;"
        f" {(done.opened + done.moved + done.arrived) / first.took:,.0f}/s;"
        f" the longest chunk {max(first.chunks) * 1000:.0f} ms; again {again.took:.2f} s"
    )
    return Night(done, first.took, first.chunks + again.chunks)


async def run(today: date) -> Night:
    took: list[float] = []
    for module in PHASES:
        module.transaction = watched(transaction, took)  # type: ignore[attr-defined]  # a chunk is a transaction of theirs
    chunks.connection = watched(connection, took)  # type: ignore[attr-defined]  # or what they read before it
    began = time.perf_counter()
    summary = await nightly.run(today, datetime.combine(today, hour(5), UTC))
    return Night(summary, time.perf_counter() - began, took)


PHASES = (arriving, carrying_out, deferring, moving, nightly, notices, opening, proving)


def watched(begin: Callable[[], AbstractAsyncContextManager[Any]], took: list[float]) -> Any:
    @asynccontextmanager
    async def timed() -> AsyncIterator[Any]:
        began = time.perf_counter()
        async with begin() as connected:
            yield connected
        took.append(time.perf_counter() - began)

    return timed


async def bare_loop(later: int) -> Bare:
    await dunning_ground.go_back()
    today, loop = FIRST + timedelta(days=later), Bare(0, 0.0)
    began = time.perf_counter()
    while True:
        since = time.perf_counter()
        async with connection() as connected:
            status = await connected.execute(BARE, today, datetime.combine(today, hour(5), UTC), CHUNK)
        loop.chunks.append(time.perf_counter() - since)
        moved = int(status.split()[-1])
        loop.moved += moved
        if moved < CHUNK:
            break
    loop.took = time.perf_counter() - began
    return loop


# One statement is one transaction.
BARE = """
    WITH due AS (
        SELECT id FROM dunning_cases WHERE closed_at IS NULL AND next_on <= $1 ORDER BY next_on, id LIMIT $3
        FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE dunning_cases c SET taken = c.taken || jsonb_build_object(c.next_step, $1::date), next_on = NULL
        FROM due WHERE c.id = due.id RETURNING c.id, c.next_step
    ), told AS (
        INSERT INTO case_events (id, dunning_case, kind, step, on_day, at, overdue_cents, reason, decided_by)
        SELECT gen_random_uuid(), id, 'step', next_step, $1, $2, 0, 'bare', 'bare' FROM moved RETURNING id
    )
    INSERT INTO pgqueuer (priority, entrypoint, payload, status)
    SELECT 0, 'bare', convert_to('{"event": "' || id || '"}', 'UTF8'), 'queued' FROM told
"""

if __name__ == "__main__":
    sys.exit(main())
