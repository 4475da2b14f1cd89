"""Tables of what waits for a person."""

from __future__ import annotations

from rich.console import Console
from rich.table import Column, Table

LENGTH_OF_AN_ID = 36
NARROWEST = 130


def id_column(name: str) -> Column:
    """Whole, however narrow the terminal: an id is there to be copied into the next command."""
    return Column(name, no_wrap=True, min_width=LENGTH_OF_AN_ID)


def show(table: Table) -> None:
    """With room for an id and what stands beside it; a narrower terminal wraps the lines itself. Nothing is cut off: a
    long reference goes on in the next line.
    """
    for column in table.columns:
        column.overflow = "fold"
    console = Console()
    Console(width=max(console.width, NARROWEST)).print(table)
