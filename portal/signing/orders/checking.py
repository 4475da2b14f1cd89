"""Whether an order is right in itself: what belongs together, what its kind needs, and whether its time still runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal import clock
from portal.money import ZERO, Money
from portal.signing.orders.faults import Fault
from portal.signing.orders.feed import Arrived
from portal.signing.orders.terms import Terms
from portal.signing.tables import Identification, OrderKind

TIME_TO_SIGN = timedelta(hours=24)
"""Of elapsed time from the order. Source: click2sign.txt, «Kako poteka elektronsko podpisovanje»."""
CLOCKS_APART = timedelta(minutes=1)
"""So far the clock of the sales system may be ahead of ours."""
LATE = (
    "it was placed more than 24 hours ago, so its documents can no longer be signed electronically: do with it what its"
    " `instead` says, or let the customer order anew"
)


def faults(arrived: Arrived, at: datetime) -> Iterator[Fault]:
    yield from faults_of_customer(arrived)
    yield from faults_of_kind(arrived, at)
    yield from faults_of_identification(arrived, at)
    yield from faults_of_money(arrived)
    yield from faults_of_time(arrived, at)
    if not arrived.needs_signature:
        yield from faults_without_signature(arrived)


def faults_of_customer(arrived: Arrived) -> Iterator[Fault]:
    if (arrived.customer is None) == (arrived.new_customer is None):
        yield Fault("customer", "one of customer and new_customer says whose order it is")
    if arrived.new_customer is not None:
        for name in ("account", "line", "contract"):
            if getattr(arrived, name) is not None:
                yield Fault(name, "a new customer has none yet; the account it gets stands in new_customer")


def faults_of_kind(arrived: Arrived, at: datetime) -> Iterator[Fault]:
    terms = arrived.terms
    match arrived.kind:
        case OrderKind.EXTENSION:
            yield from faults_of_extension(arrived, at)
        case OrderKind.FIXED | OrderKind.MOBILE if terms.package is None:
            yield Fault("terms.package", "a contract is about a package")
        case OrderKind.ORDER | OrderKind.PURCHASE if not is_about_something(terms):
            yield Fault(
                "terms", "it says nothing that is ordered: a package, equipment, a service or something paid once"
            )
        case OrderKind.CHANGE if not terms.changes:
            yield Fault("terms.changes", "a form for a change says what changes")


def is_about_something(terms: Terms) -> bool:
    return bool(terms.package or terms.equipment or terms.services or terms.once)


def faults_of_extension(arrived: Arrived, at: datetime) -> Iterator[Fault]:
    if arrived.contract is None and arrived.new_customer is None:
        yield Fault("contract", "an extension names the contract whose commitment it extends")
    if arrived.new_customer is not None:
        yield Fault("new_customer", "a new customer has no commitment to extend")
    if arrived.committed_until is None:
        yield Fault("terms.commitment_months", "an extension says for how many months it binds")
    elif arrived.committed_until <= clock.day_of(at):
        yield Fault("terms.commitment_from", "the commitment would be over already")


def faults_of_identification(arrived: Arrived, at: datetime) -> Iterator[Fault]:
    identified = arrived.identification
    if identified is None:
        if arrived.kind == OrderKind.MOBILE:
            yield Fault("identification", "a mobile contract says whether video identification is awaited or passed")
        return
    is_passed = identified.state == Identification.PASSED
    if is_passed != (identified.reference is not None) or is_passed != (identified.at is not None):
        yield Fault("identification", "reference and at belong to one that passed, both of them")
    if identified.at is not None and identified.at > at + CLOCKS_APART:
        yield Fault("identification.at", "it lies ahead")


def faults_of_money(arrived: Arrived) -> Iterator[Fault]:
    for field, amount in never_negative(arrived):
        if amount < ZERO:
            yield Fault(field, "it cannot be below nothing")
    for place, equipment in enumerate(arrived.terms.equipment):
        if (equipment.instalments is None) != (equipment.instalment is None):
            yield Fault(f"terms.equipment[{place}]", "instalments and instalment stand together")


def never_negative(arrived: Arrived) -> Iterator[tuple[str, Money]]:
    terms = arrived.terms
    if arrived.amount is not None:
        yield "amount", arrived.amount
    if terms.package is not None:
        yield "terms.package.monthly", terms.package.monthly
    if terms.benefit is not None:
        yield "terms.benefit.amount", terms.benefit.amount
    for place, equipment in enumerate(terms.equipment):
        yield f"terms.equipment[{place}].price", equipment.price


def faults_of_time(arrived: Arrived, at: datetime) -> Iterator[Fault]:
    if arrived.placed_at > at + CLOCKS_APART:
        yield Fault("placed_at", "it lies ahead")
    if arrived.needs_signature and arrived.placed_at + TIME_TO_SIGN <= at:
        yield Fault("placed_at", LATE)


def faults_without_signature(arrived: Arrived) -> Iterator[Fault]:
    """Source: click2sign.txt, «Izjema»: a change without financial impact."""
    terms = arrived.terms
    if arrived.kind != OrderKind.CHANGE:
        yield Fault("needs_signature", "only a change can do without a signature")
    if arrived.amount or terms.commitment_months or terms.benefit or is_about_something(terms):
        yield Fault("needs_signature", "only a change without financial impact can do without a signature")
    if arrived.identification is not None:
        yield Fault("identification", "nobody is identified for what needs no signature")
