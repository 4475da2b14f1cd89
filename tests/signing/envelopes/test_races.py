"""Everybody at once: one outcome, one job, one message, and no more guesses than five. On real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from portal.identity.refusals import WrongCode
from portal.messaging.tables import Channel
from portal.refusals import Refusal
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.coding import ask_again
from portal.signing.envelopes.declining import Reason, decline
from portal.signing.envelopes.expiring import expire
from portal.signing.envelopes.going_on import go_on
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.envelopes.refusals import WrongCodes
from portal.signing.tables import Envelope
from tests.people import NOON, Person
from tests.signing.envelopes.signing import PHONE, asks, events, other_than, seen_by, signs, told, viewer_of
from tests.signing.people import an_envelope
from tests.working import waiting

END = NOON + timedelta(hours=24)
LAST = END - timedelta(microseconds=1)
GUESSES = 201
OUTCOMES = {"accepted", "declined", "expired"}


async def test_twenty_taps_sign_once(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)

    done = await all_at_once(*(accept(seen, viewer, code.digits, PHONE, NOON) for _ in range(20)))

    assert done.count(None) == 1
    assert await waiting("signing.finish") == ["signing.finish"]
    assert (await events(seen)).count("accepted") == 1


@pytest.mark.parametrize("turn", range(10))
async def test_signing_declining_and_the_end_of_the_time_in_one_instant(ana: Person, turn: int) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana, LAST)
    code = await asks(seen, viewer, LAST)
    acts: list[Awaitable[object]] = [
        accept(seen, viewer, code.digits, PHONE, LAST),
        decline(seen, viewer, Reason.PRICE, "", PHONE, at=LAST),
        expire(seen.id, END),
        accept(seen, viewer, code.digits, PHONE, END),
        decline(seen, viewer, Reason.PRICE, "", PHONE, at=END),
    ]

    await all_at_once(*acts[turn % 5 :], *acts[: turn % 5])

    assert await the_only_outcome(seen) == (await seen_by(ana, seen.id)).state
    state = (await seen_by(ana, seen.id)).state
    assert await waiting("signing.finish") == ["signing.finish"] * (state == "accepted")
    assert (await told(ana)).count("documents_expired") == (state == "expired")


@pytest.mark.parametrize("turn", range(5))
async def test_of_a_new_code_and_the_old_one_in_one_moment_at_most_one_counts(ana: Person, turn: int) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code, at = await asks(seen, viewer), NOON + timedelta(seconds=30)

    _, signed = await all_at_once(ask_again(seen, viewer, PHONE, at), accept(seen, viewer, code.digits, PHONE, at))

    now = await seen_by(ana, seen.id)
    assert (signed is None) == (now.state == "accepted")
    assert isinstance(signed, WrongCode | None)


async def test_of_two_hundred_guesses_at_once_five_are_looked_at(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)

    refused = await all_at_once(
        *(accept(seen, viewer, other_than(code.digits, by), PHONE, NOON) for by in range(1, GUESSES + 1))
    )

    kinds = [type(one) for one in refused]
    assert (kinds.count(WrongCode), kinds.count(WrongCodes)) == (4, GUESSES - 4)
    assert (await events(seen)).count("code_wrong") == 5
    assert (await events(seen)).count("blocked") == 1
    with pytest.raises(WrongCodes):
        await accept(seen, viewer, code.digits, PHONE, NOON)


async def test_twenty_askings_at_once_send_one_sms(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)

    await all_at_once(*(asks(seen, viewer) for _ in range(20)))

    assert (await told(ana, Channel.SMS)).count("signing_code") == 1


async def test_twenty_workers_set_off_what_was_signed_for_once(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    await signs(seen, viewer)
    await Envelope.update({Envelope.state: "signed"}).where(Envelope.id == seen.id)

    went = await asyncio.gather(*(go_on(seen.id, NOON) for _ in range(20)))

    assert went.count(True) == 1
    assert (await events(seen)).count("went_on") == 1


async def all_at_once(*acts: Awaitable[object]) -> list[object]:
    """What each returned, or how it was refused; anything else is a failure."""
    ended = await asyncio.gather(*acts, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException) and not isinstance(one, Refusal):
            raise one
    return list(ended)


async def the_only_outcome(seen: EnvelopeSeen) -> str:
    (outcome,) = OUTCOMES.intersection(what := await events(seen))
    assert what.count(outcome) == 1
    return outcome
