"""XML as it is read: a few elements at a time, each forgotten after it was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

from lxml import etree

from portal.payments.bank.refused import StatementRefused

LARGEST_ELEMENT = 1 << 20
"""Bytes between two of the elements that we look at. Nothing in a statement comes near it."""
DEEPEST = 40
LOOKED_AT = (
    *("Document", "Stmt", "Ntfctn", "Rpt", "Acct", "StmtPgntn", "NtfctnPgntn", "MsgPgntn", "Bal", "TxsSummry"),
    *("Ntry", "Btch", "TxDtls", "CreDtTm"),
)

Leaves = dict[str, list[str]]
"""What is written in an element: `Refs/EndToEndId` → its texts; an attribute as `Amt@Ccy`."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Bounded:
    """A file that is read no further than `LARGEST_ELEMENT` beyond what was looked at last."""

    def __init__(self, file: Readable) -> None:
        self.file = file
        self.unseen = 0

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.unseen += len(piece)
        if self.unseen > LARGEST_ELEMENT:
            raise StatementRefused(f"an element is larger than {LARGEST_ELEMENT >> 20} MiB")
        return piece


def elements(file: Readable) -> Iterator[tuple[str, str, Any]]:
    """`start` or `end`, the element's name without its namespace, and the element. Raises StatementRefused."""
    source = Bounded(file)
    parsed = etree.iterparse(
        source,
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in LOOKED_AT],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in parsed:
            source.unseen = 0
            yield event, name_of(element), element
            if event == "end":
                forget(element)
    except etree.XMLSyntaxError as broken:
        raise StatementRefused(f"the file is broken or cut off: {broken.msg}") from None


def name_of(element: Any) -> str:
    return local(element.tag)


@lru_cache(1024)
def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def forget(element: Any) -> None:
    """Its content, and what stands before it. The element itself is the parser's until it goes on."""
    if name_of(element) not in ("Ntry", "TxDtls", "Stmt", "Ntfctn"):
        return
    element.clear()
    parent = element.getparent()
    while (before := element.getprevious()) is not None:
        parent.remove(before)


def leaves(element: Any) -> Leaves:
    """All that is written in an element, without the namespace: it reads the same in every version."""
    found: Leaves = {}
    gather(element, "", found, 0)
    return found


def gather(element: Any, path: str, found: Leaves, depth: int) -> None:
    if depth > DEEPEST:
        raise StatementRefused(f"line {element.sourceline}: elements stand too deep in each other")
    for child in element:
        take(child, path, found, depth)


def take(child: Any, path: str, found: Leaves, depth: int = 0) -> None:
    below = path + local(child.tag)
    if len(child):
        gather(child, f"{below}/", found, depth + 1)
    elif (text := child.text) is not None and (text := text.strip()):
        found.setdefault(below, []).append(text)
        if currency := child.get("Ccy"):
            found.setdefault(f"{below}@Ccy", []).append(currency)


def first(found: Leaves, *paths: str) -> str | None:
    """The text of the first of these paths that is there."""
    for path in paths:
        if path in found:
            return found[path][0]
    return None
