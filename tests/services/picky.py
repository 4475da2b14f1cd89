"""A network that takes some services and not others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from portal.network.port import NetworkRefused
from portal.network.tables import Setting
from portal.sandbox.network import SandboxNetwork


class Picky(SandboxNetwork):
    """`refused`: the service that it says no to → the code of why; `then_refuses`: so too, once it has said no."""

    def __init__(self, pause: Callable[[], Awaitable[None]]) -> None:
        super().__init__(pause)
        self.refused: dict[str, str] = {}
        self.then_refuses: dict[str, str] = {}

    async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:
        if service in self.refused:
            why, self.refused = self.refused[service], self.refused | self.then_refuses
            raise NetworkRefused("not this one", why)
        return await super().switch(line, service, setting, reference)
