"""Whatever was made for an envelope stays as it was made, whoever tries to change it."""

from __future__ import annotations

import pytest
from asyncpg.exceptions import IntegrityConstraintViolationError

from portal import clock
from portal.database import connection
from tests.signing import people


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE documents SET pdf = '\\x00'",
        "UPDATE documents SET title = 'Nekaj drugega'",
        "UPDATE documents SET pages = pages + 1",
        "UPDATE documents SET position = position + 10",
        "DELETE FROM documents",
        "TRUNCATE documents",
    ],
)
async def test_nobody_changes_a_document(database: str, meddling: str) -> None:
    await people.an_envelope(await people.ana(), at=clock.now())

    async with connection() as connected:
        with pytest.raises(IntegrityConstraintViolationError, match="only added to"):
            await connected.execute(meddling)


async def test_a_signed_copy_is_written_once(database: str) -> None:
    await people.an_envelope(await people.ana(), at=clock.now())

    async with connection() as connected:
        await connected.execute("UPDATE documents SET signed_pdf = '\\x01', signed_sha256 = '\\x02'")
        with pytest.raises(IntegrityConstraintViolationError, match="only added to"):
            await connected.execute("UPDATE documents SET signed_pdf = '\\x03'")
