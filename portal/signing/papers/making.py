"""The documents of an order, each made once: hashed, kept and never made again (docs/decisions/documents-once.md)."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from portal.customers.tables import Customer
from portal.signing.papers.ordered import Ordered, ordered_of
from portal.signing.papers.sheet import SORTS, sheet
from portal.signing.papers.typesetting import pages_of, typeset
from portal.signing.tables import DocumentKind, Order, OrderKind


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it is to be signed. `title`: in the language of the order. `sha256`: the 32 bytes."""

    kind: DocumentKind
    title: str
    edition: str
    pdf: bytes
    pages: int
    sha256: bytes


async def make(order: Order, customer: Customer) -> list[Paper]:
    """In the order in which they are to be read: the summary comes first. Raises typst.TypstError.

    Typst lets go of the interpreter while it works, so a thread keeps the event loop free.
    """
    its = await ordered_of(order, customer)
    async with ONE_AT_A_TIME:
        return [await asyncio.to_thread(made, kind, its) for kind in kinds_of(its)]


ONE_AT_A_TIME = asyncio.Semaphore(1)
"""In a process: however many orders come at once, there is time for everybody's pages."""


def kinds_of(its: Ordered) -> list[DocumentKind]:
    if its.kind in (OrderKind.ORDER, OrderKind.PURCHASE):
        first = [DocumentKind.SUMMARY] if its.has_commitment else []
        return [*first, DocumentKind.CONTRACT, DocumentKind.TERMS]
    if its.kind == OrderKind.CHANGE:
        return [DocumentKind.CHANGE]
    return [DocumentKind.SUMMARY, DocumentKind.CONTRACT, DocumentKind.PRICES, DocumentKind.TERMS]


def made(kind: DocumentKind, its: Ordered) -> Paper:
    stands = sheet(kind, its)
    pdf = typeset(kind, stands, its.order.placed_at)
    return Paper(kind, stands["title"], SORTS[kind].edition, pdf, pages_of(pdf), hashlib.sha256(pdf).digest())
