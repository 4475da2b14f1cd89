"""What Piccolo cannot say of bills and bank entries: indexes over parts of them, and the references of accounts."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.database import DB

ID = "2026-11-22T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what waits for a person is found at once; every account has a reference"

# SI12 with an 8 and the account's number: weights 2, 3, 4 … from the right, 10 and 11 give 0 (portal/reference.py).
REFERENCES = """
    WITH numbered AS (
        SELECT id, '8' || lpad(number, 11, '0') AS digits FROM accounts WHERE number ~ '^[0-9]{1,11}$'
    ), summed AS (
        SELECT n.id, n.digits, 11 - sum(substr(n.digits, 13 - place, 1)::integer * (place + 1)) % 11 AS rest
        FROM numbered n CROSS JOIN generate_series(1, 12) AS place GROUP BY n.id, n.digits
    )
    UPDATE accounts a SET reference = 'SI12' || s.digits || CASE WHEN s.rest > 9 THEN 0 ELSE s.rest END
    FROM summed s WHERE s.id = a.id
"""
RULES = (
    REFERENCES,
    "CREATE INDEX bank_entries_waiting ON bank_entries (booked_on) WHERE state = 'waiting'",
    "CREATE UNIQUE INDEX refund_requests_one_waits ON refund_requests (account) WHERE state = 'asked'",
    "CREATE INDEX credits_left ON credits (account) WHERE amount_cents > 0",
    # Beside a part that is on its way at the bank the rest of the bill can be paid.
    "DROP INDEX payment_attempts_one_live",
    "CREATE UNIQUE INDEX payment_attempts_one_live ON payment_attempts (account, bill_set)"
    " WHERE state IN ('created', 'open')",
)
UNDO = (
    "DROP INDEX payment_attempts_one_live",
    "CREATE UNIQUE INDEX payment_attempts_one_live ON payment_attempts (account, bill_set)"
    " WHERE state IN ('created', 'open', 'pending')",
    "DROP INDEX credits_left, refund_requests_one_waits, bank_entries_waiting",
    "UPDATE accounts SET reference = NULL",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="moj", description=DESCRIPTION)

    async def lay() -> None:
        for rule in RULES:
            await DB.run_ddl(rule)

    async def lift() -> None:
        for rule in UNDO:
            await DB.run_ddl(rule)

    manager.add_raw(lay)
    manager.add_raw_backwards(lift)
    return manager
