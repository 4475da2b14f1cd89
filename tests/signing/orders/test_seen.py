"""How far an order is, for staff, for the sales system and for whoever watches the numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.clock import stopped_at
from portal.signing.orders import waiting
from portal.signing.orders.identifying import Report, identified
from portal.signing.orders.seen import decided, listed, seen
from portal.signing.orders.states import State
from portal.signing.tables import Envelope, EnvelopeState
from portal.web.metrics import exposition
from tests.people import NOON, Person
from tests.signing.orders.rows import Row, change, of, of_newcomer, order_of, taken

OVER = NOON + timedelta(hours=23)
"""Orders of these stories were placed an hour before noon."""


async def became(row: Row, **columns: object) -> None:
    """Its envelope, as whoever signs or refuses leaves it."""
    order = await order_of(row)
    await Envelope.update({getattr(Envelope, name): value for name, value in columns.items()}).where(
        Envelope.order == order.id
    )


async def changes(since: datetime, at: datetime) -> list[dict[str, object]]:
    return [row async for row in decided(since, at)]


async def test_open_until_its_time_is_over_to_the_second(ana: Person) -> None:
    row = of(ana)
    await taken(row)

    assert (await seen(row["number"], OVER - timedelta(seconds=1))).state == State.OPEN
    over = await seen(row["number"], OVER)
    assert (over.state, over.outcome, over.ended_at) == (State.EXPIRED, "expired", OVER)


@pytest.mark.parametrize(
    ("columns", "state", "outcome"),
    [
        ({"blocked_as": "sim_changed", "blocked_at": NOON}, State.BLOCKED, None),
        ({"state": EnvelopeState.ACCEPTED, "decided_at": NOON}, State.ACCEPTED, None),
        ({"state": EnvelopeState.SIGNED, "decided_at": NOON, "signed_at": NOON}, State.SIGNED, "signed"),
        ({"state": EnvelopeState.DECLINED, "decided_at": NOON}, State.DECLINED, "declined"),
    ],
)
async def test_what_became_of_it(ana: Person, columns: dict[str, object], state: State, outcome: str | None) -> None:
    row = of(ana)
    await taken(row)
    await became(row, **columns)

    told = await seen(row["number"], NOON)

    assert (told.state, told.outcome) == (state, outcome)
    assert told.ended_at == (NOON if outcome else None)


async def test_accepted_in_time_and_signed_later_it_never_expires(ana: Person) -> None:
    row = of(ana)
    await taken(row)
    await became(row, state=EnvelopeState.ACCEPTED, decided_at=NOON)

    assert (await seen(row["number"], OVER + timedelta(days=3))).state == State.ACCEPTED


async def test_staff_sees_what_waits_and_can_ask_for_the_rest(ana: Person) -> None:
    waits, blocked, done = of(ana), of(ana), change(ana)
    for row in (waits, blocked, done, of_newcomer()):
        await taken(row)
    await became(blocked, blocked_as="wrong_codes", blocked_at=NOON)

    assert {one.state for one in await listed(None, NOON, 10)} == {"open", "blocked", "awaits_identification"}
    assert [one.number for one in await listed(State.BLOCKED, NOON, 10)] == [blocked["number"]]
    assert [one.number for one in await listed(State.WITHOUT_SIGNATURE, NOON, 10)] == [done["number"]]
    assert len(await listed(None, NOON, 1)) == 1


async def test_the_sales_system_hears_of_every_outcome_in_its_order(ana: Person) -> None:
    signed, declined, expired, none = of(ana), of(ana), of(ana), change(ana)
    failed, missed = of_newcomer(), of_newcomer(customer="1990001")
    del missed["new_customer"]
    for row in (signed, declined, expired, none, failed, missed):
        await taken(row)
    hour = timedelta(hours=1)
    await became(signed, state="signed", decided_at=NOON, signed_at=NOON + hour)
    await became(
        declined, state="declined", decided_at=NOON + 2 * hour, decline_reason="price", decline_words="Predrago"
    )
    await identified(failed["number"], Report(passed=False, reference="VID-8"), NOON + 3 * hour)

    told = await changes(NOON, OVER)

    assert [(one["number"], one["outcome"]) for one in told[:4]] == [
        (none["number"], "without_signature"),
        (signed["number"], "signed"),
        (declined["number"], "declined"),
        (failed["number"], "not_identified"),
    ]
    assert {one["number"]: one["outcome"] for one in told[4:]} == {
        expired["number"]: "expired",
        missed["number"]: "not_identified",
    }
    assert told[2]["decline_words"] == "Predrago"
    assert told[4]["instead"] == "shop"


async def test_asked_again_it_is_the_same_and_from_a_moment_on(ana: Person) -> None:
    row = of(ana)
    await taken(row)

    first, again = await changes(NOON, OVER), await changes(OVER, OVER + timedelta(days=2))

    assert first == again
    assert await changes(OVER + timedelta(seconds=1), OVER + timedelta(days=2)) == []
    assert await changes(NOON, OVER - timedelta(seconds=1)) == []


async def test_the_numbers_to_watch(ana: Person) -> None:
    row = of(ana)
    await taken(row)
    await taken(of_newcomer())
    await became(row, blocked_as="wrong_codes", blocked_at=NOON)

    with stopped_at(NOON):
        now = (await exposition()).decode()
    with stopped_at(OVER):
        later = (await exposition()).decode()

    assert waiting.TOLD
    assert 'portal_orders{state="blocked"} 1.0' in now
    assert 'portal_orders{state="awaits_identification"} 1.0' in now
    assert 'portal_orders{state="expired"} 0.0' in now
    assert 'portal_orders{state="expired"} 1.0' in later
    assert 'portal_orders{state="not_identified"} 1.0' in later
