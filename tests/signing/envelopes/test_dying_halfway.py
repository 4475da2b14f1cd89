"""The process dies after any statement. All of an act is there, or nothing; done again, all is there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from portal.database import connection, transaction
from portal.messaging.tables import Message
from portal.refusals import Refusal
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.declining import Reason, decline
from portal.signing.envelopes.expiring import expire
from portal.signing.envelopes.going_on import go_on
from portal.signing.envelopes.opening import open_envelope
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.envelopes.reminding import remind
from portal.signing.tables import Envelope, EvidenceEntry, OrderKind
from tests.people import NOON, Person
from tests.signing import people
from tests.signing.envelopes.dying import dies
from tests.signing.envelopes.signing import PHONE, asks, events, seen_by, signs, viewer_of
from tests.signing.people import an_envelope, an_order
from tests.working import waiting

Act = Callable[[], Awaitable[object]]
Prepare = Callable[[Person], Awaitable[tuple[Envelope | EnvelopeSeen, Act]]]
FOUR, DAY = timedelta(hours=4), timedelta(hours=24)
MOST = 60
"""Statements: more than any act has."""


async def accepting(ana: Person) -> tuple[Envelope | EnvelopeSeen, Act]:
    seen, viewer = await seen_by(ana, await a_form_of(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    return seen, lambda: accept(seen, viewer, code.digits, PHONE, NOON)


async def declining(ana: Person) -> tuple[Envelope | EnvelopeSeen, Act]:
    seen, viewer = await seen_by(ana, await a_form_of(ana)), await viewer_of(ana)
    return seen, lambda: decline(seen, viewer, Reason.PRICE, "", PHONE, at=NOON)


async def reminding(ana: Person) -> tuple[Envelope | EnvelopeSeen, Act]:
    envelope = await a_form_of(ana)
    return envelope, lambda: remind(envelope.id, NOON + FOUR, NOON + FOUR)


async def ending(ana: Person) -> tuple[Envelope | EnvelopeSeen, Act]:
    envelope = await a_form_of(ana)
    return envelope, lambda: expire(envelope.id, NOON + DAY)


async def going(ana: Person) -> tuple[Envelope | EnvelopeSeen, Act]:
    seen = await seen_by(ana, await an_envelope(ana))
    await signs(seen, await viewer_of(ana))
    await Envelope.update({Envelope.state: "signed"}).where(Envelope.id == seen.id)
    return seen, lambda: go_on(seen.id, NOON)


WHOLE: dict[Prepare, dict[str, int]] = {
    accepting: {"accepted": 1, "recorded": 1, "signing.finish": 1, "is accepted": 1},
    declining: {
        "declined": 1,
        "documents_declined": 1,
        "signing_staff": 1,
        "is declined": 1,
        "messaging.deliver_email": 2,
    },
    reminding: {
        "reminded": 1,
        "documents_reminder": 2,
        "messaging.deliver": 1,
        "messaging.deliver_email_code": 1,
        "links": 1,
    },
    ending: {
        "expired": 1,
        "documents_expired": 1,
        "signing_staff": 1,
        "is expired": 1,
        "messaging.deliver_email": 2,
    },
    going: {"went_on": 1, "is committed": 1},
}
"""What each act leaves behind, besides what was there before."""


@pytest.mark.parametrize("prepared", WHOLE, ids=lambda one: one.__name__)
async def test_all_or_nothing_and_then_once(database: str, staff: str, prepared: Prepare) -> None:
    """Each death comes one statement later than the last. What died left nothing, so the next one tries the same."""
    ana = await people.ana()
    envelope, act = await prepared(ana)
    before = await what_is_there(ana, envelope)
    for after in range(1, MOST):
        async with dies(after) as death:
            with suppress(Refusal):
                await act()
        left = await what_is_there(ana, envelope) - before
        assert left in (Counter(), Counter(WHOLE[prepared])), f"after {after} statements"
        if not death.has_struck:
            break
    assert 5 < after < MOST - 1

    with suppress(Refusal):
        await act()

    assert await what_is_there(ana, envelope) - before == Counter(WHOLE[prepared])


async def test_an_envelope_is_opened_whole_or_not_at_all(ana: Person) -> None:
    order = await an_order(ana, kind=OrderKind.CHANGE, terms=people.CHANGE)

    async def take() -> None:
        async with transaction():
            await open_envelope(order, NOON)

    for after in range(1, MOST):
        async with dies(after):
            await take()
        if await Envelope.count():
            break
        assert (await Message.count(), await EvidenceEntry.count(), await waiting()) == (0, 0, []), after
    assert 5 < after < MOST - 1

    [envelope] = await Envelope.objects()
    assert await Message.count() == 2
    assert await events(envelope) == ["ordered", "documents_made", "link_sent"]


async def a_form_of(ana: Person) -> Envelope:
    """Of one document, which is the quickest."""
    return await an_envelope(ana, kind=OrderKind.CHANGE, terms=people.CHANGE)


async def what_is_there(person: Person, envelope: Envelope | EnvelopeSeen) -> Counter[str]:
    """Evidence, messages, jobs, links and states, each by its name."""
    there = Counter(await events(envelope))
    there.update(one["template"] for one in await Message.select(Message.template))
    there.update(await waiting())
    async with connection() as connected:
        there[f"is {await connected.fetchval(STATE, envelope.id)}"] = 1
        there["links"] = await connected.fetchval(LINKS, envelope.id)
        there["is committed"] = await connected.fetchval(COMMITTED, person.contract.id)
    return there


STATE = "SELECT state FROM envelopes WHERE id = $1"
LINKS = "SELECT count(*) FROM signing_links WHERE envelope = $1"
COMMITTED = "SELECT count(committed_until) FROM contracts WHERE id = $1"
