"""Ordering what is barred on lines: a desired state, the last wish counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import audit
from portal.database import connection
from portal.jobs import enqueue
from portal.network.aspects import Aspect, place
from portal.network.orders import Order, OrderTable
from portal.network.port import network
from portal.network.tables import BarringOrder, OrderState, Profile


@dataclass(frozen=True, slots=True)
class OrderedBarring(Order):
    occasion: UUID
    voice_out: bool
    voice_in: bool
    sms_out: bool
    data: bool

    @property
    def profile(self) -> Profile:
        return Profile(self.voice_out, self.voice_in, self.sms_out, self.data)


async def order(
    lines: Sequence[UUID], profile: Profile, *, occasion: UUID, then: str | None = None, at: datetime
) -> None:
    """Ask the network for `profile` on each line, in the running transaction.

    An open order of the same line is superseded. When the network has confirmed every line of the occasion, the job
    named `then` is enqueued once, with `occasion`.
    """
    wished = {"occasion": occasion, "then_job": then, "asked_at": at, **profile._asdict()}
    await place(BARRING, [BarringOrder(line=line, **wished) for line in lines])
    if not lines and then:
        await enqueue(then, occasion=str(occasion))


async def order_again(wish: OrderedBarring, at: datetime) -> None:
    again = {"occasion": wish.occasion, "asked_at": at, "is_correction": True, **wish.profile._asdict()}
    await place(BARRING, [BarringOrder(line=wish.line, **again)])


async def apply(ordered: OrderedBarring) -> str | None:
    return await network().apply(ordered.number, ordered.profile, str(ordered.id))


async def report_on(number: str) -> Profile:
    return await network().profile_of(number)


async def note_observed(line: UUID, observed: Profile, at: datetime) -> None:
    async with connection() as connected:
        await connected.execute(NOTE, line, *observed, at)


async def follow(ordered: OrderedBarring, end: OrderState) -> None:
    """The line that completes an occasion enqueues what comes after it, once."""
    if end != OrderState.CONFIRMED or ordered.then_job is None:
        return
    async with connection() as connected:
        await connected.execute(ONE_AT_A_TIME, str(ordered.occasion))
        if await connected.fetchval(COMPLETE, ordered.occasion):
            await enqueue(ordered.then_job, occasion=str(ordered.occasion))


# Lines of one occasion confirmed at the same time wait here for each other, so that the last one sees them all.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
COMPLETE = """
    SELECT NOT EXISTS (SELECT FROM barring_orders WHERE occasion = $1 AND then_job IS NOT NULL AND state <> 'confirmed')
"""
NOTE = """
    INSERT INTO line_states (line, voice_out, voice_in, sms_out, data, observed_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (line) DO UPDATE SET
        voice_out = excluded.voice_out, voice_in = excluded.voice_in, sms_out = excluded.sms_out,
        data = excluded.data, observed_at = excluded.observed_at
    WHERE line_states.observed_at <= excluded.observed_at
"""
BARRING: Aspect[OrderedBarring, Profile] = Aspect(
    orders=OrderTable("barring_orders", OrderedBarring, key=("line",)),
    sending="network.send",
    looking="network.observe",
    refusal=audit.Event.BARRING_REFUSED,
    apply=apply,
    report_on=report_on,
    note=note_observed,
    is_as_ordered=lambda observed, ordered: observed == ordered.profile,
    order_again=order_again,
    follow=follow,
)
