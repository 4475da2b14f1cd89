"""The sandbox's network behind the port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from portal import clock
from portal.network.port import Became, NetworkTimeout
from portal.network.tables import Profile, Setting
from portal.sandbox.network import later
from portal.sandbox.network.behaviours import Behaviour, is_down, manner_of
from portal.sandbox.network.state import profile_on, services_on

SLOWNESS = 4.0


async def take_its_time() -> None:
    await asyncio.sleep(SLOWNESS)


class SandboxNetwork:
    """`pause` is what «slowly» means; tests give their own."""

    def __init__(self, pause: Callable[[], Awaitable[None]] = take_its_time) -> None:
        self.pause = pause

    async def apply(self, line: str, profile: Profile, reference: str) -> str | None:  # noqa: ARG002 - the port's
        return await self.take(line, None, profile)

    async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:  # noqa: ARG002
        return await self.take(line, service, setting)

    async def take(self, line: str, service: str | None, desired: Profile | Setting) -> str | None:
        """An order, in the manner chosen for its line."""
        manner = await manner_of(line)
        if manner.is_down or manner.behaviour == Behaviour.SILENT:
            raise NetworkTimeout
        if manner.behaviour == Behaviour.REFUSING:
            raise manner.refusal
        if manner.behaviour in (Behaviour.LATER, Behaviour.LATER_FAILING):
            fails_as = manner.reason if manner.behaviour == Behaviour.LATER_FAILING else None
            return await later.put_off(line, service, desired, fails_as=fails_as, at=clock.now())
        if manner.behaviour == Behaviour.SLOW:
            await self.pause()
        await later.carry_out(line, service, desired)
        if manner.behaviour == Behaviour.SILENT_BUT_DONE:
            raise NetworkTimeout
        return None

    async def profile_of(self, line: str) -> Profile:
        await self.answers()
        return await profile_on(line)

    async def services_of(self, line: str) -> dict[str, Setting]:
        await self.answers()
        return await services_on(line)

    async def became(self, under_way: str) -> Became:
        await self.answers()
        return await later.became(under_way)

    async def answers(self) -> None:
        """Raises NetworkTimeout while the network is down. What it took is done first where it is time."""
        if await is_down():
            raise NetworkTimeout
        await later.catch_up(clock.now())
