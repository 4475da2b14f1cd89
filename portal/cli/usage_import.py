"""What `portal usage import` brings in."""

from __future__ import annotations

from pathlib import Path

from portal import clock
from portal.cli import importing
from portal.usage.arriving.importing import import_usage


def run(file: str, set_aside: Path | None, *, is_dry: bool) -> None:
    importing.run(
        file,
        set_aside or importing.beside(file, "usage"),
        importing.Import(
            "rows",
            "would come in" if is_dry else "came in",
            "were here already, or something newer was",
            lambda rows: import_usage(rows, clock.now, is_dry=is_dry),
        ),
    )
