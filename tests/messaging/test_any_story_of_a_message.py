"""Whatever happens to a message, in any order: it goes forward, is sent once, is never lost, and keeps no secret."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.database import connection, transaction
from portal.jobs import NotYet
from portal.messaging import gateways
from portal.messaging.delivering import deliver
from portal.messaging.gateways import GatewayUnavailable, MessageExpired, MessageRefused, Sms
from portal.messaging.receipts import Outcome, note
from portal.messaging.sending import Told, send_sms
from portal.messaging.sweeping import sweep
from portal.messaging.tables import Message
from tests.messaging.trouble import PowerCut
from tests.people import NOON
from tests.working import waiting

ANSWERS = {
    "yes": None,
    "no": MessageRefused("no such number"),
    "too late": MessageExpired("less than a minute was left"),
    "away": GatewayUnavailable("at lunch"),
    "lost": TimeoutError(),
    "lost before": TimeoutError(),
    "crash": PowerCut(),
    "crash before": PowerCut(),
}
TAKEN = ("yes", "lost", "crash")

# To which states each leads by itself. A receipt may come at any time; then what waits has been taken after all.
AFTER = {
    "queued": {"sending", "expired", "sent", "delivered"},
    "sending": {"queued", "unknown", "sent", "delivered", "failed", "refused", "expired"},
    "unknown": {"sent", "delivered", "failed", "refused", "expired"},
    "sent": {"delivered", "failed"},
    "failed": {"delivered"},
    "delivered": set(),
    "refused": set(),
    "expired": set(),
}
ON_ITS_WAY = {"queued", "sending"}


@dataclass
class Gateway:
    """Answers when and as the story says. `taken`: how often it took the message."""

    is_idempotent: bool
    asked: list[asyncio.Future[str]] = field(default_factory=list)
    taken: int = 0

    async def send(self, sms: Sms) -> None:
        self.asked.append(answer := asyncio.get_running_loop().create_future())
        said = await answer
        self.taken += said in TAKEN
        if failure := ANSWERS[said]:
            raise failure


@dataclass
class Story:
    """One message, and the workers that have it in their hands."""

    gateway: Gateway
    message: UUID
    is_secret: bool
    at: datetime = NOON
    workers: list[asyncio.Task[None]] = field(default_factory=list)

    async def claim(self, _: object = None) -> None:
        """A worker takes the job: perhaps one more, because another seemed dead."""
        async with connection() as connected:
            has_job = await connected.fetchval("SELECT true FROM pgqueuer")
        if has_job:
            asked = len(self.gateway.asked)
            self.workers.append(worker := asyncio.create_task(self.work()))
            while not worker.done() and len(self.gateway.asked) == asked:  # noqa: ASYNC110 - or it ends without asking
                await asyncio.sleep(0)

    async def work(self) -> None:
        """As the queue sees it: after a crash or `NotYet` the job is still there, otherwise it is done."""
        with suppress(NotYet, PowerCut):
            await deliver(self.message, self.at)
            await self.lose_job()

    async def answer(self, said: str) -> None:
        if self.gateway.asked:
            self.gateway.asked.pop(0).set_result(said)
            await self.let_finish()

    async def let_finish(self) -> None:
        while sum(not worker.done() for worker in self.workers) > len(self.gateway.asked):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)

    async def receipt(self, outcome: Outcome) -> None:
        """The gateway can only speak of what it took."""
        if self.gateway.taken:
            await note(str(self.message), outcome, None, self.at)

    async def sweep(self, _: object = None) -> None:
        await sweep(self.at)

    async def lose_job(self, _: object = None) -> None:
        async with connection() as connected:
            await connected.execute("DELETE FROM pgqueuer")

    async def time(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    async def end(self) -> None:
        """Everybody who has it in their hands ends somehow, and a worker comes by until there is nothing left."""
        while self.gateway.asked:
            await self.answer("lost before")
        for _ in range(3):
            await self.sweep()
            await self.claim()
            while self.gateway.asked:
                await self.answer("away")
            await self.time(60)
        await self.sweep()

    async def row(self) -> Message:
        message = await Message.objects().get(Message.id == self.message)
        assert message is not None
        return message


async def begun(*, is_idempotent: bool, is_secret: bool) -> Story:
    async with connection() as connected:
        await connected.execute("TRUNCATE messages CASCADE; TRUNCATE pgqueuer")
    gateways.use_sms(gateway := Gateway(is_idempotent))
    async with transaction():
        told = Told("reconnected", "sl", {"code": "482913"}, is_secret=is_secret, expires_at=NOON + timedelta(hours=1))
        message = await send_sms(told, "+38641555100", at=NOON)
    assert message is not None
    return Story(gateway, message, is_secret)


def leads(before: str, after: str) -> bool:
    """Whether one step or several lead from one state to another; back only to wait for a gateway that took nothing."""
    reached, fresh = {before}, {before}
    while fresh:
        fresh = set().union(*(AFTER[state] for state in fresh)) - reached
        reached |= fresh
    return after in reached


async def holds(story: Story, before: str) -> str:
    """What must be so at every moment. Returns the state."""
    row = await story.row()
    assert leads(before, row.state), f"{before} → {row.state}"
    if not story.gateway.is_idempotent:
        assert story.gateway.taken <= 1
        assert story.gateway.taken == 0 or row.state not in ("queued", "expired", "refused")
    if story.is_secret:
        assert not row.body
        assert row.state in ON_ITS_WAY or row.values == "{}"
    return row.state


STEP = st.one_of(
    st.tuples(st.just("claim"), st.none()),
    st.tuples(st.just("answer"), st.sampled_from(sorted(ANSWERS))),
    st.tuples(st.just("receipt"), st.sampled_from(list(Outcome))),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("lose_job"), st.none()),
    st.tuples(st.just("time"), st.integers(1, 40)),
)


@given(st.lists(STEP, max_size=14), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_story_ends_well(
    database: str, steps: list[tuple[str, object]], is_idempotent: bool, is_secret: bool
) -> None:
    story, state = await begun(is_idempotent=is_idempotent, is_secret=is_secret), "queued"

    for step, what in steps:
        await getattr(story, step)(what)
        state = await holds(story, state)
    await story.end()

    assert await holds(story, state) not in ON_ITS_WAY
    assert await waiting() == []
    gateways.use_sms(None)
