"""What was signed for is set off once it is signed, and not a moment before."""

from __future__ import annotations

from datetime import date, timedelta

from portal.customers.tables import Contract, Package
from portal.dunning.endings.benefit import benefit_back
from portal.money import Money
from portal.signing.envelopes.going_on import go_on
from portal.signing.tables import Envelope, Order, OrderKind
from tests.people import NOON, Person
from tests.signing.envelopes.signing import events, seen_by, signs, viewer_of
from tests.signing.people import CHANGE, an_envelope


async def test_an_extension_extends_the_commitment(ana: Person) -> None:
    envelope = await signed(ana, await an_envelope(ana))

    assert await go_on(envelope.id, NOON)

    contract = await Contract.objects().get(Contract.id == ana.contract.id)
    assert contract is not None
    assert (contract.committed_until, contract.benefit_cents) == (date(2028, 11, 20), 24_000)
    assert [line.back for line in benefit_back([contract], date(2026, 11, 21))] == [Money(24_000)]
    assert (await events(envelope))[-1] == "went_on"


async def test_a_benefit_above_the_price_of_the_package_is_kept_only_up_to_it(ana: Person) -> None:
    price = await Package.select(Package.monthly_cents).where(Package.id == ana.contract.package).first()
    assert price is not None
    envelope = await signed(ana, await an_envelope(ana))
    await Order.update({Order.benefit_cents: 200_000}).where(Order.id == envelope.order)

    await go_on(envelope.id, NOON)

    contract = await Contract.objects().get(Contract.id == ana.contract.id)
    assert contract is not None
    assert contract.benefit_cents == 24 * price["monthly_cents"]


async def test_twice_is_as_once(ana: Person) -> None:
    envelope = await signed(ana, await an_envelope(ana))
    await go_on(envelope.id, NOON)

    assert not await go_on(envelope.id, NOON + timedelta(minutes=1))

    order = await Order.objects().get(Order.id == envelope.order)
    assert order is not None
    assert order.went_on_at == NOON


async def test_what_is_only_accepted_does_not_go_on(ana: Person) -> None:
    envelope = await an_envelope(ana)
    await signs(await seen_by(ana, envelope), await viewer_of(ana))

    assert not await go_on(envelope.id, NOON)

    contract = await Contract.objects().get(Contract.id == ana.contract.id)
    assert contract is not None
    assert contract.committed_until is None


async def test_of_anything_else_only_the_moment_is_written_down(ana: Person) -> None:
    envelope = await signed(ana, await an_envelope(ana, kind=OrderKind.CHANGE, terms=CHANGE))

    assert await go_on(envelope.id, NOON)

    contract = await Contract.objects().get(Contract.id == ana.contract.id)
    assert contract is not None
    assert contract.committed_until is None


async def signed(person: Person, envelope: Envelope) -> Envelope:
    """As a worker leaves it that has made the signatures."""
    await signs(await seen_by(person, envelope), await viewer_of(person))
    await Envelope.update({Envelope.state: "signed"}).where(Envelope.id == envelope.id)
    return envelope
