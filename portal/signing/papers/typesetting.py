"""A document of an order, set by Typst as a tagged PDF/A-3a.

The same sheet is the same bytes, whenever and wherever it is set: its moment is the order's own, and Typst derives the
document's identifiers from what stands in it. Fonts are those of the typst wheel, never the machine's.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import Any, Final

import typst

from portal.settings import ROOT
from portal.signing.papers.characters import printable
from portal.signing.tables import DocumentKind
from portal.web.templating import TEMPLATES

STANDARD: Final = "a-3a"
PAGES = re.compile(rb"<xmpTPg:NPages>(\d+)<")


def typeset(kind: DocumentKind, sheet: dict[str, Any], at: datetime) -> bytes:
    """Raises typst.TypstError."""
    made: bytes | list[bytes] = typst.compile(
        TEMPLATES / "documents" / f"{kind}.typ",
        root=ROOT,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(printable(sheet), ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=at.replace(microsecond=0),
    )
    return made[0] if isinstance(made, list) else made


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def pages_of(pdf: bytes) -> int:
    """As its metadata says. Raises ValueError for what is no PDF of ours."""
    said = PAGES.search(pdf)
    if said is None:
        raise ValueError("no PDF of ours")
    return int(said.group(1))
