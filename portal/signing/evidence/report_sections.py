"""What stands in the report, section by section: facts, tables, the consent in full, and what happened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.signing.evidence.report_words import EVENTS, LABELS, VALUES
from portal.web.wording import say

MESSAGES = ("sent_at", "channel", "template", "recipient", "state", "delivered_at")
CODES = ("sent_at", "number", "amount_cents", "expires_at", "used_at")
SIGN_IN_CODES = ("sent_at", "used_at", "id")
PLACES = {name: place for place, name in enumerate(LABELS)}
SECOND = len("2026-11-22T14:05:00")

Record = Mapping[str, Any]
Section = dict[str, Any]


def sections(known: Record, record: bytes, language: str) -> list[Section | None]:
    return [
        facts(say(language, "Outcome"), known["envelope"], language),
        facts(say(language, "Order"), known["order"], language),
        facts(say(language, "Customer"), known["customer"], language),
        *signatory(known["signatory"] or {}, language),
        *(facts(say(language, "Document %(n)s", n=one["position"]), one, language) for one in known["documents"]),
        table(say(language, "Messages"), known["messages"], MESSAGES, language),
        table(say(language, "Codes to sign with"), known["codes"], CODES, language),
        consent(known["consent"], language),
        timeline(known["entries"], language),
        *signed(known["signed"], record, language),
    ]


def signatory(who: Record, language: str) -> Iterator[Section | None]:
    """Who signs, and by what we know that it is they."""
    yield facts(say(language, "Who signs"), who.get("login"), language)
    yield facts(say(language, "A1 certifikat"), who.get("enrolment"), language)
    for registration in who.get("registrations", ()):
        yield facts(say(language, "Registration"), registration, language)
    yield facts(say(language, "Password"), who.get("password"), language)
    yield facts(say(language, "Session"), who.get("session"), language)
    yield table(say(language, "Codes to sign in"), who.get("sign_in_codes", ()), SIGN_IN_CODES, language)


def signed(made: Record | None, record: bytes, language: str) -> Iterator[Section | None]:
    """The signature, and the hashes by which the report can be compared with what it vouches for."""
    vouching = [(say(language, "Hash of the record behind this report (SHA-256)"), hashlib.sha256(record).hexdigest())]
    if made is not None:
        yield facts(say(language, "Certificate of the signature"), made["certificate"], language)
        for copy in made["documents"]:
            yield facts(say(language, "Signed copy %(n)s", n=copy["position"]), copy, language)
        vouching.append((say(language, "Hash of the record in the signature (SHA-256)"), made["record_sha256"]))
    yield {"kind": "facts", "heading": say(language, "What vouches for it"), "facts": vouching}


def facts(heading: str, of: Record | None, language: str) -> Section | None:
    return {"kind": "facts", "heading": heading, "facts": pairs(of, language)} if of else None


def pairs(of: Record, language: str) -> list[tuple[str, str]]:
    """Label and fact; what is not known is left out."""
    known = sorted((name for name in of if of[name] not in (None, "", [])), key=place)
    return [(label(name, language), written(of[name], language)) for name in known]


def place(name: str) -> int:
    return PLACES.get(name, len(PLACES))


def table(heading: str, rows: Sequence[Record], columns: Sequence[str], language: str) -> Section | None:
    if not rows:
        return None
    return {
        "kind": "table",
        "heading": heading,
        "head": [label(column, language) for column in columns],
        "rows": [[written(row[column], language) for column in columns] for row in rows],
    }


def consent(given: Record | None, language: str) -> Section | None:
    """In full, in the language in which it was agreed to."""
    if given is None:
        return None
    heading = say(language, "Consent, version %(version)s", version=given["version"])
    paragraphs = [given["title"], *given["paragraphs"], given["statement"]]
    return {"kind": "text", "heading": heading, "paragraphs": paragraphs}


def timeline(entries: Sequence[Record], language: str) -> Section:
    rows = [
        {
            "position": entry["position"],
            "at": written(entry["at"], language),
            "event": say(language, EVENTS[entry["event"]]),
            "facts": pairs(entry["facts"], language),
            "hash": entry["hash"],
        }
        for entry in entries
    ]
    return {"kind": "timeline", "heading": say(language, "What happened"), "entries": rows}


def label(name: str, language: str) -> str:
    return say(language, LABELS[name]) if name in LABELS else name.replace("_", " ")


def written(value: Any, language: str) -> str:
    """A moment to the second, a word of the record in plain words, and of a list each part on its own."""
    if isinstance(value, dict):
        return ", ".join(f"{label} {fact}" for label, fact in pairs(value, language))
    if isinstance(value, list):
        return "; ".join(written(one, language) for one in value)
    if isinstance(value, str) and is_moment(value):
        return value[:SECOND].replace("T", " ")
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return say(language, VALUES[text]) if text in VALUES else text


def is_moment(value: str) -> bool:
    return value.endswith("Z") and value[10:11] == "T"
