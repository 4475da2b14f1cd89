"""The demo's processes: the embedded database, the pages, the worker; all of them end together."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NoReturn

import click
import structlog

from portal.cli.demo import VAR
from portal.embedded import embedded_url

LOG = VAR / "demo.log"
PATIENCE = 30.0
GRACE = 8.0
STALE = timedelta(days=3)

Process = subprocess.Popen[bytes]


def run(port: int, *, reset: bool) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    refuse_taken(port)
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = embedded_url()
    LOG.write_bytes(b"")
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(LOG.open("a")))
    made_on = lay_tables(reset=True) if reset else None
    with child("serve", "--workers", "1", "--port", str(port)) as pages:
        made_on = made_on or lay_tables(reset=False)  # while the pages' process starts
        wait_until_ready(port, pages)
        with child("worker") as worker:
            introduce(port, made_on)
            watch(pages, worker)


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Something listens on port {port} already: maybe another demo. Choose another one: --port {port + 1}"
            ) from None


@contextmanager
def child(*arguments: str) -> Iterator[Process]:
    """`portal …` in a session of its own, so that Ctrl-C reaches only us and we end it in order."""
    command = [sys.executable, "-m", "portal.cli", *arguments]
    with LOG.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command, with arguments of ours
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process)


def end(process: Process) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def lay_tables(*, reset: bool) -> date:
    """Returns the day that the people's days are counted from."""
    from portal.cli import seeding  # here: its imports take a second, in which the pages' process starts
    from portal.database import open_database
    from portal.sandbox import demo

    async def lay() -> date:
        async with open_database(os.environ["DATABASE_URL"], 2):
            await seeding.lay(reset=reset)
            return await demo.made_on()

    return asyncio.run(lay())


def wait_until_ready(port: int, pages: Process) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and pages.poll() is None:
        if answers(port):
            return
        time.sleep(0.03)
    fail("The pages did not start")


def answers(port: int) -> bool:
    ask = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        ask.request("GET", "/health/ready")
        return ask.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        ask.close()


def introduce(port: int, made_on: date) -> None:
    """Who can sign in, and where the telephone is that their code arrives on."""
    from rich.console import Console  # here, as above
    from rich.table import Table

    from portal import clock, phone
    from portal.sandbox.stories import PEOPLE

    base = f"http://127.0.0.1:{port}"
    table = Table("sign in with", "who that is, and the telephone that gets the code", box=None, header_style="dim")
    for person in PEOPLE:
        who = f"[bold]{person.name}[/bold], {person.standing}\n[dim]{base}/sandbox/phone/{person.mobile[1:]}"
        table.add_row(phone.show(person.mobile), who)
    screen = Console(soft_wrap=True)
    screen.print(f"\n[bold]{base}\n")
    screen.print(table)
    if ahead := clock.today() - clock.day_of(clock.system()):
        screen.print(f"\n[yellow]The demo's day is {clock.today()}, {ahead.days} days ahead: {base}/sandbox/clock")
    elif clock.today() - made_on > STALE:
        screen.print(f"\n[yellow]Their bills are those of {made_on}: bin/demo --reset makes new ones, due today.")
    screen.print(f"\n[dim]Log: {LOG}. Ctrl-C ends the demo; what happened in it stays until bin/demo --reset.")


def watch(pages: Process, worker: Process) -> None:
    """Until Ctrl-C, or until one of them ends by itself."""
    try:
        while pages.poll() is None and worker.poll() is None:
            time.sleep(0.2)
    except KeyboardInterrupt:
        click.echo("\nEnding …")
        return
    fail("The pages ended" if pages.poll() is not None else "The worker ended")


def fail(what: str) -> NoReturn:
    last = "\n".join(LOG.read_text(errors="replace").splitlines()[-25:])
    raise click.ClickException(f"{what}. The end of {LOG}:\n{last}")
