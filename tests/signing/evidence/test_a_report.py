"""The report for staff: readable, in both languages, and the same bytes for the same record."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from portal.signing.evidence.chain import Event
from portal.signing.evidence.record import final_record_of
from portal.signing.evidence.report import report_of
from portal.signing.evidence.report_words import EVENTS, LABELS
from portal.signing.looking import note_shown
from tests.people import NOON, Person
from tests.signing.envelopes.signing import PHONE, seen_by, signs, viewer_of
from tests.signing.people import an_envelope

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
async def record(ana: Person) -> bytes:
    envelope = await an_envelope(ana, number="N000017")
    seen, viewer = await seen_by(ana, envelope), await viewer_of(ana, LATER)
    await note_shown(seen, seen.documents[0], "page", viewer, PHONE, at=LATER)
    await signs(seen, viewer, LATER)
    return await final_record_of(envelope.id)


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "report.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdftotext", "-layout", "report.pdf", "-"], cwd=folder, capture_output=True, text=True, check=True
    )
    return " ".join(told.stdout.split())


async def test_it_tells_staff_in_slovenian_what_the_record_holds(record: bytes, tmp_path: Path) -> None:
    text = text_of(report_of(record, "sl"), tmp_path)

    assert "Dokazi o naročilu N000017" in text
    assert "Vnesena pravilna koda, dokumenti sprejeti" in text
    assert "2026-11-21 11:05:00" in text
    assert "Dokumente sem prebral oziroma prebrala" in text
    assert json.loads(record)["entries"][0]["hash"] in text.replace(" ", "")


async def test_it_speaks_english_too_and_is_the_same_whenever_it_is_made(record: bytes, tmp_path: Path) -> None:
    once, again = report_of(record, "en"), report_of(record, "en")

    assert once == again
    assert "Right code entered, documents accepted" in text_of(once, tmp_path)


def test_every_event_has_words() -> None:
    assert set(EVENTS) == set(Event)


async def test_every_fact_of_what_happened_has_words(record: bytes) -> None:
    facts = {name for entry in json.loads(record)["entries"] for name in entry["facts"]}

    assert "shown_as" in facts
    assert facts - set(LABELS) == set()
