"""What Piccolo cannot say of signing: what was made or written down stays as it is."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from portal.database import DB

ID = "2026-11-22T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "documents and evidence stay as they are"

STAYS = """
    CREATE FUNCTION stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
RULES = (
    STAYS,
    "CREATE TRIGGER evidence_stays BEFORE UPDATE OR DELETE ON evidence_entries"
    " FOR EACH ROW EXECUTE FUNCTION stays_as_it_is()",
    "CREATE TRIGGER evidence_is_not_emptied BEFORE TRUNCATE ON evidence_entries"
    " FOR EACH STATEMENT EXECUTE FUNCTION stays_as_it_is()",
    "CREATE TRIGGER documents_stay BEFORE DELETE ON documents FOR EACH ROW EXECUTE FUNCTION stays_as_it_is()",
    "CREATE TRIGGER documents_are_made_once BEFORE UPDATE ON documents FOR EACH ROW"
    " WHEN (OLD.signed_pdf IS NOT NULL OR OLD.signed_sha256 IS NOT NULL"
    " OR (OLD.envelope, OLD.position, OLD.kind, OLD.title, OLD.edition, OLD.pages, OLD.pdf, OLD.sha256)"
    " IS DISTINCT FROM (NEW.envelope, NEW.position, NEW.kind, NEW.title, NEW.edition, NEW.pages, NEW.pdf, NEW.sha256))"
    " EXECUTE FUNCTION stays_as_it_is()",
    "CREATE TRIGGER documents_are_not_emptied BEFORE TRUNCATE ON documents"
    " FOR EACH STATEMENT EXECUTE FUNCTION stays_as_it_is()",
    "CREATE UNIQUE INDEX signing_codes_open ON signing_codes (envelope) WHERE used_at IS NULL",
    "CREATE INDEX envelopes_open ON envelopes (expires_at) WHERE state = 'open'",
    "CREATE INDEX envelopes_accepted ON envelopes (decided_at) WHERE state = 'accepted'",
    "CREATE INDEX envelopes_decided ON envelopes (decided_at) WHERE decided_at IS NOT NULL",
)
UNDO = (
    "DROP INDEX signing_codes_open",
    "DROP INDEX envelopes_decided, envelopes_accepted, envelopes_open",
    "DROP TRIGGER documents_are_not_emptied ON documents",
    "DROP TRIGGER documents_are_made_once ON documents",
    "DROP TRIGGER documents_stay ON documents",
    "DROP TRIGGER evidence_is_not_emptied ON evidence_entries",
    "DROP TRIGGER evidence_stays ON evidence_entries",
    "DROP FUNCTION stays_as_it_is()",
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
