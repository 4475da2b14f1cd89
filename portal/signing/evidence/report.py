"""The report of an envelope for staff: its record (portal.signing.evidence.record) as a tagged PDF/A-3a, by Typst.

The same record is the same bytes, whenever and wherever it is set.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import typst

from portal.messaging.letters import REGION, fonts
from portal.settings import ROOT, settings
from portal.signing.evidence.report_sections import Record, sections
from portal.web.templating import TEMPLATES
from portal.web.wording import say

SHEET = TEMPLATES / "documents" / "evidence.typ"
STANDARD: Final = "a-3a"


def report_of(record: bytes, language: str) -> bytes:
    """Raises typst.TypstError."""
    known = json.loads(record)
    made: bytes | list[bytes] = typst.compile(
        SHEET,
        root=ROOT,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(sheet(known, record, language), ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=datetime.fromisoformat(last_moment(known)).replace(microsecond=0),
    )
    return made[0] if isinstance(made, list) else made


def last_moment(known: Record) -> str:
    entries: Sequence[Record] = known["entries"]
    return str(entries[-1]["at"] if entries else known["envelope"]["opened_at"])


def sheet(known: Record, record: bytes, language: str) -> dict[str, Any]:
    title = say(language, "Evidence of order %(number)s", number=known["order"]["number"])
    return {
        "language": language,
        "region": REGION.get(language),
        "title": title,
        "running": title,
        "operator": {"name": settings().payee, "lines": [settings().host]},
        "words": {
            "page-of": say(language, "Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
            "foot": say(language, "For staff. All times are UTC."),
        },
        "sections": [section for section in sections(known, record, language) if section],
    }
