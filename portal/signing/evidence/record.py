"""The record of an envelope: all that is known of it, as canonical JSON (RFC 8785). Times are UTC, hashes hexadecimal.

Its SHA-256 stands in the customer's signature, so it is read in the transaction that accepts, and kept as it was.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection
from cryptography import x509

from portal.database import connection
from portal.refusals import NotFound
from portal.signing.envelopes import consent
from portal.signing.evidence import parts
from portal.signing.evidence.canonical import canonical
from portal.signing.evidence.chain import Event, note

FORMAT = 1
AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Section = dict[str, Any]


async def record_of(envelope: UUID) -> bytes:
    """Everything from the order to now. Raises NotFound."""
    async with connection() as connected:
        return canonical(await known(connected, envelope))


async def keep_record(envelope: UUID, at: datetime) -> None:
    """Make the record that the customer's signature will vouch for, and note its hash: right after ACCEPTED, last."""
    async with connection() as connected:
        record = canonical(await known(connected, envelope))
        await connected.execute(KEEP, envelope, record)
    await note(envelope, Event.RECORDED, at, record_sha256=hashlib.sha256(record).digest())


async def final_record_of(envelope: UUID) -> bytes:
    """The same with what followed the signature; anybody can compare `signed.record_sha256` with the signed attribute.

    Raises NotFound.
    """
    async with connection() as connected:
        return canonical(await known(connected, envelope) | {"signed": await signed(connected, envelope)})


async def known(connected: Connection, envelope: UUID) -> Section:
    entries = await entries_of(connected, envelope)
    sections: Section = {"format": FORMAT, "entries": entries}
    for name, sql in parts.OF_THE_ENVELOPE.items():
        sections[name] = await one(connected, sql, envelope)
    if sections["envelope"] is None:
        raise NotFound
    sections["documents"] = await many(connected, parts.DOCUMENTS, envelope)
    sections["links"] = await many(connected, parts.LINKS, envelope)
    sections["codes"] = await many(connected, parts.CODES, envelope)
    sections["consent"] = consent_of(sections["envelope"], sections["order"], entries)
    who = await connected.fetchrow(parts.WHO_SIGNS, envelope)
    sections["signatory"] = await signatory(connected, who["login"], who["session"])
    sections["messages"] = await messages(connected, envelope, entries, who["login"], who["session"])
    return sections


async def entries_of(connected: Connection, envelope: UUID) -> list[Section]:
    entries = await many(connected, parts.ENTRIES, envelope)
    return [entry | {"facts": json.loads(entry["facts"])} for entry in entries]


def consent_of(envelope: Section, order: Section, entries: list[Section]) -> Section | None:
    """The text that was agreed to, in full. The latest that was given; that of a decided envelope is its own."""
    given = next((entry for entry in reversed(entries) if entry["event"] == Event.CONSENT_GIVEN), None)
    facts: Section = given["facts"] if given else {}
    version = envelope["consent"] or facts.get("version")
    if version is None:
        return None
    language = facts.get("language") or order["language"]
    return asdict(consent.version(version, language)) | {"language": language, "at": given["at"] if given else None}


async def signatory(connected: Connection, login: UUID | None, session: UUID | None) -> Section | None:
    """Who signs, by which identification, and in which session; None while nobody has asked for a code."""
    if login is None:
        return None
    sections: Section = {name: await one(connected, sql, login) for name, sql in parts.OF_THE_SIGNATORY.items()}
    sections["registrations"] = await many(connected, parts.REGISTRATIONS, login)
    sections["session"] = await one(connected, parts.SESSION, session)
    sections["sign_in_codes"] = await many(connected, parts.SIGN_IN_CODES, login, session)
    return sections


async def messages(
    connected: Connection, envelope: UUID, entries: list[Section], login: UUID | None, session: UUID | None
) -> list[Section]:
    """Those that tell of the envelope, whose ids its entries name, or by which the signatory signed in: no texts."""
    named = {UUID(found) for entry in entries for found in AN_ID.findall(json.dumps(entry["facts"]))}
    signing_in = {row["id"] for row in await connected.fetch(parts.SIGN_IN_MESSAGES, login, session)}
    return await many(connected, parts.MESSAGES, envelope, list(named | signing_in))


async def signed(connected: Connection, envelope: UUID) -> Section | None:
    """None while it is not signed. What the time stamper and our own validation said stands in the entry `signed`."""
    row = await one(connected, parts.SIGNED, envelope)
    if row is None or row["certificate"] is None:
        return None
    return {
        "at": row["signed_at"],
        "record_sha256": hashlib.sha256(row["record"]).digest(),
        "certificate": certificate(row["certificate"]),
        "documents": await many(connected, parts.COPIES, envelope),
    }


def certificate(pem: str) -> Section:
    read = x509.load_pem_x509_certificate(pem.encode())
    return {
        "pem": pem,
        "serial": f"{read.serial_number:x}",
        "subject": read.subject.rfc4514_string(),
        "issuer": read.issuer.rfc4514_string(),
        "valid_from": read.not_valid_before_utc,
        "valid_to": read.not_valid_after_utc,
    }


async def one(connected: Connection, sql: str, *bound: Any) -> Section | None:
    row = await connected.fetchrow(sql, *bound)
    return dict(row) if row else None


async def many(connected: Connection, sql: str, *bound: Any) -> list[Section]:
    return [dict(row) for row in await connected.fetch(sql, *bound)]


KEEP = "UPDATE envelopes SET record = $2 WHERE id = $1"
