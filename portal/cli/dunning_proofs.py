"""`portal dunning proofs`: customers' proofs of payment, looked at and decided."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.table import Table

from portal.cli import listing
from portal.cli.deciding import BECAUSE_TO_THE_CUSTOMER, BY, decided
from portal.cli.listing import id_column
from portal.cli.running import in_database

if TYPE_CHECKING:
    from portal.dunning.relief_tables import Proof


@click.group
def proofs() -> None:
    """Proofs of payment that customers sent: look at them, accept or refuse them."""


@proofs.command("list")
def waiting() -> None:
    """List the proofs that wait for a decision, the longest waiting first."""
    from portal import clock
    from portal.dunning.undecided import WAITING_PROOFS  # here: it imports Piccolo, which `--help` can do without

    listed = in_database(lambda: WAITING_PROOFS.all(today=clock.today()))
    if not listed:
        click.echo("No proof waits.")
        return
    table = Table(id_column("proof"), "account", "file", "kB", "overdue", "sent (UTC)")
    for proof in listed:
        sent, size = f"{proof.sent_at:%Y-%m-%d %H:%M}", str(proof.size // 1024 + 1)
        table.add_row(str(proof.id), proof.account, proof.name, size, proof.overdue.format("en"), sent)
    listing.show(table)


@proofs.command
@click.argument("proof", type=click.UUID)
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A new file, or a folder for it.")
def show(proof: UUID, to: Path) -> None:
    """Save a copy of PROOF, to look at."""
    from portal.dunning.proofs import files as proof_files
    from portal.dunning.proofs.refusals import NoSuchProof
    from portal.dunning.relief_tables import Proof

    async def found() -> tuple[Proof, bytes]:
        known = await Proof.objects().get(Proof.id == proof)
        if known is None:
            raise NoSuchProof
        return known, await proof_files.content_of(known.id)

    known, content = decided(found)
    place = to / f"{known.id}{Path(known.name).suffix}" if to.is_dir() else to
    try:
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as no:
        raise click.ClickException(f"{place}: {no.strerror}.") from None
    click.echo(f"Saved as {place}.")


@proofs.command
@click.argument("proof", type=click.UUID)
@BY
def accept(proof: UUID, by: str) -> None:
    """Believe PROOF: services come on again, and nothing moves until the payment is there or its deadline is over."""
    from portal import clock
    from portal.dunning.proofs import proving

    accepted = decided(lambda: proving.accept(proof, decided_by=by, at=clock.now()))
    click.echo(f"Accepted; the payment is waited for until {accepted.holds_until}.")


@proofs.command
@click.argument("proof", type=click.UUID)
@BECAUSE_TO_THE_CUSTOMER
@BY
def refuse(proof: UUID, because: str, by: str) -> None:
    """Refuse PROOF, and tell the customer why."""
    from portal import clock
    from portal.dunning.proofs import proving

    decided(lambda: proving.refuse(proof, reason=because, decided_by=by, at=clock.now()))
    click.echo("Refused; the customer is told why.")
