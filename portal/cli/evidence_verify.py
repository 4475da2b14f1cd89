"""`portal evidence verify` and `head`: whether all that is kept is as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal.cli.running import checked_settings, in_database

if TYPE_CHECKING:
    from portal.signing.evidence.faults import Fault


@click.command
@click.option("--envelope", "number", help="Only the documents of the order of this number, with their signatures.")
@click.option("--signatures", is_flag=True, help="Validate every signature too: a tenth of a second each.")
@click.option("--head", "noted", help="POSITION:HASH as noted from `evidence head`: finds a chain that was cut off.")
def verify(number: str | None, signatures: bool, noted: str | None) -> None:
    """Check the whole chain, all documents and all records, and say exactly what is wrong.

    Exit code 1 where anything is.
    """
    expected = read_head(noted) if noted else None

    async def checked() -> tuple[int, list[Fault]]:
        count, faults = await check_all(await asked_for(number), signatures=signatures or number is not None)
        return count, faults + await faults_of_head(expected)

    if signatures or number is not None:
        demand_keys()
    count, faults = in_database(checked, is_patient=True)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise click.ClickException(f"{len(faults):,} of {count:,} are not as they were.")
    click.echo(f"{count:,} entries, documents and envelopes are as they were.")


def demand_keys() -> None:
    """What a signature is validated against stands beside the keys."""
    from portal.signing.pki.authority import NoKeys, authority  # here, as everything heavy is in this module

    checked_settings()
    try:
        authority()
    except NoKeys as no:
        raise click.ClickException(f"Signatures cannot be validated: {no.why}. See portal doctor.") from None


async def asked_for(number: str | None) -> UUID | None:
    from portal.refusals import NotFound
    from portal.signing.evidence.found import envelope_of_order

    try:
        return await envelope_of_order(number) if number else None
    except NotFound:
        raise click.ClickException(f"No documents were made for an order {number}.") from None


async def check_all(envelope: UUID | None, *, signatures: bool) -> tuple[int, list[Fault]]:
    from portal import clock
    from portal.signing.evidence.checking import check, how_many
    from portal.signing.evidence.vouched import check_signatures

    total = await how_many(envelope)
    count, faults = await shown("evidence", check(envelope), total)
    if signatures:
        faults += (await shown("signatures", check_signatures(clock.now(), envelope), None))[1]
    return count, faults


async def shown(what: str, checking: AsyncIterator[Fault | None], total: int | None) -> tuple[int, list[Fault]]:
    """Behind a bar."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("left"), TimeRemainingColumn())
    faults, count = [], 0
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        async for fault in checking:
            count += 1
            progress.advance(task)
            if fault is not None:
                faults.append(fault)
    return count, faults


async def faults_of_head(noted: tuple[int, bytes] | None) -> list[Fault]:
    from portal.signing.evidence.checking import fault_of_head

    fault = await fault_of_head(*noted) if noted else None
    return [fault] if fault else []


@click.command
def head() -> None:
    """Print the last entry's POSITION:HASH, to be noted or time-stamped where nobody who runs the database can write.

    A chain whose last entries were cut off is whole in itself; `verify --head` finds it.
    """
    from portal.signing.evidence import checking

    position, digest = in_database(checking.head)
    click.echo(f"{position}:{digest.hex()}")


def read_head(noted: str) -> tuple[int, bytes]:
    position, _, digest = noted.partition(":")
    try:
        return int(position), bytes.fromhex(digest)
    except ValueError:
        raise click.BadParameter("as `portal evidence head` prints it: POSITION:HASH", param_hint="--head") from None
