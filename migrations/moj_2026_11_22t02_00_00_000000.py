"""More states of a message, and the indexes by which messages are found."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.database import DB

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "states of messages, indexes over them"

STATES = "queued sending unknown sent delivered failed refused expired printed handed_over"
EARLIER = "queued sending unknown sent delivered failed expired"


def known(states: str) -> str:
    listed = ", ".join(f"'{state}'" for state in states.split())
    return f"ALTER TABLE messages ADD CONSTRAINT messages_state_is_known CHECK (state IN ({listed}))"


RULES = (
    "ALTER TABLE messages DROP CONSTRAINT messages_state_is_known",
    known(STATES),
    "CREATE INDEX messages_of_customer ON messages (customer, created_at DESC) WHERE customer IS NOT NULL",
    "CREATE INDEX messages_of_login ON messages (login_id, created_at DESC) WHERE login_id IS NOT NULL",
    "CREATE INDEX messages_unsettled ON messages (channel, created_at) WHERE state IN ('queued', 'sending', 'unknown')",
)
UNDO = (
    "DROP INDEX messages_unsettled, messages_of_login, messages_of_customer",
    "ALTER TABLE messages DROP CONSTRAINT messages_state_is_known",
    known(EARLIER),
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
