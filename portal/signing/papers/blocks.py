"""What a document is made of, as its Typst template is given it (templates/documents/papers.typ)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]
Section = dict[str, Any]
Cell = str | tuple[str, str]
"""What stands in a table; of two, the second is a note in small type."""


def section(heading: str, *blocks: Block | None) -> Section | None:
    """None where it would have nothing to say."""
    said = [block for block in blocks if block]
    return {"heading": heading, "blocks": said} if said else None


def paragraph(text: str | None) -> Block | None:
    return {"kind": "text", "text": text} if text else None


def small(text: str) -> Block:
    return {"kind": "small", "text": text}


def items(texts: Iterable[str | None]) -> Block | None:
    said = [text for text in texts if text]
    return {"kind": "list", "items": said} if said else None


def facts(pairs: Iterable[tuple[str, str | None]]) -> Block | None:
    """Label and fact; a fact that is not known is left out."""
    known = [(label, fact) for label, fact in pairs if fact]
    return {"kind": "facts", "facts": known} if known else None


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], sum_: Sequence[str] | None = None) -> Block | None:
    """All but the first column stand on the right, as amounts do."""
    return {"kind": "table", "head": head, "rows": rows, "sum": sum_} if rows else None


def changes(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block | None:
    return {"kind": "changes", "head": head, "rows": rows} if rows else None
