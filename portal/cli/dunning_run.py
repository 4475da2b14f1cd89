"""`portal dunning run`: the nightly run as an operator starts it, or only what it would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from portal.cli.running import in_database
from portal.money import Money

if TYPE_CHECKING:
    from portal.dunning.nightly import Phase, Progress, Summary
    from portal.dunning.planning import Plan, Planned, Sum

MOST_LISTED = 200


@click.command
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to bring the ladder to; today if not given.")
@click.option("--dry-run", is_flag=True, help="Say who would move and who waits, why, and the money; change nothing.")
@click.option("--all", "is_whole", is_flag=True, help=f"With --dry-run: every account, not the first {MOST_LISTED}.")
def run(on: datetime | None, *, dry_run: bool, is_whole: bool) -> None:
    """Bring every account's ladder to a day, as the worker does every night. Repeating it moves nothing."""
    from portal import clock  # here: what follows imports Piccolo, which `--help` can do without
    from portal.dunning import planning

    today = on.date() if on else clock.today()
    if dry_run:
        most = None if is_whole else MOST_LISTED
        show_plan(in_database(lambda: planning.plan(today, most=most), is_patient=True), today)
        return
    if today > clock.today():
        raise click.ClickException(f"{today} has not come yet: nobody is barred ahead of time. See it by --dry-run.")
    at = clock.now() if today == clock.today() else datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    show_summary(in_database(lambda: watched(today, at), is_patient=True), today)


async def watched(today: date, at: datetime) -> Summary:
    from portal.dunning import nightly  # as above

    with bars(await nightly.expected(today)) as progress:
        return await nightly.run(today, at, progress=progress)


@contextmanager
def bars(expected: Mapping[Phase, int]) -> Iterator[Progress]:
    """A bar for each phase, from its first tick on; of some it is known how many there are at most."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    tasks: dict[Phase, TaskID] = {}
    with Bars(*columns, console=Console(stderr=True)) as shown:

        def tick(phase: Phase, count: int) -> None:
            if phase not in tasks:
                tasks[phase] = shown.add_task(phase, total=expected.get(phase))
            shown.update(tasks[phase], completed=count)

        yield tick


def show_plan(plan: Plan, today: date) -> None:
    show_sums("would move", plan.steps)
    show_sums("would wait", plan.waits)
    show_accounts(plan.moving, sum(one.cases for one in plan.steps.values()))
    show_accounts(plan.waiting, sum(one.cases for one in plan.waits.values()))
    click.echo(
        f"On {today} {in_words(plan.steps, 'would move')}; {in_words(plan.waits, 'would wait')}. Nothing was changed."
    )


def show_sums(what: str, sums: Mapping[tuple[str, str], Sum]) -> None:
    if not sums:
        return
    table = Table("policy", "step", what, "overdue", "the step brings")
    for (policy, step), one in sorted(sums.items()):
        table.add_row(policy, step, str(one.cases), one.overdue.format("en"), one.brings.format("en"))
    Console().print(table)


def show_accounts(listed: list[Planned], count: int) -> None:
    if not listed:
        return
    table = Table("account", "policy", "moves to" if listed[0].moves else "waits for", "why", "overdue", "brings")
    for one in listed:
        table.add_row(one.account, one.policy, one.step, one.reason, one.overdue.format("en"), one.brings.format("en"))
    Console().print(table)
    if len(listed) < count:
        click.echo(f"These are the first {len(listed)} of {count}; all of them: --all")


def in_words(sums: Mapping[tuple[str, str], Sum], what: str) -> str:
    if not sums:
        return f"nobody {what}"
    overdue = Money.sum(one.overdue for one in sums.values())
    fees = Money.sum(one.brings for one in sums.values())
    return (
        f"{sum(one.cases for one in sums.values())} {what}, with {overdue.format('en')} overdue"
        f" and {fees.format('en')} of fees"
    )


def show_summary(done: Summary, today: date) -> None:
    if done.steps:
        table = Table("policy", "step", "cases", "overdue")
        for (policy, step), (count, cents) in sorted(done.steps.items()):
            table.add_row(policy, step, str(count), Money(cents).format("en"))
        Console().print(table)
    click.echo(
        f"{today}: opened {done.opened}, moved {done.moved}, settled or counted anew {done.closed};"
        f" notices arrived {done.arrived}, sent by post instead {done.posted}."
    )
