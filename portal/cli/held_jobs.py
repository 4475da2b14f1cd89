"""`portal jobs`: background work that failed too often and waits for a person."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from portal.cli import queue
from portal.cli.running import in_database


@click.group
def jobs() -> None:
    """Background work that failed too often: look at it, then try it again."""


@jobs.command
def held() -> None:
    """List the jobs that wait for a person."""
    waiting = in_database(queue.held)
    if not waiting:
        click.echo("No job is held.")
        return
    table = Table("id", "job", "payload", "held since (UTC)", "last error")
    for job in waiting:
        table.add_row(str(job.id), job.name, job.payload, f"{job.since:%Y-%m-%d %H:%M}", job.error)
    Console().print(table)


@jobs.command
@click.argument("job_id", type=int)
def retry(job_id: int) -> None:
    """Put the held job JOB_ID back into the queue."""
    if not in_database(lambda: queue.retry(job_id)):
        raise click.ClickException(f"No job {job_id} is held; `portal jobs held` lists them.")
    click.echo(f"Job {job_id} is in the queue again.")
