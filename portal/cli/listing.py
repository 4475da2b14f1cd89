"""Tables of what waits for a person."""

from __future__ import annotations

from rich.table import Column

LENGTH_OF_AN_ID = 36


def id_column(name: str) -> Column:
    """Whole, however narrow the terminal: an id is there to be copied into the next command."""
    return Column(name, no_wrap=True, min_width=LENGTH_OF_AN_ID)
