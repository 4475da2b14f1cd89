"""What Piccolo cannot say of a table: indexes over parts of it, and rows that nobody may change."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.database import DB

ID = "2026-11-21T23:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one open barring order a line, one open suspension an account, one live attempt a set of bills"

RULES = (
    "CREATE UNIQUE INDEX barring_orders_one_open ON barring_orders (line) WHERE state IN ('waiting', 'sent', 'unknown')",
    "CREATE UNIQUE INDEX suspensions_one_open ON suspensions (account) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX payment_attempts_one_live ON payment_attempts (account, bill_set)"
    " WHERE state IN ('created', 'open', 'pending')",
    "CREATE INDEX bills_by_month ON bills (account, issued_on DESC, number DESC)",
    "CREATE INDEX bills_open ON bills (account, due_on) WHERE open_cents > 0",
    "CREATE INDEX payment_attempts_live ON payment_attempts (updated_at) WHERE state IN ('created', 'open', 'pending')",
    "CREATE INDEX barring_orders_by_sending ON barring_orders (sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX barring_orders_open ON barring_orders (asked_at) WHERE state IN ('waiting', 'sent', 'unknown')",
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '% is written once and never changed', TG_TABLE_NAME; END $$",
    "CREATE TRIGGER audit_entries_never_change BEFORE UPDATE OR DELETE ON audit_entries"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER allocations_never_change BEFORE UPDATE OR DELETE ON allocations"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)
UNDO = (
    "DROP TRIGGER allocations_never_change ON allocations",
    "DROP TRIGGER audit_entries_never_change ON audit_entries",
    "DROP FUNCTION refuse_change",
    "DROP INDEX barring_orders_open, barring_orders_by_sending, payment_attempts_live, bills_open, bills_by_month,"
    " payment_attempts_one_live, suspensions_one_open, barring_orders_one_open",
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
