"""The document of a bill, set by Typst as a tagged PDF/A-3a.

The same sheet is the same bytes, whenever and wherever it is set: its day is the bill's own, and Typst derives the
document's identifiers from what stands in it. Fonts are those of the typst wheel, never the machine's.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final

import typst

from portal.settings import ROOT
from portal.web.templating import TEMPLATES

TEMPLATE = TEMPLATES / "documents" / "bill.typ"
STANDARD: Final = "a-3a"


def typeset(sheet: dict[str, Any], issued_on: date) -> bytes:
    """Raises typst.TypstError."""
    made: bytes | list[bytes] = typst.compile(
        TEMPLATE,
        root=ROOT,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"bill": json.dumps(sheet, ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=datetime.combine(issued_on, time(), UTC),
    )
    return made[0] if isinstance(made, list) else made


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
