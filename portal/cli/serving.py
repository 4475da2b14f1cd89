"""`portal serve`: the pages."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from portal.cli.running import checked_settings

LOOPBACK = "127.0.0.1"


@click.command
@click.option("--host", default=LOOPBACK, show_default=True, help="Where the reverse proxy finds it.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=os.cpu_count() or 1, help="Processes; one a core unless said otherwise.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages, behind a reverse proxy that times slow clients out."""
    if checked_settings().portal_sandbox and host != LOOPBACK:
        raise click.ClickException("PORTAL_SANDBOX=1 serves on loopback only.")
    with TemporaryDirectory(prefix="portal-metrics-") as folder:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)  # where the workers' numbers meet
        Server(
            "app:create_app",
            factory=True,
            address=host,
            port=port,
            workers=workers,
            interface=Interfaces.ASGI,
            websockets=False,
            log_access=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
        ).serve()
