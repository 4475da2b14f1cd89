"""What the nightly run is measured on: any number of accounts, of which every twentieth is overdue.

Three bills each, two of them paid: a run looks at open ones only, and 36 a head would not fit on a small disk. All are
made by SQL in sets, in a database of its own.
"""

from __future__ import annotations

from asyncpg import Connection

from portal.database import connection, transaction
from portal.sandbox import crowd

CHUNK = 50_000


async def lay(accounts: int, today: str) -> None:
    """Anew: the accounts, with nothing that an earlier night left."""
    async with connection() as connected:
        await connected.execute("TRUNCATE customers, packages, pgqueuer, pgqueuer_log CASCADE")
    for first in range(1, accounts + 1, CHUNK):
        async with transaction() as connected:
            await add(connected, first, min(first + CHUNK - 1, accounts), today)
    await settle()


async def add(connected: Connection, first: int, last: int, today: str) -> None:
    for statement in crowd.WRITTEN_ONCE:
        await connected.execute(statement)
    for statement in FILLING:
        await connected.execute(
            statement.format(numbers=f"generate_series({first}, {last}) n", today=f"date '{today}'")
        )


async def settle() -> None:
    """As the database is in the evening: vacuumed, counted, and nothing left to be written."""
    async with connection() as connected:
        await connected.execute("VACUUM ANALYZE")
        await connected.execute("CHECKPOINT")


async def keep_state() -> None:
    """Remember the cases, to go back to."""
    async with connection() as connected:
        await connected.execute("DROP TABLE IF EXISTS kept_cases")
        await connected.execute("CREATE TABLE kept_cases AS SELECT * FROM dunning_cases")


async def go_back() -> None:
    """To what was kept, in tables that nobody has updated yet."""
    async with connection() as connected:
        await connected.execute("TRUNCATE dunning_cases, case_events, pgqueuer, pgqueuer_log CASCADE")
        await connected.execute("INSERT INTO dunning_cases SELECT * FROM kept_cases ORDER BY id")
    await settle()


async def forget_jobs() -> None:
    async with connection() as connected:
        await connected.execute("TRUNCATE pgqueuer, pgqueuer_log")


async def let_notices_arrive(at: str) -> int:
    """What the jobs of that night would have done: everybody got the notice by SMS."""
    async with connection() as connected:
        for statement in ARRIVING:
            await connected.execute(statement.format(at=f"timestamptz '{at}'"))
        count: int = await connected.fetchval("SELECT count(*) FROM notices")
    await settle()
    return count


# Bills fell due on the twenty days before: courses differ, as they do where bills are issued on many days of a month.
FILLING = (
    """
    INSERT INTO packages (id, code, kind, name, monthly_cents)
    VALUES (pg_temp.of('package', 1), 'crowd-k', 'kombo', 'A1 Kombo', 4990) ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO customers (id, number, kind, name, tax_number, contact_number, street, postcode, city, since)
    SELECT pg_temp.of('customer', n), '8' || lpad(n::text, 9, '0'),
           CASE WHEN n % 19 = 0 THEN 'company' ELSE 'person' END, 'Stranka ' || n, lpad((n % 100000000)::text, 8, '0'),
           '+38670' || lpad((n % 1000000)::text, 6, '0'), 'Cesta ' || n % 90 + 1, '1000', 'Ljubljana', date '2020-01-01'
    FROM {numbers}
    """,
    """
    INSERT INTO accounts (id, customer, number)
    SELECT pg_temp.of('account', n), pg_temp.of('customer', n), '8' || lpad(n::text, 9, '0') FROM {numbers}
    """,
    """
    INSERT INTO contracts (id, account, package, number, concluded_on)
    SELECT pg_temp.of('contract', n), pg_temp.of('account', n), pg_temp.of('package', (n % 7 = 0)::int),
           'D' || lpad(n::text, 9, '0'), date '2020-01-01'
    FROM {numbers}
    """,
    """
    INSERT INTO bills (id, account, number, reference, issued_on, due_on, period_from, period_to, total_cents,
                       open_cents, settled_at)
    SELECT pg_temp.of('bill', n * 10 + k), pg_temp.of('account', n), 'D' || n * 10 + k,
           pg_temp.si12(700000000000 + n * 10 + k), due - 14, due, due - 44, due - 15, 2000 + n % 900,
           CASE WHEN is_open THEN 2000 + n % 900 ELSE 0 END, CASE WHEN NOT is_open THEN due::timestamptz END
    FROM {numbers}, generate_series(0, 2) k,
         LATERAL (SELECT {today} - (1 + n / 20 % 20)::int - k * 30 AS due, k = 0 AND n % 20 = 0 AS is_open) days
    """,
)
ARRIVING = (
    """
    INSERT INTO notices (id, account, bill, dunning_case, policy, step, at, gives_days, last_day)
    SELECT gen_random_uuid(), account, bill, id, policy, 'notice', {at}, 3, ({at})::date + 3
    FROM dunning_cases WHERE taken ? 'notice'
    """,
    """
    INSERT INTO messages (id, channel, recipient, template, language, once, state, attempts, created_at, sent_at,
                          delivered_at, "values", is_secret)
    SELECT gen_random_uuid(), 'sms', '+38670000000', 'pre_suspension', 'sl', 'notice ' || id, 'delivered', 1, at, at,
           at, '{{}}', false
    FROM notices
    """,
)
