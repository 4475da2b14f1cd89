"""How long a statement of the bank takes to import, and how much memory.

    .venv/bin/python -m bench.bank [--entries 100000] [--beside 10000]

As many accounts as entries, each with a bill and a payment from before; every twentieth is overdue and has an open
case, so that more follows from its payment than a row. Of the entries 80 % bear a bill's reference and its amount; the
others wait: without a reference, with an unknown one, with a wrong amount. Each number of entries runs in a process of
its own, from the file on the disk to the last row, and once more when everything is there already.

Ends with 1 where it is slower, or needs more memory, than it may.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import dunning_ground, ground
from portal import clock
from portal.database import connection, open_database
from portal.embedded import embedded_url
from portal.migrating import migrate

OURS = "SI56192001234567892"
MOST_SECONDS = 60.0
MOST_GROWTH = 48 << 10
"""KiB that ten times as many entries may need more."""
WAITING_EACH = 5
ONE_POOL = 4


@dataclass
class Measured:
    """`cpu`: seconds of the import's own process; `peak`: of its memory, in KiB."""

    entries: int
    booked: int
    waiting: int
    size: int
    took: float
    cpu: float
    again: float
    peak: int


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--entries", type=int, default=100_000)
    asked.add_argument("--beside", type=int, default=10_000)
    options = asked.parse_args()
    ground.set_environment(ground.PORT + 5)
    os.environ["BANK_IBANS"] = OURS
    url = embedded_url(ground.KEPT, "bank")
    few, many = (alone(url, entries) for entries in (options.beside, options.entries))
    grown = many.peak - few.peak
    print(f"memory: {grown / 1024:+.0f} MiB for {options.entries / options.beside:.0f} times the entries")
    is_met = many.took <= MOST_SECONDS and grown <= MOST_GROWTH
    print("met" if is_met else "NOT MET")
    return 0 if is_met else 1


def alone(url: str, entries: int) -> Measured:
    """In a process of its own, whose peak of memory is its own too."""
    asyncio.run(lay(url, entries))
    with TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(1) as process:
        place = Path(folder) / "statement.xml"
        asyncio.run(write(url, place, entries))
        done = process.apply(measured, (url, str(place)))
    print(
        f"{done.entries:>7,} entries ({done.size / 1e6:.0f} MB): {done.took:.1f} s ({done.cpu:.1f} of CPU),"
        f" {done.entries / done.took:,.0f} a second; booked {done.booked:,}, waiting {done.waiting:,};"
        f" again {done.again:.1f} s; {done.peak / 1024:.0f} MiB"
    )
    return done


async def lay(url: str, accounts: int) -> None:
    from portal.dunning import nightly

    today = clock.today()
    async with open_database(url, ONE_POOL, is_patient=True):
        await migrate()
        async with connection() as connected:
            await connected.execute("TRUNCATE bank_files, bank_entries, payments CASCADE")
        await dunning_ground.lay(accounts, today.isoformat())
        await nightly.run(today, clock.now())
        async with connection() as connected:
            await connected.execute(ONE_BILL_OPEN, today + timedelta(days=5))
            await connected.execute(PAID_BEFORE)
        await dunning_ground.settle()


async def write(url: str, place: Path, entries: int) -> None:
    async with open_database(url, ONE_POOL, is_patient=True), connection() as connected:
        bills = await connected.fetch(
            "SELECT reference, open_cents FROM bills WHERE open_cents > 0 ORDER BY md5(number)"
        )
    rows = [(row["reference"], row["open_cents"]) for row in bills[:entries]]
    with place.open("w") as file:
        file.writelines(written(rows, clock.today()))


def written(bills: list[tuple[str, int]], day: date) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n'
    yield f"<BkToCstmrStmt><Stmt><Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>\n"
    yield f"<TxsSummry><TtlNtries><NbOfNtries>{len(bills)}</NbOfNtries></TtlNtries></TxsSummry>\n"
    for number, (reference, cents) in enumerate(bills):
        yield entry(number, reference, cents, day)
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def entry(number: int, reference: str, cents: int, day: date) -> str:
    kind = number % (WAITING_EACH * 3)
    told = f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>"
    if kind == 0:
        told = "<Ustrd>Placilo racuna za telefon</Ustrd>"
    elif kind == WAITING_EACH:
        told = "<Strd><CdtrRefInf><Ref>SI121033842574531</Ref></CdtrRefInf></Strd>"
    elif kind == 2 * WAITING_EACH:
        cents -= 7
    amount = f'<Amt Ccy="EUR">{cents // 100}.{cents % 100:02d}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    return (
        f"<Ntry><NtryRef>{number}</NtryRef>{amount}<RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>B{number:012d}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{amount}<RltdPties><Dbtr><Pty>"
        f"<Nm>Stranka {number}</Nm><PstlAdr><Ctry>SI</Ctry><AdrLine>Cesta 1</AdrLine><AdrLine>1000 Ljubljana</AdrLine>"
        f"</PstlAdr></Pty></Dbtr><DbtrAcct><Id><IBAN>SI56{number:015d}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<Purp><Cd>OTHR</Cd></Purp><RmtInf>{told}</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def measured(url: str, place: str) -> Measured:
    return asyncio.run(imported(url, Path(place)))


async def imported(url: str, place: Path) -> Measured:
    from portal.payments.bank.importing import import_file

    async with open_database(url, ONE_POOL):
        at: datetime = clock.now()
        began, busy = time.perf_counter(), time.process_time()
        done = await import_file(place, by="bench", at=at)
        took, cpu = time.perf_counter() - began, time.process_time() - busy
        await import_file(place, by="bench", at=at)
        again = time.perf_counter() - began - took
    waiting = sum(one.count for one in done.waiting.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(done.entries, done.booked.count, waiting, os.path.getsize(place), took, cpu, again, peak)  # noqa: PTH202, ASYNC240


# Into empty tables PostgreSQL plans as if they stayed empty, which no operator's are.
PAID_BEFORE = """
    INSERT INTO payments (id, account, external_id, amount_cents, method, booked_at)
    SELECT gen_random_uuid(), id, 'before:' || number, 1000, 'bank', now() - interval '30 days' FROM accounts
"""
ONE_BILL_OPEN = """
    UPDATE bills SET open_cents = total_cents, settled_at = NULL, due_on = $1
    WHERE number LIKE 'D%0' AND open_cents = 0
"""

if __name__ == "__main__":
    raise SystemExit(main())
