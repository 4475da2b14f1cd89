"""The sandbox's network on a bad day: what befalls the next orders is chosen beforehand."""

from __future__ import annotations

from collections import Counter, deque
from enum import StrEnum
from uuid import UUID

from portal.clock import now
from portal.network.port import NetworkRefused, NetworkTimeout
from portal.network.tables import Profile, Setting
from portal.sandbox.network import SandboxNetwork, later
from portal.sandbox.network.behaviours import LINE_MOVING
from portal.sandbox.network.later import NetworkOrder, Stage

Desired = tuple[str, str | None, Profile | Setting]
"""A line, a service or its barring, and how it is to be."""


class Fault(StrEnum):
    SILENT = "silent"
    DONE_BUT_SILENT = "done_but_silent"
    ARRIVES_LATE = "arrives_late"
    LATER = "later"
    FAILS_LATER = "fails_later"
    REFUSED = "refused"
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"


class PowerCut(BaseException):
    """The worker dies where it stands."""


class UnreliableNetwork(SandboxNetwork):
    """`faults` befall the next orders, one each; `silences` as many questions. What is late is `on_the_road`."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: deque[Fault] = deque()
        self.silences = 0
        self.on_the_road: list[Desired] = []
        self.under_way: dict[str, str] = {}
        self.given: Counter[str] = Counter()
        self.looked_at: set[str] = set()

    async def apply(self, line: str, profile: Profile, reference: str) -> str | None:
        return await self.give((line, None, profile), reference)

    async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:
        return await self.give((line, service, setting), reference)

    async def give(self, order: Desired, reference: str) -> str | None:
        await self.has_to_be_given(reference)
        under_way = await self.befall(order, self.faults.popleft() if self.faults else None)
        if under_way is not None:
            self.under_way[reference] = under_way
        return under_way

    async def has_to_be_given(self, reference: str) -> None:
        """The first time; then only when it was looked for, and is not under way."""
        assert reference not in self.given or reference in self.looked_at, "ordered again without looking"
        if reference in self.under_way:
            taken = await NetworkOrder.objects().get(NetworkOrder.id == UUID(self.under_way[reference]))
            assert taken is not None
            assert taken.stage != Stage.UNDER_WAY, "ordered again while under way"
        self.given[reference] += 1
        self.looked_at.discard(reference)

    async def befall(self, order: Desired, fault: Fault | None) -> str | None:
        match fault:
            case Fault.REFUSED:
                raise NetworkRefused("the line is being moved", LINE_MOVING)
            case Fault.LATER | Fault.FAILS_LATER:
                fails_as = LINE_MOVING if fault == Fault.FAILS_LATER else None
                return await later.put_off(*order, fails_as=fails_as, at=now())
            case Fault.ARRIVES_LATE:
                self.on_the_road.append(order)
            case Fault.KILLED_BEFORE:
                raise PowerCut
            case Fault.DONE_BUT_SILENT | Fault.KILLED_AFTER | None:
                await self.take(*order)
        if fault == Fault.KILLED_AFTER:
            raise PowerCut
        if fault is not None:
            raise NetworkTimeout
        return None

    async def arrive(self) -> None:
        """What was late does at last what it says."""
        for order in self.on_the_road:
            await later.carry_out(*order)
        self.on_the_road.clear()

    async def profile_of(self, line: str) -> Profile:
        profile = await super().profile_of(line)
        self.looked_at.update(self.given)
        return profile

    async def services_of(self, line: str) -> dict[str, Setting]:
        services = await super().services_of(line)
        self.looked_at.update(self.given)
        return services

    async def answers(self) -> None:
        if self.silences:
            self.silences -= 1
            raise NetworkTimeout
        await super().answers()
