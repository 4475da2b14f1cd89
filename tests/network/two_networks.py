"""The sandbox's network and one that speaks TMF640, each with its manners, for tests of what both promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.network.port import Network
from portal.sandbox.network import Behaviour, behave, bring_up, finish, take_down
from tests.network import tmf640_server as tmf640
from tests.network.tmf640_documents import error
from tests.network.tmf640_server import Tmf640Server, answers
from tests.people import NOON

LINE, OTHER = "+38641000001", "+38641000002"
CODES = ("roaming", "own_barring", "call_forwarding", "data_pack")


class Behind(Protocol):
    """A network and its manners."""

    network: Network

    async def behaves(self, behaviour: Behaviour) -> None: ...

    async def finishes(self) -> None: ...

    async def goes_down(self) -> None: ...

    async def comes_back(self) -> None: ...


@dataclass
class Sandbox:
    network: Network

    async def behaves(self, behaviour: Behaviour) -> None:
        await behave(LINE, behaviour, "conflict")

    async def finishes(self) -> None:
        await finish(LINE)

    async def goes_down(self) -> None:
        await take_down(NOON)

    async def comes_back(self) -> None:
        await bring_up()


MANNERS = {
    Behaviour.AT_ONCE: tmf640.at_once,
    Behaviour.LATER: tmf640.later,
    Behaviour.LATER_FAILING: tmf640.later,
    Behaviour.SILENT: tmf640.silent,
    Behaviour.SILENT_BUT_DONE: tmf640.silent_but_done,
    Behaviour.REFUSING: answers(422, error("conflict", "another service of the line excludes it")),
}


@dataclass
class Tmf640:
    network: Network
    server: Tmf640Server
    fails: bool = False

    async def behaves(self, behaviour: Behaviour) -> None:
        self.server.orders = MANNERS[behaviour]
        self.fails = behaviour == Behaviour.LATER_FAILING

    async def finishes(self) -> None:
        self.server.finish(error("conflict", "another service of the line excludes it") if self.fails else None)

    async def goes_down(self) -> None:
        self.server.orders = self.server.questions = tmf640.silent

    async def comes_back(self) -> None:
        self.server.orders = self.server.questions = tmf640.at_once
