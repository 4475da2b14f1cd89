"""What `portal bills import` brings in, and what follows from it."""

from __future__ import annotations

from pathlib import Path

from portal import clock
from portal.billing.arriving.importing import import_documents
from portal.cli import importing
from portal.payments.following_bills import follow_bills


def run(file: str, set_aside: Path | None, *, is_dry: bool) -> None:
    importing.run(
        file,
        set_aside or importing.beside(file, "bills"),
        importing.Import(
            "documents",
            "would come in" if is_dry else "came in",
            "were here already",
            lambda rows: import_documents(rows, follow_bills, today=clock.today(), at=clock.now(), is_dry=is_dry),
        ),
    )
