"""The text of a message as it was kept, taken apart to be shown: what `plain_text` wrote, and what went by SMS."""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK = re.compile(
    r"""
    ^ (?P<heading> .+ ) \n -{3,} $
    | (?P<list> (?: ^ -[ ] .+ (?: \n [ ]{2} .+ )* \n? )+ )
    | (?P<paragraph> (?: ^ (?! -[ ] | .+\n-{3,}$ ) .+ \n? )+ )
    """,
    re.MULTILINE | re.VERBOSE,
)
ITEM = re.compile(r"^- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: heading, list or paragraph. `parts`: its lines, or the items of the list."""

    kind: str
    parts: list[str]


def blocks_of(text: str) -> list[Block]:
    """Nothing is taken from the words but what marked them: the dashes under a heading and before an item."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return [block_of(str(found.lastgroup), found.group()) for found in BLOCK.finditer(lines)]


def block_of(kind: str, text: str) -> Block:
    if kind == "list":
        return Block(kind, [item.rstrip().replace("\n ", "") for item in ITEM.split(text)[1:]])
    lines = text.splitlines()
    return Block(kind, lines[:1] if kind == "heading" else lines)
