"""Putting right what stands on a customer's record, and noting that a SIM card was exchanged.

Both stop signing for a day where they touch the number that codes go to, in which the owner can object.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns import Column

from portal import audit
from portal.customers.tables import Customer, Line, LineKind
from portal.database import transaction
from portal.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to stand there; None leaves what does. `contact_number`: E.164; `email`: in lower case."""

    name: str | None = None
    tax_number: str | None = None
    contact_number: str | None = None
    email: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None

    @property
    def values(self) -> dict[str, str]:
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in said.items() if value is not None}


async def correct(number: str, correction: Correction, *, by: str, at: datetime) -> list[str]:
    """Returns the names of what was not so before. Raises NotFound where there is no customer of this number."""
    async with transaction():
        customer = await Customer.objects().where(Customer.number == number).lock_rows("NO KEY UPDATE").first()
        if customer is None:
            raise NotFound
        changed = sorted(name for name, value in correction.values.items() if getattr(customer, name) != value)
        if changed:
            stands: dict[Column | str, Any] = {name: correction.values[name] for name in changed}
            if "contact_number" in changed:
                stands[Customer.contact_number_since] = at
            await Customer.update(stands).where(Customer.id == customer.id)
            event = audit.Event.CUSTOMER_CORRECTED
            await audit.note(event, customer=number, fields=", ".join(changed), decided_by=by)
        return changed


async def sim_exchanged(number: str, exchanged_at: datetime) -> None:
    """Of the mobile line with this number (E.164). The newest stays, in whatever order they are told; else NotFound."""
    async with transaction():
        line = await Line.objects().where(Line.number == number, Line.kind == LineKind.MOBILE).first()
        if line is None:
            raise NotFound
        noted = (
            await Line.update({Line.sim_changed_at: exchanged_at})
            .where(Line.id == line.id, Line.sim_changed_at.is_null() | (Line.sim_changed_at < exchanged_at))
            .returning(Line.id)
        )
        if noted:
            await audit.note(audit.Event.SIM_EXCHANGED, account=line.account, line=str(line.id))
