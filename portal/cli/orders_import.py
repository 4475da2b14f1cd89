"""What `portal orders import` brings in."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli import importing
from portal.signing.orders.importing import import_orders
from portal.signing.pki.authority import NoKeys


def run(file: str, set_aside: Path | None) -> None:
    """Without keys nothing can be signed: no row is to blame, and the rest of the file waits until they are there."""
    bringing = importing.Import("orders", "came in", "were here already", import_orders)
    try:
        importing.run(file, set_aside or importing.beside(file, "orders"), bringing)
    except NoKeys as no:
        raise click.ClickException(f"Nothing can be signed: {no.why}. See portal doctor.") from None
