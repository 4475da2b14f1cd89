"""Itemised use as a file for spreadsheets: of a bill, or measured since. A row a call, message or connection.

Numbers are written so that no spreadsheet calculates with them or drops their zeros: in the way they are dialled, with
the stars that stand for the hidden digits, which makes them text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache, partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from portal import phone
from portal.clock import LJUBLJANA
from portal.customers.itemised import SINGLE, dialled
from portal.customers.quantities import CallKind
from portal.customers.tables import LineKind
from portal.database import transaction
from portal.money import Money
from portal.refusals import N_
from portal.spreadsheet import MARK, harmless, row
from portal.web.wording import say

IN_MEMORY = 1024 * 1024
ROWS_AT_ONCE = 200
UNITS = {CallKind.CALL: "s", CallKind.DATA: "B"}
HEADS = (
    *(N_("Number"), N_("Date"), N_("Time"), N_("What"), N_("With whom"), N_("Network or country")),
    *(N_("Quantity"), N_("Unit"), N_("Amount with VAT (EUR)")),
)


async def written(query: str, arguments: Sequence[Any], language: str) -> IO[bytes]:
    """The file, at its beginning. On disk when it is large, so that memory stays flat and nobody's slow line holds a
    connection to the database. `query` gives the columns that `cells` reads, the oldest row first.
    """
    with ExitStack() as undoing:
        file = undoing.enter_context(SpooledTemporaryFile(IN_MEMORY))
        file.write(f"{MARK}{row(say(language, head) for head in HEADS)}".encode())
        await write_rows(file, query, arguments, partial(cells, language=language, shown=cache(shown)))
        file.seek(0)
        undoing.pop_all()
        return file


async def write_rows(file: IO[bytes], query: str, arguments: Sequence[Any], cells: Callable[[Any], list[str]]) -> None:
    async with transaction() as connected:
        cursor = await connected.cursor(query, *arguments)
        while calls := await cursor.fetch(ROWS_AT_ONCE):
            file.write("".join(row(cells(call)) for call in calls).encode())


def cells(call: Any, language: str, shown: Callable[[str | None, str | None], str]) -> list[str]:
    began = call["began_at"].astimezone(LJUBLJANA)
    return [
        harmless(shown(call["number"], call["number_kind"])),
        f"{began:%Y-%m-%d}",
        f"{began:%H:%M:%S}",
        say(language, SINGLE[CallKind(call["kind"])]),
        harmless(dialled(call["other_party"] or "")),
        harmless(call["place"] or ""),
        str(call["quantity"]),
        UNITS.get(call["kind"], ""),
        decimal(Money(call["amount_cents"]), language),
    ]


def shown(number: str | None, kind: str | None) -> str:
    """`041 123 456`: the blanks make it text."""
    return phone.show(number) if number and kind == LineKind.MOBILE else number or ""


def decimal(amount: Money, language: str) -> str:
    return amount.plain.replace(".", ",") if language == "sl" else amount.plain
