"""A service that binds for months makes an order of its own, and is switched on when that is signed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import date, timedelta

import pytest
import pytest_asyncio

from portal import clock
from portal.customers.tables import Customer, PackageKind
from portal.money import Money
from portal.refusals import Refusal
from portal.services import documents, switching
from portal.services.refusals import CallUsForDocuments, TooLateToCancel
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.declining import Reason, decline
from portal.signing.envelopes.expiring import expire_all
from portal.signing.envelopes.going_on import go_on
from portal.signing.envelopes.reading import EnvelopeSeen, envelopes_of
from portal.signing.envelopes.switch_documents import SwitchDocuments
from portal.signing.orders.terms import Terms, last_day
from portal.signing.tables import Envelope, Order
from tests.people import NOON, Person, a_person
from tests.services.asking import ask, line, read, states
from tests.signing.envelopes.signing import PHONE, asks, seen_by, signs, told, viewer_of
from tests.working import work_off
from tests.world import Exchange, exchange

__all__ = ["exchange"]


@pytest_asyncio.fixture
async def franc(database: str, exchange: Exchange) -> AsyncIterator[Person]:
    """He has fixed services, and documents are signed here."""
    documents.use(SwitchDocuments())
    yield await read(await a_person("Franc Hribar", package=PackageKind.KOMBO))
    documents.use(None)


async def test_its_order_says_what_was_shown(franc: Person) -> None:
    asked = await ask(franc, "tv_box")

    seen = await the_envelope_of(franc)
    order = await Order.objects().get(Order.id == seen.order_id)
    assert order is not None
    terms = Terms.of(order)
    assert asked.documents == f"/documents/{seen.id}"
    assert (order.kind, order.source, order.switch, order.instead) == ("order", "portal", asked.switch, "cancelled")
    assert [one.name for one in terms.equipment] == ["TV-komunikator"]
    assert terms.commitment_months == 24
    assert order.committed_until == date(2028, 11, 20)
    assert order.amount == Money.sum(one.monthly for one in terms.services for _ in range(24))
    assert [one.kind for one in seen.documents] == ["summary", "contract", "terms"]


async def test_signed_it_is_switched_on(franc: Person) -> None:
    await ask(franc, "tv_box")
    seen = await the_envelope_of(franc)
    await signs(seen, await viewer_of(franc))
    await Envelope.update({Envelope.state: "signed"}).where(Envelope.id == seen.id)

    await go_on(seen.id, NOON)
    await work_off()

    assert (await states(franc))[-1] == "tv_box on done"


@pytest.mark.parametrize("how", ["declined", "expired"])
async def test_not_signed_it_is_given_up_and_told_once(franc: Person, how: str) -> None:
    await ask(franc, "tv_box")
    seen = await the_envelope_of(franc)

    if how == "declined":
        await decline(seen, await viewer_of(franc), Reason.PRICE, "", PHONE, at=NOON)
    await expire_all(NOON + timedelta(hours=24))

    assert (await states(franc))[-1] == "tv_box on refused"
    assert await told(franc) == ["documents_to_sign", "service_refused"]


async def test_cancelled_where_it_was_asked_for_it_can_no_longer_be_signed(franc: Person) -> None:
    asked = await ask(franc, "tv_box")
    assert asked.switch is not None
    seen, viewer = await the_envelope_of(franc), await viewer_of(franc)
    code = await asks(seen, viewer)

    await switching.cancel(await line(franc), asked.switch, NOON)
    with pytest.raises(Refusal):
        await accept(seen, viewer, code.digits, PHONE, NOON)
    with clock.stopped_at(NOON):
        await work_off()

    row = await Envelope.objects().get(Envelope.id == seen.id)
    assert row is not None
    assert (row.state, row.decline_reason) == ("declined", "withdrawn")
    assert await told(franc) == ["documents_to_sign", "documents_declined"]


async def test_what_was_signed_for_can_no_longer_be_cancelled(franc: Person) -> None:
    """Also while the timestamper is waited for: a contract without its service would come of it."""
    asked = await ask(franc, "tv_box")
    assert asked.switch is not None
    await signs(await the_envelope_of(franc), await viewer_of(franc))

    with pytest.raises(TooLateToCancel):
        await switching.cancel(await line(franc), asked.switch, NOON)

    assert (await states(franc))[-1] == "tv_box on to_sign"


@pytest.mark.parametrize("turn", range(6))
async def test_signing_and_cancelling_in_one_instant_have_one_outcome(franc: Person, turn: int) -> None:
    asked = await ask(franc, "tv_box")
    assert asked.switch is not None
    seen, viewer = await the_envelope_of(franc), await viewer_of(franc)
    code, its_line = await asks(seen, viewer), await line(franc)
    acts: list[Awaitable[object]] = [
        accept(seen, viewer, code.digits, PHONE, NOON),
        switching.cancel(its_line, asked.switch, NOON),
    ]

    ended = await asyncio.gather(*acts[:: 1 if turn % 2 else -1], return_exceptions=True)

    assert [isinstance(one, Refusal) for one in ended].count(True) == 1, ended
    is_accepted = (await seen_by(franc, seen.id)).state == "accepted"
    assert (await states(franc))[-1] == f"tv_box on {'to_sign' if is_accepted else 'cancelled'}"


async def test_whoever_has_no_address_for_the_link_is_asked_to_call(franc: Person) -> None:
    await Customer.update({Customer.email: None}).where(Customer.id == franc.customer.id)

    with pytest.raises(CallUsForDocuments):
        await ask(franc, "tv_box")

    assert await states(franc) == []
    assert await envelopes_of([franc.customer.id]) == []


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 11, 21), 24, date(2028, 11, 20)),
        (date(2026, 12, 1), 12, date(2027, 11, 30)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 1), 1, date(2026, 11, 30)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_so_many_months_end_the_day_before(first: date, months: int, last: date) -> None:
    assert last_day(first, months) == last


async def the_envelope_of(person: Person) -> EnvelopeSeen:
    (seen,) = await envelopes_of([person.customer.id])
    return await seen_by(person, seen.id)
