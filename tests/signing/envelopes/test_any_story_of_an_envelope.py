"""Whatever is tried, blocked, lifted, identified and waited for, in any order: one outcome, in time, told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.customers.tables import Line
from portal.database import connection
from portal.identity.viewers import Viewer
from portal.messaging.tables import Channel, Message
from portal.refusals import Refusal
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.code_rows import open_code
from portal.signing.envelopes.coding import ask_again
from portal.signing.envelopes.declining import Reason, decline
from portal.signing.envelopes.expiring import expire_all
from portal.signing.envelopes.going_on import go_on
from portal.signing.envelopes.guarding import unblock
from portal.signing.envelopes.reading import EnvelopeSeen, Standing
from portal.signing.envelopes.reminding import remind_all
from portal.signing.tables import Envelope, Identification, Order
from tests.people import NOON, Person
from tests.signing.envelopes.signing import PHONE, asks, events, other_than, seen_by, viewer_of
from tests.signing.people import an_envelope, ana
from tests.working import waiting

DAY = timedelta(hours=24)
END = NOON + DAY
OUTCOMES = {"accepted", "declined", "expired"}


@dataclass
class Story:
    """An envelope and what has to be so of it. `decided`: how and when, by what the acts themselves said."""

    person: Person
    viewer: Viewer
    envelope: EnvelopeSeen
    at: datetime = NOON
    card_since: datetime = NOON - DAY
    decided: list[tuple[str, datetime]] = field(default_factory=list)

    async def passes(self, time: timedelta) -> None:
        self.at += time

    async def asks(self, _: object) -> None:
        await self.does(asks(self.envelope, self.viewer, self.at))

    async def asks_again(self, _: object) -> None:
        await self.does(ask_again(self.envelope, self.viewer, PHONE, self.at))

    async def enters(self, by: int) -> None:
        """The right code where `by` is nothing, else another one."""
        code, seen = await open_code(self.envelope, self.viewer), await self.seen()
        can_sign = seen.standing(self.at) == Standing.OPEN and self.at - self.card_since >= DAY
        is_good = code is not None and not code.has_expired(self.at) and by == 0
        digits = other_than(code.digits, by) if code else "000000"

        if await self.does(accept(self.envelope, self.viewer, digits, PHONE, self.at), "accepted"):
            assert can_sign and is_good
        else:
            assert not (can_sign and is_good)

    async def signs(self, _: object) -> None:
        await self.asks(None)
        await self.enters(0)

    async def guesses(self, times: int) -> None:
        for by in range(1, times + 1):
            await self.enters(by)

    async def declines(self, _: object) -> None:
        seen = await self.seen()
        could = seen.is_open(self.at) and seen.blocked_as is None
        declining = decline(self.envelope, self.viewer, Reason.PRICE, "", PHONE, at=self.at)
        assert await self.does(declining, "declined") == could

    async def does(self, act: Awaitable[object], outcome: str = "") -> bool:
        try:
            await act
        except Refusal:
            return False
        if outcome:
            self.decided.append((outcome, self.at))
        return True

    async def is_unblocked(self, _: object) -> None:
        blocked = (await self.seen()).standing(self.at) == Standing.BLOCKED
        assert await unblock(self.envelope.order_number, self.at, by="Maja") == blocked

    async def is_identified(self, how: Identification) -> None:
        await Order.update({Order.identification: how}).where(Order.id == self.envelope.order_id)

    async def exchanges_the_card(self, _: object) -> None:
        self.card_since = self.at
        await Line.update({Line.sim_changed_at: self.at}).where(Line.id == self.person.line.id)

    async def is_swept(self, _: object) -> None:
        await remind_all(self.at)
        await expire_all(self.at)
        now = await self.seen()
        assert now.state != "open" or self.at < END
        if now.state == "expired" and not self.decided:
            self.decided.append(("expired", self.at))

    async def is_finished(self, _: object) -> None:
        """As a worker does it that has made the signatures."""
        await Envelope.update({Envelope.state: "signed"}).where(
            Envelope.id == self.envelope.id, Envelope.state == "accepted"
        )
        await go_on(self.envelope.id, self.at)

    async def seen(self) -> EnvelopeSeen:
        return await seen_by(self.person, self.envelope.id)

    async def is_right(self) -> None:
        now = await self.seen()
        happened = Counter(await events(now))
        assert len(self.decided) <= 1, "one outcome"
        assert {one: happened[one] for one in OUTCOMES if happened[one]} == {what: 1 for what, _ in self.decided}
        for what, at in self.decided:
            assert now.decided_at == at
            assert (at >= END) == (what == "expired")
        assert now.wrong_codes <= 5
        await self.is_told_right(now, happened)

    async def is_told_right(self, now: EnvelopeSeen, happened: Counter[str]) -> None:
        mails = await Message.objects().where(
            Message.customer == self.person.customer.id, Message.channel == Channel.EMAIL
        )
        told = Counter(one.template for one in mails)
        last = now.decided_at or END
        assert told["documents_to_sign"] == 1
        assert told["documents_expired"] == happened["expired"]
        assert told["documents_reminder"] == happened["reminded"] <= 2
        assert all(one.created_at <= last for one in mails if one.template == "documents_reminder")
        assert len(await waiting("signing.finish")) == happened["accepted"]
        assert happened["went_on"] == (now.state == "signed")


TIMES = [timedelta(seconds=20), timedelta(minutes=4), timedelta(hours=3), timedelta(hours=9), timedelta(hours=16)]
STEP = st.one_of(
    st.tuples(st.just("passes"), st.sampled_from(TIMES)),
    st.tuples(st.just("signs"), st.none()),
    st.tuples(st.sampled_from(["asks", "asks_again", "declines"]), st.none()),
    st.tuples(st.sampled_from(["is_unblocked", "is_swept", "is_finished", "exchanges_the_card"]), st.none()),
    st.tuples(st.just("enters"), st.integers(0, 1)),
    st.tuples(st.just("guesses"), st.integers(1, 6)),
    st.tuples(st.just("is_identified"), st.sampled_from(Identification)),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=25))
async def test_any_story_has_one_outcome(database: str, steps: list[tuple[str, object]]) -> None:
    story = await begun()
    for step, what in steps:
        await getattr(story, step)(what)
        await story.is_right()
    story.at = max(story.at, END)
    await story.is_swept(None)
    await story.is_right()
    assert story.decided


async def begun() -> Story:
    async with connection() as connected:
        await connected.execute("DELETE FROM pgqueuer")
    person = await ana()
    return Story(person, await viewer_of(person), await seen_by(person, await an_envelope(person)))
