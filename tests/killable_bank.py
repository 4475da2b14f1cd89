"""An import that is killed before its n-th statement to the database, for every n until it comes to its end.

`python -m tests.killable_bank FILE` prints how often it was killed. Each import is a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from asyncpg.connection import Connection

from portal import clock
from portal.database import open_database
from portal.payments.bank import importing


def main(file: Path) -> None:
    importing.CHUNK = 3
    killed = 0
    while survives_not(file, killed + 1):
        killed += 1
    print(killed)  # noqa: T201 - it is what the test reads


def survives_not(file: Path, statements: int) -> bool:
    child = os.fork()
    if child == 0:
        die_before(statements)
        asyncio.run(run(file))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("an import failed")
    return os.WIFSIGNALED(status)


def die_before(statements: int) -> None:
    left = [statements]

    def counted(work: Any) -> Any:
        async def run(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return await work(*arguments, **named)

        return run

    for name in ("execute", "fetch", "fetchval", "fetchrow"):
        setattr(Connection, name, counted(getattr(Connection, name)))


async def run(file: Path) -> None:
    async with open_database(os.environ["DATABASE_URL"], 2):
        await importing.import_file(file, by="a killed import", at=clock.now())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
