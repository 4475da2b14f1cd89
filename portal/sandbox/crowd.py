"""Many more customers than the demo's people, for measuring: three years of paid bills each, made by SQL in sets.

Customer n is the same whenever it is made, so that seeding again adds only who is missing. Every fourteenth has an
open bill, every thirty-third an overdue one too. What their lines use stands in crowd_usage.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

from asyncpg import Connection

from portal.database import transaction

CHUNK, CHUNK_UNBILLED = 500, 20_000
MOST = 999_999
"""Their numbers have six digits."""
DIGITS = " + ".join(f"n / {10**place} % 10 * {place + 2}" for place in range(12))


async def fill(customers: int, today: date, *, is_billed: bool = True) -> AsyncIterator[int]:
    """Make the customers 1 to `customers` in chunks, each of them whole or not at all; yields how many exist.

    Millions of bills take hours: who is only to have a line is not billed.
    """
    chunk = CHUNK if is_billed else CHUNK_UNBILLED
    for first in range(1, customers + 1, chunk):
        last = min(first + chunk - 1, customers)
        async with transaction() as connection:
            await add(connection, first, last, today, is_billed=is_billed)
        yield last


async def add(connection: Connection, first: int, last: int, today: date, *, is_billed: bool) -> None:
    for statement in WRITTEN_ONCE:
        await connection.execute(statement)
    await connection.execute(MISSING, first, last)
    for statement in CONNECTING:
        await connection.execute(statement)
    if is_billed:
        await connection.execute(BILLED, today)
        for statement in BILLING:
            await connection.execute(statement)


# What a chunk is made from, in tables that vanish with its transaction.
WRITTEN_ONCE = (
    "SET LOCAL statement_timeout = 0",
    # The rows refer to one another as they are made here; a superuser may leave the checking of it out, twice as fast.
    """
    SELECT set_config('session_replication_role', 'replica', true)
    FROM pg_roles WHERE rolname = current_user AND rolsuper
    """,
    f"""
    CREATE OR REPLACE FUNCTION pg_temp.si12(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT 'SI12' || lpad(n::text, 12, '0') || (ARRAY[0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1])[({DIGITS}) % 11 + 1]
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.of(what text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT md5('moj demo ' || what || n)::uuid
    $$
    """,
    """
    INSERT INTO packages (id, code, kind, name, monthly_cents)
    VALUES (pg_temp.of('package', 0), 'crowd-s', 'mobile', 'Mobilni S', 1499) ON CONFLICT DO NOTHING
    """,
)
MISSING = """
    CREATE TEMPORARY TABLE crowd ON COMMIT DROP AS
    SELECT n, '8' || lpad(n::text, 7, '0') AS number, '+38670' || lpad(n::text, 6, '0') AS mobile,
           (ARRAY['Anja', 'Blaž', 'Cilka', 'Drago', 'Ema', 'Franc', 'Gaja', 'Igor', 'Jana'])[n % 9 + 1] || ' '
           || (ARRAY['Hribar', 'Kos', 'Zupan', 'Bizjak', 'Golob', 'Mlakar', 'Vidic'])[n % 7 + 1] AS name
    FROM generate_series($1::bigint, $2::bigint) n
    WHERE NOT EXISTS (SELECT FROM customers WHERE number = '8' || lpad(n::text, 7, '0'))
"""
BILLED = """
    CREATE TEMPORARY TABLE crowd_bills ON COMMIT DROP AS
    SELECT n, n * 100 + k AS no, k, issued, issued + 14 AS due, 100 + (n * 7919 + k * 104729) % 1900 AS calls,
           k = 0 AND n % 14 = 0 OR k <= 1 AND n % 33 = 0 AS is_open
    FROM crowd, generate_series(0, 35) k,
         LATERAL (SELECT ($1::date - 6 - k * interval '1 month')::date AS issued) days
"""
CONNECTING = (
    """
    INSERT INTO customers (id, number, kind, name, tax_number, contact_number, street, postcode, city, since)
    SELECT pg_temp.of('customer', n), number, 'person', name, lpad(n::text, 8, '0'), mobile,
           'Cesta ' || n % 90 + 1, '1000', 'Ljubljana', date '2020-01-01' FROM crowd
    """,
    """
    INSERT INTO accounts (id, customer, number)
    SELECT pg_temp.of('account', n), pg_temp.of('customer', n), number FROM crowd
    """,
    """
    INSERT INTO contracts (id, account, package, number, concluded_on)
    SELECT pg_temp.of('contract', n), pg_temp.of('account', n), pg_temp.of('package', 0), 'D' || number,
           date '2020-01-01' FROM crowd
    """,
    """
    INSERT INTO lines (id, account, contract, kind, number)
    SELECT pg_temp.of('line', n), pg_temp.of('account', n), pg_temp.of('contract', n), 'mobile', mobile FROM crowd
    """,
    """
    INSERT INTO logins (id, contact_number, name, created_at)
    SELECT pg_temp.of('login', n), mobile, name, timestamptz '2020-01-02 08:00Z' FROM crowd
    """,
    """
    INSERT INTO accesses (id, login, customer)
    SELECT pg_temp.of('access', n), pg_temp.of('login', n), pg_temp.of('customer', n) FROM crowd
    """,
)
BILLING = (
    """
    INSERT INTO bills (id, account, number, reference, issued_on, due_on, period_from, period_to,
                       total_cents, open_cents, settled_at)
    SELECT pg_temp.of('bill', no), pg_temp.of('account', n), 'D' || no, pg_temp.si12(800000000000 + no), issued, due,
           (issued - interval '1 month')::date, issued - 1, 1299 + calls,
           CASE WHEN is_open THEN 1299 + calls ELSE 0 END,
           CASE WHEN NOT is_open THEN issued + interval '3 days 8 hours' END
    FROM crowd_bills
    """,
    """
    INSERT INTO bill_lines (id, bill, position, description, amount_cents)
    SELECT pg_temp.of('bill line', no * 3 + position), pg_temp.of('bill', no), position, description, cents
    FROM crowd_bills, LATERAL (VALUES (1, 'Naročnina Mobilni S', 1499), (2, 'Klici in sporočila', calls),
                                      (3, 'Popust za e-račun', -200)) AS l (position, description, cents)
    """,
    """
    INSERT INTO payments (id, account, method, external_id, amount_cents, booked_at)
    SELECT pg_temp.of('payment', no), pg_temp.of('account', n), 'other', 'demo-' || no, 1299 + calls,
           issued + interval '3 days 8 hours'
    FROM crowd_bills WHERE NOT is_open
    """,
    """
    INSERT INTO allocations (id, payment, bill, amount_cents, at)
    SELECT pg_temp.of('allocation', no), pg_temp.of('payment', no), pg_temp.of('bill', no), 1299 + calls,
           issued + interval '3 days 8 hours'
    FROM crowd_bills WHERE NOT is_open
    """,
)
