"""What Piccolo cannot say of the dunning tables: indexes over parts of them, and what earlier rows become."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.database import DB

ID = "2026-11-22T06:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "one open case an account, each step once, one deferral at a time"

RENAMED = [
    (table, name) for table in ("suspensions", "notices") for name in ("flex", "kombo", "legacy-fixed", "mobile")
]
RULES = (
    "CREATE UNIQUE INDEX dunning_cases_one_open ON dunning_cases (account) WHERE closed_at IS NULL",
    "CREATE INDEX dunning_cases_due ON dunning_cases (id, next_on) WHERE closed_at IS NULL AND next_on IS NOT NULL",
    "CREATE UNIQUE INDEX case_events_step_once ON case_events (dunning_case, step)"
    " WHERE kind = 'step' AND outcome IS DISTINCT FROM 'reversed'",
    "CREATE INDEX case_events_undone ON case_events (at) WHERE kind = 'step' AND outcome IS NULL",
    "CREATE INDEX notices_awaited ON notices (at) WHERE is_awaited",
    "CREATE UNIQUE INDEX deferrals_one_runs ON deferrals (account) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX deferral_requests_one_waits ON deferral_requests (account) WHERE state = 'asked'",
    "CREATE UNIQUE INDEX disputes_one_open ON disputes (bill) WHERE outcome IS NULL",
    "CREATE INDEX proofs_undecided ON proofs (sent_at) WHERE state = 'waiting'",
    "CREATE INDEX proofs_holding ON proofs (account) WHERE state = 'accepted'",
    "CREATE UNIQUE INDEX terminations_one_stands ON terminations (dunning_case) WHERE reversed_at IS NULL",
    'CREATE UNIQUE INDEX handovers_one_stands ON handovers (dunning_case, "to") WHERE reversed_at IS NULL',
    "CREATE INDEX payment_attempts_holding ON payment_attempts (account) WHERE state IN ('pending', 'held')",
    # The editions of the release before named no days. Their ranks and fees are those of the second editions.
    *(f"UPDATE {table} SET policy = '{name}-2' WHERE policy = '{name}-1'" for table, name in RENAMED),
    "UPDATE notices SET step = 'notice', is_awaited = false, delivered_on = (at AT TIME ZONE 'Europe/Ljubljana')::date",
    # A benefit that is asked back is a bill of ours: its number and reference come from a range of its own.
    "CREATE SEQUENCE claim_numbers",
)
UNDO = (
    "DROP SEQUENCE claim_numbers",
    *(f"UPDATE {table} SET policy = '{name}-1' WHERE policy = '{name}-2'" for table, name in RENAMED),
    "DROP INDEX payment_attempts_holding, handovers_one_stands, terminations_one_stands, proofs_holding,"
    " proofs_undecided, disputes_one_open, deferral_requests_one_waits, deferrals_one_runs, notices_awaited, case_events_undone,"
    " case_events_step_once, dunning_cases_due, dunning_cases_one_open",
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
