"""What Piccolo cannot say of services and use: partitioned tables, and indexes over parts of tables."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.database import DB

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "use is measured by month; of a line and service one order is open"

ALLOWANCES = """
    CREATE TABLE usage_allowances (
        line uuid NOT NULL, code varchar(40) NOT NULL, kind varchar(12) NOT NULL, name_sl varchar(80),
        name_en varchar(80), period_from date NOT NULL, period_to date NOT NULL, used bigint NOT NULL,
        included bigint, shared_by smallint, own_used bigint, measured_at timestamptz NOT NULL,
        source varchar(20) NOT NULL, sequence bigint NOT NULL,
        PRIMARY KEY (line, code, period_from),
        CONSTRAINT usage_allowances_hold_amounts CHECK (used >= 0 AND included >= 0 AND own_used BETWEEN 0 AND used),
        CONSTRAINT usage_allowances_kind_is_known CHECK (kind IN ('calls', 'messages', 'data', 'roaming_data')),
        CONSTRAINT usage_allowances_end_after_they_begin CHECK (period_to >= period_from)
    ) PARTITION BY RANGE (period_from)
"""
SPENDING = """
    CREATE TABLE usage_spending (
        line uuid NOT NULL, period_from date NOT NULL, period_to date NOT NULL, spent_cents bigint NOT NULL,
        roaming_cents bigint NOT NULL DEFAULT 0, measured_at timestamptz NOT NULL,
        source varchar(20) NOT NULL, sequence bigint NOT NULL,
        PRIMARY KEY (line, period_from),
        CONSTRAINT usage_spending_is_not_negative CHECK (roaming_cents >= 0 AND spent_cents >= roaming_cents),
        CONSTRAINT usage_spending_ends_after_it_begins CHECK (period_to >= period_from)
    ) PARTITION BY RANGE (period_from)
"""
RECORDS = """
    CREATE TABLE usage_records (
        source varchar(20) NOT NULL, record varchar(40) NOT NULL, began_at timestamptz NOT NULL, sequence bigint NOT NULL,
        line uuid NOT NULL, kind varchar(4) NOT NULL, other_party varchar(20), place varchar(60),
        quantity bigint NOT NULL, amount_cents bigint NOT NULL DEFAULT 0, is_abroad boolean NOT NULL DEFAULT false,
        is_taken_back boolean NOT NULL DEFAULT false,
        PRIMARY KEY (source, record, began_at),
        CONSTRAINT usage_records_hold_amounts CHECK (quantity >= 0 AND amount_cents >= 0),
        CONSTRAINT usage_records_kind_is_known CHECK (kind IN ('call', 'sms', 'mms', 'data'))
    ) PARTITION BY RANGE (began_at)
"""
RULES = (
    ALLOWANCES,
    SPENDING,
    RECORDS,
    "CREATE INDEX usage_records_of_a_line ON usage_records (line, began_at)",
    "CREATE UNIQUE INDEX service_orders_one_open ON service_orders (line, service)"
    " WHERE state IN ('waiting', 'sent', 'unknown')",
    "CREATE INDEX service_orders_newest ON service_orders (line, service, asked_at)",
    "CREATE INDEX service_orders_open ON service_orders (asked_at) WHERE state IN ('waiting', 'sent', 'unknown')",
    *(
        rule.format(table)
        for table in ("service_orders", "barring_orders")
        for rule in (
            "CREATE INDEX {0}_left_behind ON {0} (sent_at) WHERE state = 'superseded' AND under_way IS NOT NULL",
            "CREATE INDEX {0}_refused ON {0} (asked_at) WHERE state = 'refused'",
        )
    ),
    "CREATE INDEX service_orders_watched ON service_orders (sent_at) WHERE state <> 'refused'",
    "CREATE UNIQUE INDEX switches_one_ahead ON switches (line, service)"
    " WHERE state IN ('to_sign', 'scheduled')",
    "CREATE INDEX switches_scheduled ON switches (starts_on) WHERE state = 'scheduled'",
    "CREATE INDEX switches_done ON switches (ended_at) WHERE state = 'done'",
    "CREATE INDEX switches_withdrawn ON switches (withdrawn_at) WHERE withdrawn_at IS NOT NULL",
    "CREATE UNIQUE INDEX spending_blocks_one_stands ON spending_blocks (line) WHERE lifted_at IS NULL",
    "CREATE INDEX usage_warnings_of_old ON usage_warnings (period_from)",
)
UNDO = (
    "DROP INDEX usage_warnings_of_old, spending_blocks_one_stands, switches_withdrawn, switches_done,"
    " switches_scheduled, switches_one_ahead,"
    " service_orders_watched, service_orders_open, service_orders_left_behind, service_orders_refused,"
    " barring_orders_left_behind, barring_orders_refused, service_orders_newest, service_orders_one_open",
    "DROP TABLE usage_records, usage_spending, usage_allowances",
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
