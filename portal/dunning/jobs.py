"""Background work of dunning."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.database import transaction
from portal.dunning import arriving, carrying_out, nightly, reconnecting
from portal.dunning.endings import exporting
from portal.dunning.policy import HandOverTo
from portal.dunning.proofs import sending as sending_proof
from portal.jobs import NotYet, enqueue, job, scheduled


@job("dunning.reconnected")
async def reconnected(occasion: str) -> None:
    await reconnecting.confirm(UUID(occasion), clock.now())


@job("dunning.carry_out", at_once=16)
async def carry_out(events: str) -> None:
    await carrying_out.carry_out_each([UUID(event) for event in events.split()], clock.now())


@scheduled("dunning.run_today", "15 6 * * *")
async def run_today() -> None:
    """By a job, which is tried again when it fails."""
    async with transaction():
        await enqueue("dunning.run", once="dunning.run")


@job("dunning.run")
async def run() -> None:
    await nightly.run(clock.today(), clock.now())


@scheduled("dunning.note_arrived", "*/10 * * * *")
async def note_arrived() -> None:
    await arriving.note_arrived(clock.today(), clock.now())


@scheduled("dunning.sweep_proofs", "25 2 * * *")
async def sweep_proofs() -> None:
    """Files that a crash has left without their row."""
    await sending_proof.sweep(clock.now())


@scheduled("dunning.export_debts_today", "45 6 * * *")
async def export_debts_today() -> None:
    """After the nightly run, when its steps are carried out."""
    async with transaction():
        for to in HandOverTo:
            await enqueue("dunning.export_debts", once=f"dunning.export_debts {to}", to=to)


@job("dunning.export_debts")
async def export_debts(to: str) -> None:
    """A folder that takes nothing is tried again for most of an hour; then the job is held, and the debts wait."""
    try:
        await exporting.export(HandOverTo(to), clock.now())
    except exporting.ExportingAlready as already:
        raise NotYet(str(already)) from already
