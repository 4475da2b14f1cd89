"""What stops a signature though the documents wait: a number, a card, a name, too many guesses. Staff is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.customers.tables import Customer, Line
from portal.identity.refusals import WrongCode
from portal.identity.tables import Login
from portal.refusals import Refusal
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.coding import ask_again
from portal.signing.envelopes.guarding import unblock
from portal.signing.envelopes.names import is_same_name
from portal.signing.envelopes.reading import Standing
from portal.signing.envelopes.refusals import (
    AlreadyDecided,
    IdentificationAwaited,
    IdentificationFailed,
    NumberChanged,
    OtherName,
    SimChanged,
    Stopped,
    WrongCodes,
)
from portal.signing.tables import Identification, Order
from tests.people import NOON, Person, a_person
from tests.signing.envelopes.signing import PHONE, asks, events, other_than, seen_by, signs, told_to, viewer_of
from tests.signing.people import an_envelope

DAY = timedelta(hours=24)
LATER = NOON + timedelta(minutes=1)


async def changes_number(person: Person, ago: timedelta = timedelta(hours=1)) -> None:
    assert person.login is not None
    await Login.update({Login.contact_changed_at: NOON - ago}).where(Login.id == person.login.id)


async def has_a_new_number_on_record(person: Person, ago: timedelta = timedelta(hours=1)) -> None:
    await Customer.update({Customer.contact_number_since: NOON - ago}).where(Customer.id == person.customer.id)


async def exchanges_the_card(person: Person, ago: timedelta = timedelta(hours=1)) -> None:
    await Line.update({Line.sim_changed_at: NOON - ago}).where(Line.id == person.line.id)


async def is_called_otherwise(person: Person, _: timedelta = timedelta()) -> None:
    assert person.login is not None
    await Login.update({Login.name: "Peter Novak"}).where(Login.id == person.login.id)


GUARDS = [
    (changes_number, NumberChanged),
    (has_a_new_number_on_record, NumberChanged),
    (exchanges_the_card, SimChanged),
    (is_called_otherwise, OtherName),
]


@pytest.mark.parametrize(("happens", "refusal"), GUARDS)
async def test_no_code_is_sent(ana: Person, happens: Any, refusal: type[Stopped], staff: str) -> None:
    envelope = await an_envelope(ana)
    await happens(ana)
    seen = await seen_by(ana, envelope)

    with pytest.raises(refusal):
        await asks(seen, await viewer_of(ana))

    now = await seen_by(ana, envelope)
    assert (now.standing(NOON), now.blocked_as, now.blocked_at) == (Standing.BLOCKED, refusal.blocked, NOON)
    assert (await events(envelope))[-1] == "blocked"
    assert await told_to(staff) == ["signing_staff"]


@pytest.mark.parametrize(("happens", "refusal"), GUARDS)
async def test_a_code_that_was_sent_before_is_refused(
    ana: Person, happens: Any, refusal: type[Refusal], staff: str
) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    await happens(ana, timedelta())

    with pytest.raises(refusal):
        await accept(seen, viewer, code.digits, PHONE, LATER)
    with pytest.raises(refusal):
        await ask_again(seen, viewer, PHONE, LATER)

    assert (await seen_by(ana, seen.id)).state == "open"
    assert await told_to(staff) == ["signing_staff"]


@pytest.mark.parametrize("happens", [changes_number, has_a_new_number_on_record, exchanges_the_card])
async def test_a_day_after_the_change_nothing_is_in_the_way(ana: Person, happens: Any) -> None:
    await happens(ana, DAY)

    envelope = await an_envelope(ana)
    await signs(await seen_by(ana, envelope), await viewer_of(ana))

    assert (await seen_by(ana, envelope)).state == "accepted"


async def test_somebody_else_s_card_matters_to_nobody(ana: Person) -> None:
    await exchanges_the_card(await a_person("Cene Kos"))

    await signs(await seen_by(ana, await an_envelope(ana)), await viewer_of(ana))


async def test_the_fifth_wrong_code_stops_it(ana: Person, staff: str) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    for by in range(1, 5):
        with pytest.raises(WrongCode):
            await accept(seen, viewer, other_than(code.digits, by), PHONE, NOON)

    with pytest.raises(WrongCodes):
        await accept(seen, viewer, other_than(code.digits, 5), PHONE, NOON)
    with pytest.raises(WrongCodes):
        await accept(seen, viewer, code.digits, PHONE, NOON)

    assert (await events(seen))[-6:] == ["code_wrong"] * 5 + ["blocked"]
    assert await told_to(staff) == ["signing_staff"]


async def test_new_codes_bring_no_more_tries(ana: Person) -> None:
    seen, viewer, at = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana), NOON
    for by in range(1, 5):
        code = await asks(seen, viewer, at)
        with pytest.raises(WrongCode):
            await accept(seen, viewer, other_than(code.digits, by), PHONE, at)
        at += timedelta(minutes=1)

    code = await asks(seen, viewer, at)
    with pytest.raises(WrongCodes):
        await accept(seen, viewer, other_than(code.digits), PHONE, at)


async def test_the_right_code_at_the_fifth_try_signs(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    for by in range(1, 5):
        with pytest.raises(WrongCode):
            await accept(seen, viewer, other_than(code.digits, by), PHONE, NOON)

    await accept(seen, viewer, code.digits, PHONE, NOON)

    assert (await seen_by(ana, seen.id)).state == "accepted"


async def test_staff_lifts_a_block_and_five_tries_begin_anew(ana: Person, staff: str) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    for by in range(1, 6):
        with pytest.raises(Refusal):
            await accept(seen, viewer, other_than(code.digits, by), PHONE, NOON)

    assert await unblock(seen.order_number, LATER, by="Maja")
    assert not await unblock(seen.order_number, LATER, by="Maja")
    with pytest.raises(WrongCode):
        await accept(seen, viewer, other_than(code.digits), PHONE, LATER)
    await accept(seen, viewer, code.digits, PHONE, LATER)

    assert (await seen_by(ana, seen.id)).state == "accepted"


async def test_a_lifted_block_comes_again_while_its_reason_stands_and_staff_hears_again(
    ana: Person, staff: str
) -> None:
    envelope, viewer = await an_envelope(ana), await viewer_of(ana)
    seen = await seen_by(ana, envelope)
    await changes_number(ana)
    with pytest.raises(NumberChanged):
        await asks(seen, viewer)
    await unblock(seen.order_number, LATER, by="Maja")

    with pytest.raises(NumberChanged):
        await asks(seen, viewer, LATER)

    assert await told_to(staff) == ["signing_staff", "signing_staff"]


async def test_what_is_over_is_not_unblocked(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    await changes_number(ana)
    with pytest.raises(NumberChanged):
        await asks(seen, viewer)

    assert not await unblock(seen.order_number, NOON + DAY, by="Maja")


@pytest.mark.parametrize(
    ("identification", "refusal"),
    [(Identification.AWAITED, IdentificationAwaited), (Identification.FAILED, IdentificationFailed)],
)
async def test_without_identification_nothing_is_signed(
    ana: Person, identification: Identification, refusal: type[Refusal]
) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    await Order.update({Order.identification: identification}).where(Order.id == seen.order_id)

    with pytest.raises(refusal):
        await accept(seen, viewer, code.digits, PHONE, NOON)
    with pytest.raises(refusal):
        await ask_again(seen, viewer, PHONE, LATER)


async def test_what_is_decided_is_decided(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    await accept(seen, viewer, code.digits, PHONE, NOON)

    with pytest.raises(AlreadyDecided):
        await accept(seen, viewer, code.digits, PHONE, NOON)
    with pytest.raises(AlreadyDecided):
        await asks(seen, viewer, LATER)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana Novak", "NOVAK, Ana"), ("Žan  Đurić", "zan duric"), ("Ana-Marija Kos", "Kos Ana Marija")],
)
def test_one_name_is_written_in_many_ways(one: str, other: str) -> None:
    assert is_same_name(one, other)


@pytest.mark.parametrize(("one", "other"), [("Ana Novak", "Ana Novak Kos"), ("Ana Novak", "Anja Novak"), ("Ana", "")])
def test_two_names_stay_two(one: str, other: str) -> None:
    assert not is_same_name(one, other)
