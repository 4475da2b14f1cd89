"""`portal evidence show`: the record of an order's documents, on the terminal, as JSON and as a report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from portal.cli import listing
from portal.cli.bank import harmless
from portal.cli.deciding import decided

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command
@click.argument("number")
@click.option("--json", "json_file", type=NEW_FILE, help="A new file for the record, as canonical JSON (RFC 8785).")
@click.option("--pdf", "pdf_file", type=NEW_FILE, help="A new file for the report.")
@click.option("--language", type=click.Choice(["sl", "en"]), default="sl", show_default=True, help="Of the report.")
def show(number: str, json_file: Path | None, pdf_file: Path | None, language: str) -> None:
    """Show the evidence of order NUMBER, from the order to the delivery of the signed copies. Times are UTC."""
    from portal.signing.evidence.found import envelope_of_order  # here: Piccolo, which `--help` can do without
    from portal.signing.evidence.record import final_record_of

    async def made() -> bytes:
        return await final_record_of(await envelope_of_order(number))

    record = decided(made, missing=f"No documents were made for an order {number}.")
    if json_file is not None:
        save(json_file, record)
    if pdf_file is not None:
        from portal.signing.evidence.report import report_of

        save(pdf_file, report_of(record, language))
    if json_file is None and pdf_file is None:
        listing.show(timeline(json.loads(record)))


def timeline(record: dict[str, Any]) -> Table:
    table = Table("entry", "when (UTC)", "what", "facts", title=f"Order {record['order']['number']}")
    for entry in record["entries"]:
        facts = ", ".join(f"{name} {written(fact)}" for name, fact in entry["facts"].items() if fact not in (None, ""))
        table.add_row(str(entry["position"]), entry["at"][:19].replace("T", " "), entry["event"], facts)
    return table


def written(fact: Any) -> str:
    """A browser may call itself anything."""
    return escape(harmless(fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False)))


def save(path: Path, content: bytes) -> None:
    """It holds what is the customer's: only its owner reads it. A file that is there already stays as it is."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as no:
        raise click.ClickException(f"{path}: {no.strerror}.") from None
    click.echo(f"Saved as {path}.")
