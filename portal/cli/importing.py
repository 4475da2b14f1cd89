"""What a command shows and leaves that brings rows in: a bar, a file of rows set aside, a table of why."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from portal.cli import listing
from portal.cli.running import in_database
from portal.ndjson.chunks import Chunk, SetAside
from portal.ndjson.rows import Cut, Row, opened, rows_of

SHOWN = 20
SET_ASIDE = ".set-aside.ndjson"
SOME_SET_ASIDE = 3
"""The exit code."""

OBJECTS = 50_000
"""Between two searches for cycles. Rows come and go by the thousand and make none: Python's own 700 took a third of the
time of small rows.
"""


@dataclass(frozen=True, slots=True)
class Import:
    """What one command brings in. `rows`: what the bar counts; `came`, `already`: what the last line says of them."""

    rows: str
    came: str
    already: str
    bring_in: Callable[[Iterator[Row]], AsyncIterator[Chunk]]


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
    def rows(self) -> int:
        return self.arrived + self.already + self.set_aside


def kind_of(reason: str) -> str:
    """Without the numbers that differ from row to row, so that the counts are few."""
    return " ".join("…" if any(c.isdigit() for c in word) and '"' not in word else word for word in reason.split())


def beside(file: str, stdin: str) -> Path:
    """Where rows are set aside if nobody says where. `stdin`: what the file is called that has no name."""
    return Path((stdin if file == "-" else file) + SET_ASIDE)


def run(file: str, set_aside: Path, importing: Import) -> None:
    """Ends the process with 0, 3 where rows were set aside, or 1 where `file` could not be read to its end."""
    if file != "-" and set_aside.exists() and set_aside.samefile(file):
        raise click.UsageError("Rows cannot be set aside into the file that they come from.")
    if not os.access(set_aside.parent, os.W_OK):
        raise click.UsageError(f"Nothing can be written in {set_aside.parent}: set rows aside elsewhere (--set-aside).")
    if set_aside.is_file():
        set_aside.unlink()
    gc.set_threshold(OBJECTS)
    with opened(file) as (stream, read), Aside(set_aside) as aside:
        done = in_database(lambda: bring_in(stream, read, aside, importing), is_patient=True)
    show(done, set_aside, importing)
    if done.cut is not None:
        raise click.ClickException(f"{file} is damaged or not whole: {done.cut}. What stands before that was read.")
    if done.set_aside:
        sys.exit(SOME_SET_ASIDE)


async def bring_in(stream: BinaryIO, read: BinaryIO, aside: Aside, importing: Import) -> Summary:
    done = Summary()
    with bar(read, importing.rows) as (progress, task):
        try:
            async for chunk in importing.bring_in(rows_of(stream)):
                aside.write(chunk.set_aside)
                done.add(chunk)
                rate = done.rows / max(0.001, progress.tasks[task].elapsed or 0)
                progress.update(task, completed=position(read), rows=done.rows, rate=rate)
        except Cut as cut:
            done.cut = str(cut)
    return done


@contextmanager
def bar(read: BinaryIO, rows: str) -> Iterator[tuple[Progress, TaskID]]:
    """By bytes of the file: how many rows there are is known at its end. Of stdin there is no end to see."""
    size = os.fstat(read.fileno()).st_size if read.seekable() else None
    columns = (
        *(TextColumn(rows), BarColumn(), TextColumn("{task.fields[rows]:,}")),
        *(TextColumn("{task.fields[rate]:,.0f}/s"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress, progress.add_task(rows, total=size, rows=0, rate=0)


def position(read: BinaryIO) -> int:
    return read.tell() if read.seekable() else 0


class Aside:
    """The rows that could not come in, each with its line and why; there is a file only where there are such rows.

    A row stands there as far as it may be kept. It holds what is the customers': only its owner reads it.
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
    return f'{begun}, "row": {(aside.row or b"null").decode()}}}\n'


def show(done: Summary, set_aside: Path, importing: Import) -> None:
    if done.set_aside:
        listing.show(rows_set_aside(done))
        listing.show(counted(done.reasons))
    aside = f"{done.set_aside:,} set aside in {set_aside}" if done.set_aside else "none set aside"
    click.echo(f"{done.arrived:,} {importing.came}, {done.already:,} {importing.already}, {aside}.")


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
