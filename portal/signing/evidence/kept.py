"""Whether documents and envelopes are still what the chain says of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from portal.signing.evidence.chain import Event
from portal.signing.evidence.faults import Fault
from portal.signing.tables import EnvelopeState

Row = Mapping[str, Any]

OUTCOMES = {
    Event.SIGNED: EnvelopeState.SIGNED,
    Event.ACCEPTED: EnvelopeState.ACCEPTED,
    Event.DECLINED: EnvelopeState.DECLINED,
    Event.EXPIRED: EnvelopeState.EXPIRED,
}
"""The last that can happen first."""


def fault_of_document(row: Row) -> Fault | None:
    """`made`, `signed`: the facts of the entries that say so, in which hashes are hexadecimal."""
    wrong = wrong_with_original(row) or (wrong_with_copy(row) if row["signed_pdf"] is not None else None)
    return Fault(f"document {row['position']} of order {row['number']}", wrong) if wrong else None


def wrong_with_original(row: Row) -> str | None:
    if not is_of(row["pdf"], row["sha256"]):
        return "was changed: the file does not give its hash"
    if row["sha256"].hex() not in row["made"]:
        return "is not the one that was made: its hash stands in no entry"
    return None


def wrong_with_copy(row: Row) -> str | None:
    if not is_of(row["signed_pdf"], row["signed_sha256"]):
        return "was changed: the signed copy does not give its hash"
    if not row["signed_pdf"].startswith(row["pdf"]):
        return "the signed copy does not begin with the document that was shown"
    if row["signed_sha256"].hex() not in row["signed"]:
        return "the signed copy is not the one that was signed: its hash stands in no entry"
    return None


def is_of(content: bytes, sha256: bytes | None) -> bool:
    return hashlib.sha256(content).digest() == sha256


def fault_of_envelope(row: Row, entries: Sequence[Row]) -> Fault | None:
    """`entries`: those of this envelope. Its outcome stands among them, and its record is the one that was noted."""
    where = f"envelope of order {row['number']}"
    events = {entry["event"]: entry for entry in entries}
    if row["documents_sha256"] != row["sum"]:
        return Fault(where, "its documents are not those it was opened with")
    said = next((state for event, state in OUTCOMES.items() if event in events), EnvelopeState.OPEN)
    if row["state"] != said:
        return Fault(where, f"is {row['state']}, though by its entries it is {said}")
    if Event.RECORDED in events or row["record"] is not None:
        return fault_of_record(where, row["record"], events.get(Event.RECORDED), entries)
    return None


def fault_of_record(where: str, record: bytes | None, noted: Row | None, entries: Sequence[Row]) -> Fault | None:
    if record is None or noted is None:
        return Fault(where, "its record is missing" if record is None else "no entry says that a record was made")
    if json.loads(noted["facts"])["record_sha256"] != hashlib.sha256(record).hexdigest():
        return Fault(where, "its record is not the one that was noted when it was accepted")
    chain = {entry["position"]: entry["hash"].hex() for entry in entries}
    for entry in json.loads(record)["entries"]:
        if chain.get(entry["position"]) != entry["hash"]:
            return Fault(where, f"entry {entry['position']} is not the one that the record was made with")
    return None


DOCUMENTS = """
    SELECT d.position, o.number, d.pdf, d.sha256, d.signed_pdf, d.signed_sha256,
           coalesce((SELECT string_agg(facts, '') FROM evidence_entries
                     WHERE envelope = e.id AND event = 'documents_made'), '') AS made,
           coalesce((SELECT string_agg(facts, '') FROM evidence_entries
                     WHERE envelope = e.id AND event = 'signed'), '') AS signed
    FROM documents d JOIN envelopes e ON e.id = d.envelope JOIN orders o ON o.id = e."order"
    WHERE d.envelope = $1 OR $1 IS NULL
"""
ENVELOPES = """
    SELECT e.id, o.number, e.state, e.record, e.documents_sha256,
           (SELECT sha256(string_agg(d.sha256, '' ORDER BY d.position)) FROM documents d WHERE d.envelope = e.id) AS sum
    FROM envelopes e JOIN orders o ON o.id = e."order"
    WHERE e.id = $1 OR $1 IS NULL
"""
MISSING = """
    SELECT DISTINCT envelope FROM evidence_entries x
    WHERE (envelope = $1 OR $1 IS NULL) AND NOT EXISTS (SELECT FROM envelopes WHERE id = x.envelope)
"""
HASHES = "SELECT position, event, facts, hash FROM evidence_entries WHERE envelope = $1 ORDER BY position"
