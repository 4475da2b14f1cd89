"""What the documents of bills are called as files, in the order in which they were issued."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.billing.pdf.words import title_of
from portal.customers.tables import Account
from portal.statements import Statement

NOT_IN_A_NAME = re.compile(r"[^\w .,-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A document and its PDF in one language. `size`: in bytes; None: it was not made yet."""

    id: UUID
    kind: str
    number: str
    issued_on: date
    size: int | None


def file_name(document: Named, language: str, ending: str) -> str:
    """`Račun 2026-104417.pdf`."""
    return f"{NOT_IN_A_NAME.sub('-', title_of(document.kind, document.number, language))}.{ending}"


async def named(account: Account, bill: UUID, language: str) -> Named | None:
    """None: missing, or of another account."""
    return await ONE.first(account=account.id, bill=bill, language=language)


async def named_in(account: Account, year: int, language: str) -> list[Named]:
    """Every document of the account that was issued in a year, the oldest first."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return await IN_A_YEAR.all(account=account.id, language=language, first=first, last=last)


ONE = Statement(
    """
    SELECT b.id, b.kind, b.number, b.issued_on, octet_length(p.content) AS size
    FROM bills b LEFT JOIN bill_pdfs p ON p.bill = b.id AND p.language = $3
    WHERE b.account = $1 AND b.id = $2
    """,
    Named,
    ("account", "bill", "language"),
)
IN_A_YEAR = Statement(
    """
    SELECT b.id, b.kind, b.number, b.issued_on, octet_length(p.content) AS size
    FROM bills b LEFT JOIN bill_pdfs p ON p.bill = b.id AND p.language = $2
    WHERE b.account = $1 AND b.issued_on BETWEEN $3 AND $4
    ORDER BY b.issued_on, b.number
    """,
    Named,
    ("account", "language", "first", "last"),
)
