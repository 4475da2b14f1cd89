"""What the network reported of the services of a line, noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from portal.database import transaction
from portal.network.tables import Setting


async def note_services(line: UUID, on: Mapping[str, Setting], at: datetime) -> None:
    """`on`: all services of the line that are on. An older report than the one that is noted changes nothing."""
    async with transaction() as connected:
        if await connected.fetchval(IS_NEWEST, line, at):
            await connected.execute(NOTE_OFF, line, at, list(on))
            await connected.execute(NOTE_ON, line, at, list(on), [setting.value for setting in on.values()])


# Two who note for the same line do it one after the other.
IS_NEWEST = """
    INSERT INTO services_read AS r (line, read_at) VALUES ($1, $2)
    ON CONFLICT (line) DO UPDATE SET read_at = excluded.read_at WHERE r.read_at <= excluded.read_at
    RETURNING true
"""
NOTE_OFF = """
    UPDATE service_states
    SET is_on = false, value = NULL, since = CASE WHEN is_on THEN $2 ELSE since END, observed_at = $2
    WHERE line = $1 AND service <> ALL ($3::text[])
"""
NOTE_ON = """
    INSERT INTO service_states AS s (line, service, is_on, value, since, observed_at)
    SELECT $1, service, true, value, $2, $2 FROM unnest($3::text[], $4::text[]) AS reported (service, value)
    ON CONFLICT (line, service) DO UPDATE SET
        is_on = true, value = excluded.value, observed_at = excluded.observed_at,
        since = CASE WHEN s.is_on AND s.value IS NOT DISTINCT FROM excluded.value THEN s.since ELSE excluded.since END
"""
