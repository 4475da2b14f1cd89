"""What `portal bills import` shows and leaves: a bar, a file of rows set aside, a table of why."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from portal import clock
from portal.billing.arriving.importing import Chunk, SetAside, import_documents
from portal.billing.arriving.rows import Cut, opened, rows_of
from portal.cli import listing
from portal.cli.running import in_database
from portal.payments.following_bills import follow_bills

SHOWN = 20
SET_ASIDE = ".set-aside.ndjson"
SOME_SET_ASIDE = 3
"""The exit code."""
COLUMNS = (
    *(TextColumn("documents"), BarColumn(), TextColumn("{task.fields[documents]:,}")),
    *(TextColumn("{task.fields[rate]:,.0f}/s"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()),
)


@dataclass
class Summary:
    """Of all chunks; only the first rows that were set aside are kept."""

    arrived: int = 0
    already: int = 0
    set_aside: int = 0
    first: list[SetAside] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    cut: str | None = None

    def add(self, chunk: Chunk) -> None:
        self.arrived += chunk.arrived
        self.already += chunk.already
        self.set_aside += len(chunk.set_aside)
        self.first += chunk.set_aside[: SHOWN - len(self.first)]
        self.reasons.update(kind_of(aside.reason) for aside in chunk.set_aside)

    @property
    def documents(self) -> int:
        return self.arrived + self.already + self.set_aside


def kind_of(reason: str) -> str:
    """Without the numbers that differ from row to row, so that the counts are few."""
    return " ".join("…" if any(c.isdigit() for c in word) and '"' not in word else word for word in reason.split())


def beside(file: str) -> Path:
    return Path("bills" + SET_ASIDE if file == "-" else file + SET_ASIDE)


def run(file: str, set_aside: Path, *, is_dry: bool) -> None:
    if file != "-" and set_aside.exists() and set_aside.samefile(file):
        raise click.UsageError("Rows cannot be set aside into the file that they come from.")
    if not os.access(set_aside.parent, os.W_OK):
        raise click.UsageError(f"Nothing can be written in {set_aside.parent}: set rows aside elsewhere (--set-aside).")
    if set_aside.is_file():
        set_aside.unlink()
    with opened(file) as (stream, read), Aside(set_aside) as aside:
        done = in_database(lambda: bring_in(stream, read, aside, is_dry=is_dry), is_patient=True)
    show(done, set_aside, is_dry=is_dry)
    if done.cut is not None:
        raise click.ClickException(f"{file} is damaged or not whole: {done.cut}. What stands before that was read.")
    if done.set_aside:
        sys.exit(SOME_SET_ASIDE)


async def bring_in(stream: BinaryIO, read: BinaryIO, aside: Aside, *, is_dry: bool) -> Summary:
    done, today, at = Summary(), clock.today(), clock.now()
    with bar(read) as (progress, task):
        try:
            async for chunk in import_documents(rows_of(stream), follow_bills, today=today, at=at, is_dry=is_dry):
                aside.write(chunk.set_aside)
                done.add(chunk)
                rate = done.documents / max(0.001, progress.tasks[task].elapsed or 0)
                progress.update(task, completed=position(read), documents=done.documents, rate=rate)
        except Cut as cut:
            done.cut = str(cut)
    return done


@contextmanager
def bar(read: BinaryIO) -> Iterator[tuple[Progress, TaskID]]:
    """By bytes of the file: how many documents there are is known at its end. Of stdin there is no end to see."""
    size = os.fstat(read.fileno()).st_size if read.seekable() else None
    with Progress(*COLUMNS, console=Console(stderr=True)) as progress:
        yield progress, progress.add_task("documents", total=size, documents=0, rate=0)


def position(read: BinaryIO) -> int:
    return read.tell() if read.seekable() else 0


class Aside:
    """The rows that could not come in, each with its line and why; there is a file only where there are such rows.

    A row that is JSON stands there as it came; another as text, one that is too long not at all. It holds what the
    customers' bills hold, numbers called included: only its owner reads it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, rows: list[SetAside]) -> None:
        if rows and self.file is None:
            self.file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")
        if rows and self.file is not None:
            self.file.writelines(written(aside) for aside in rows)
            self.file.flush()

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def written(aside: SetAside) -> str:
    begun = json.dumps({"line": aside.line, "reason": aside.reason})[:-1]
    return f'{begun}, "row": {as_json(aside.row)}}}\n'


def as_json(row: bytes | None) -> str:
    try:
        if row is not None:
            text = row.decode()
            json.loads(text, parse_constant=refuse)
            return text
    except (ValueError, RecursionError):
        return json.dumps((row or b"").decode(errors="replace"))
    return "null"


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def show(done: Summary, set_aside: Path, *, is_dry: bool) -> None:
    if done.set_aside:
        listing.show(rows_set_aside(done))
        listing.show(counted(done.reasons))
    came = "would come in" if is_dry else "came in"
    aside = f"{done.set_aside:,} set aside in {set_aside}" if done.set_aside else "none set aside"
    click.echo(f"{done.arrived:,} {came}, {done.already:,} were here already, {aside}.")


def rows_set_aside(done: Summary) -> Table:
    more = done.set_aside - len(done.first)
    table = Table("line", "why it cannot come in", caption=f"and {more:,} more" if more else None)
    for aside in done.first:
        table.add_row(str(aside.line), aside.reason)
    return table


def counted(reasons: Counter[str]) -> Table:
    table = Table("rows", "why")
    for reason, count in reasons.most_common(SHOWN):
        table.add_row(f"{count:,}", reason)
    return table
