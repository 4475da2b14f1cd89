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
    "CREATE UNIQUE INDEX contact_changes_open ON contact_changes (login, kind) WHERE confirmed_at IS NULL",
    "CREATE INDEX messages_unsettled ON messages (state, created_at)"
    " WHERE state IN ('queued', 'sending', 'unknown', 'refused', 'failed', 'expired')",
    "CREATE INDEX customers_by_contact_number ON customers (contact_number) WHERE contact_number IS NOT NULL",
    # What waited when this release came: it ends like what is decided now, and its job is known by name.
    "UPDATE messages SET expires_at = created_at + interval '24 hours' WHERE expires_at IS NULL AND state = 'queued'",
    """
    DO $$ BEGIN IF to_regclass('pgqueuer') IS NOT NULL THEN
        UPDATE pgqueuer SET dedupe_key = 'message ' || (convert_from(payload, 'UTF8')::json ->> 'message')
        WHERE entrypoint = 'messaging.deliver' AND dedupe_key IS NULL;
    END IF; END $$
    """,
)
UNDO = (
    # What the release before can hold: its states, one telling of a fact, shorter recipients.
    "UPDATE messages SET state = CASE state WHEN 'refused' THEN 'failed' ELSE 'sent' END"
    " WHERE state IN ('refused', 'printed', 'handed_over')",
    "UPDATE messages SET once = NULL WHERE channel <> 'sms'",
    "UPDATE messages SET recipient = left(recipient, 254) WHERE length(recipient) > 254",
    "DROP INDEX customers_by_contact_number",
    "DROP INDEX messages_unsettled, contact_changes_open, messages_of_login, messages_of_customer",
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
