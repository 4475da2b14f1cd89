"""One of the Bojans again: documents wait for him, and he signs them while things break."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

import httpx

from portal import clock
from portal.signing.tables import SigningCode
from tests.faults.estate import Estate, until
from tests.visiting import read_page


@dataclass
class Signatory:
    """`number` is the contact number; `client` the browser."""

    estate: Estate
    number: str
    client: httpx.AsyncClient

    @classmethod
    async def signed_in(cls, estate: Estate, number: str) -> Self:
        headers = {"sec-fetch-site": "same-origin", **await estate.sign_in(number)}
        return cls(estate, number, httpx.AsyncClient(base_url=estate.base, headers=headers, timeout=60))

    async def orders(self, folder: Path, count: int = 1) -> list[UUID]:
        """Forms for a change, of one document each, as the sales system brings them. Returns the envelopes."""
        async with self.estate.books() as books:
            who = await books.fetchrow(WHO, self.number)
        rows = [
            {
                "number": f"F-{self.number[-3:]}-{n}",
                "kind": "change",
                "placed_at": clock.now().isoformat(),
                "customer": who["number"],
                "signatory": who["name"],
                "email": "bojan@example.com",
                "terms": {"changes": [{"what": "Naslov", "before": "Kovaška cesta 17", "after": "Lipova ulica 3"}]},
            }
            for n in range(count)
        ]
        file = folder / "orders.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        await asyncio.to_thread(self.estate.run, "portal.cli", "orders", "import", str(file))
        async with self.estate.books() as books:
            return [row["id"] for row in await books.fetch(ENVELOPES, [row["number"] for row in rows])]

    async def asks(self, envelope: UUID) -> None:
        """Agrees, and is sent a code. However many he asked for today: that is another story."""
        async with self.estate.books() as books:
            await books.execute("DELETE FROM limit_counters")
        page = await self.submit(f"/documents/{envelope}/signature", f"/documents/{envelope}/signature", agreed="yes")
        assert page.headers["location"].endswith("/code"), page.headers

    async def enters_the_code(self, envelope: UUID) -> None:
        path = f"/documents/{envelope}/signature/code"
        answer = await self.submit(path, path, code=await self.code_for(envelope))
        assert answer.headers["location"] == f"/documents/{envelope}"

    async def signs(self, envelope: UUID) -> None:
        await self.asks(envelope)
        await self.enters_the_code(envelope)

    async def code_for(self, envelope: UUID) -> str:
        """The digits that the SMS carries."""
        async with self.estate.books() as books:
            row = await books.fetchrow("SELECT secret, counter FROM signing_codes WHERE envelope = $1", envelope)
        return SigningCode(_ignore_missing=True, **row).digits

    async def reads(self, envelope: UUID) -> str:
        """The heading of the page of his documents."""
        page = read_page((await self.client.get(f"/documents/{envelope}")).raise_for_status())
        return page.one("h1").text or ""

    async def submit(self, path: str, action: str, **typed: str) -> httpx.Response:
        page = read_page((await self.client.get(path)).raise_for_status())
        answer = await self.client.post(action, data=page.form_to(action).fill(**typed).fields)
        assert answer.status_code == 303, answer.text
        return answer

    async def gets(self, envelopes: Sequence[UUID]) -> None:
        """His copies: all is signed, has gone on, the e-mails have left, and no job is open."""

        async def are_there() -> bool:
            return bool(await self.estate.ask(DONE, envelopes) == len(envelopes))

        await until(are_there, "signed copies by e-mail", 90)

    async def has_exactly_one_of_each(self, envelope: UUID) -> bool:
        """However things broke: one outcome, one signed copy that is what its hash says, one e-mail."""
        async with self.estate.books() as books:
            found = dict(await books.fetchrow(EVERYTHING, envelope))
        assert found == {
            "state": "signed",
            "outcomes": ["accepted", "recorded", "signed", "copies_sent", "went_on"],
            "copies": 1,
            "messages": 1,
            "emails": 1,
        }, found
        return True


WHO = "SELECT number, name FROM customers WHERE contact_number = $1"
ENVELOPES = """
    SELECT e.id FROM envelopes e JOIN orders o ON o.id = e."order" WHERE o.number = ANY ($1) ORDER BY o.number
"""
DONE = """
    SELECT count(*) FROM envelopes e JOIN orders o ON o.id = e."order"
    JOIN messages m ON m.once = 'documents_signed:' || e.id
    WHERE e.id = ANY ($1) AND e.state = 'signed' AND o.went_on_at IS NOT NULL AND m.state IN ('sent', 'delivered')
    AND NOT EXISTS (SELECT FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE '%' || e.id || '%')
"""
EVERYTHING = """
    SELECT e.state,
        (SELECT array_agg(event ORDER BY position) FROM evidence_entries WHERE envelope = e.id AND position >= (
            SELECT min(position) FROM evidence_entries WHERE envelope = e.id AND event = 'accepted')) AS outcomes,
        (SELECT count(*) FROM documents WHERE envelope = e.id AND signed_sha256 = sha256(signed_pdf)) AS copies,
        (SELECT count(*) FROM messages WHERE once = 'documents_signed:' || e.id) AS messages,
        (SELECT count(*) FROM sandbox.mails r JOIN messages m ON r.message_id LIKE '%' || m.id || '%'
            WHERE m.once = 'documents_signed:' || e.id) AS emails
    FROM envelopes e WHERE e.id = $1
"""
