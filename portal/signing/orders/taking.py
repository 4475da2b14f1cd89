"""Taking an order, from wherever it comes: once, whoever else brings it in the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from asyncpg import Connection

from portal.database import transaction
from portal.signing.envelopes.opening import open_envelope
from portal.signing.orders import checking
from portal.signing.orders.faults import Faulty, OtherContent
from portal.signing.orders.feed import Arrived
from portal.signing.orders.placing import Place, place
from portal.signing.orders.telling import tell_without_signature
from portal.signing.tables import Identification, Order

ORDERS, CUSTOMERS = 0x6F726472, 0x63757374
"""The first half of the locks by which orders of one number, and new customers of one number, take turns."""


class Source(StrEnum):
    IMPORT = "import"
    API = "api"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Taken:
    """`is_new`: False of one that was here already, just as it comes. `envelope`: there is none as long as
    identification is awaited, and never of what needs no signature.
    """

    order: UUID
    number: str
    envelope: UUID | None
    is_new: bool


async def take(arrived: Arrived, *, source: Source, at: datetime) -> Taken:
    """With its envelope and all that is told of it, in one transaction. Raises Faulty or OtherContent."""
    async with transaction() as connected:
        await take_turns(connected, arrived)
        known = await connected.fetchrow(KNOWN, arrived.number)
        if known is None:
            return await take_new(arrived, source, at)
    if known["digest"] != arrived.digest:
        raise OtherContent(arrived.number)
    return Taken(known["id"], arrived.number, known["envelope"], is_new=False)


async def take_turns(connected: Connection, arrived: Arrived) -> None:
    await connected.execute(TURN, ORDERS, arrived.number)
    if arrived.new_customer is not None:
        await connected.execute(TURN, CUSTOMERS, arrived.new_customer.number)


async def take_new(arrived: Arrived, source: Source, at: datetime) -> Taken:
    """The envelope comes last: its evidence holds up everybody else's until the end of the transaction."""
    if faults := list(checking.faults(arrived, at)):
        raise Faulty(faults)
    order = as_row(arrived, await place(arrived, at), source, at)
    await order.save()
    envelope: UUID | None = None
    if not order.needs_signature:
        await tell_without_signature(order, at)
    elif order.identification != Identification.AWAITED:
        envelope = (await open_envelope(order, at)).id
    return Taken(order.id, order.number, envelope, is_new=True)


def as_row(arrived: Arrived, place: Place, source: Source, at: datetime) -> Order:
    identified = arrived.identification
    terms = arrived.terms
    return Order(
        number=arrived.number,
        kind=arrived.kind,
        source=source,
        digest=arrived.digest,
        customer=place.customer.id,
        account=place.account_id,
        line=place.line and place.line.id,
        contract=place.contract and place.contract.id,
        language=arrived.language,
        signatory=arrived.signatory,
        email=arrived.email,
        contact_number=arrived.contact_number or place.customer.contact_number,
        needs_signature=arrived.needs_signature,
        identification=identified.state if identified else Identification.NOT_NEEDED,
        identified_at=identified and identified.at,
        identified_as=identified and identified.reference,
        instead=arrived.instead,
        amount_cents=None if arrived.amount is None else arrived.amount.cents,
        committed_until=arrived.committed_until,
        benefit_cents=terms.benefit.amount.cents if terms.benefit else 0,
        terms=terms.written,
        placed_at=arrived.placed_at,
        received_at=at,
        went_on_at=None if arrived.needs_signature else at,
    )


TURN = "SELECT pg_advisory_xact_lock($1, hashtext($2))"
KNOWN = """
    SELECT o.id, o.digest, e.id AS envelope FROM orders o LEFT JOIN envelopes e ON e."order" = o.id WHERE o.number = $1
"""
