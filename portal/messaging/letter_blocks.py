"""Markdown as JSON, for the letters' template: blocks of spans. What has no place on paper is an error."""

from __future__ import annotations

from typing import Any

from markdown_it.tree import SyntaxTreeNode

from portal.messaging.plain_text import rows


def block(node: SyntaxTreeNode) -> dict[str, Any]:
    """Raises ValueError on what has no place in a letter."""
    match node.type:
        case "paragraph":
            return {"kind": "paragraph", "words": words(node)}
        case "heading":
            return {"kind": "heading", "level": int(node.tag[1:]), "words": words(node)}
        case "bullet_list" | "ordered_list":
            kind = "list" if node.type == "bullet_list" else "steps"
            return {"kind": kind, "items": [[block(part) for part in item.children] for item in node.children]}
        case "table":
            return table(node)
    raise ValueError(f"a letter cannot hold a {node.type}")


def table(node: SyntaxTreeNode) -> dict[str, Any]:
    head, *body = rows(node)
    return {
        "kind": "table",
        "columns": ["right" if "right" in str(cell.attrs.get("style")) else "left" for cell in head.children],
        "head": [words(cell) for cell in head.children],
        "rows": [{"cells": cells, "is-sum": is_sum(cells)} for cells in map(cells_of, body)],
    }


def cells_of(row: SyntaxTreeNode) -> list[list[dict[str, Any]]]:
    return [words(cell) for cell in row.children]


def is_sum(cells: list[list[dict[str, Any]]]) -> bool:
    """A row written in bold from end to end adds up those above it."""
    return all(span["kind"] == "strong" for cell in cells for span in cell)


def words(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    """The spans of a piece; Markdown leaves empty ones around what is in bold."""
    spans = [span(part) for inline in node.children for part in inline.children]
    return [one for one in spans if one.get("text") != ""]


def span(node: SyntaxTreeNode) -> dict[str, Any]:
    match node.type:
        case "text" | "code_inline":
            return {"kind": "text", "text": node.content}
        case "softbreak":
            return {"kind": "text", "text": " "}
        case "hardbreak":
            return {"kind": "break"}
        case "strong" | "em":
            return {"kind": node.type, "words": [span(part) for part in node.children]}
        case "link":
            return {"kind": "link", "target": node.attrs["href"], "words": [span(part) for part in node.children]}
    raise ValueError(f"a letter cannot hold a {node.type}")
