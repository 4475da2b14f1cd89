"""What Linux tells of ports and processes without touching them: see proc_net_tcp and proc_pid_stat(5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ESTABLISHED, LISTENING = "01", "0A"


class Socket(NamedTuple):
    """`leaving`, `unread`: bytes that are on their way out, and that came and nobody has read."""

    port: int
    peer: int
    state: str
    leaving: int
    unread: int


def sockets() -> Iterator[Socket]:
    """Those of TCP by IPv4."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, queues, *_ = row.split()
        leaving, unread = queues.split(":")
        yield Socket(port_of(here), port_of(there), state, int(leaving, 16), int(unread, 16))


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def listens(port: int) -> bool:
    """Somebody does, who is not woken by this question."""
    return any(one.port == port and one.state == LISTENING for one in sockets())


def is_read(port: int) -> bool:
    """Whoever is connected with this port has read all that was sent from it."""
    connected = [one for one in sockets() if one.state == ESTABLISHED]
    return not any((one.port == port and one.leaving) or (one.peer == port and one.unread) for one in connected)


def is_stopped(process: int) -> bool:
    """A while after it was told to, because its threads go on until each of them has heard it."""
    return states(process) == {"T"}


def sleeps(process: int) -> bool:
    """Until something comes for it."""
    return states(process) == {"S"}


def states(process: int) -> set[str]:
    """Of its threads."""
    stats = Path(f"/proc/{process}/task").glob("*/stat")
    return {stat.read_text().rpartition(")")[2].split()[0] for stat in stats}
