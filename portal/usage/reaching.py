"""Whom messages about a line's use reach.

The line itself, because who uses it can do something about it; and for money also who pays, where that is somebody
else's number. A fixed line has no display: there the customer's contact number is told, else the e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from portal import phone
from portal.customers.tables import LineKind
from portal.messaging.sending import Told, send_email, send_sms
from portal.messaging.values import Values


@dataclass(frozen=True, slots=True)
class Reached:
    """A line, and the customer it is of."""

    number: str
    line_kind: LineKind
    customer: UUID
    language: str
    contact_number: str | None
    email: str | None

    @property
    def contact_mobile(self) -> str | None:
        number = self.contact_number
        return number if number is not None and phone.is_slovenian_mobile(number) else None

    @property
    def shown(self) -> str:
        return phone.show(self.number) if self.line_kind == LineKind.MOBILE else self.number

    def numbers(self, *, who_pays: bool) -> Iterator[str]:
        if self.line_kind == LineKind.MOBILE:
            yield self.number
        if (who_pays or self.line_kind == LineKind.FIXED) and self.contact_mobile not in (None, self.number):
            yield self.contact_mobile


async def tell(whom: Reached, template: str, values: Values, *, once: str, who_pays: bool, at: datetime) -> None:
    """In the running transaction. `once` names the fact. The values also say which line, and whether it is theirs."""
    told = Told(template, whom.language, values, customer=whom.customer)
    numbers = list(whom.numbers(who_pays=who_pays))
    for number in numbers:
        about = {"line": whom.shown, "is_own": number == whom.number}
        await send_sms(replace(told, values={**values, **about}, once=f"{once} {number}"), number, at=at)
    if not numbers and whom.email is not None:
        about = {"line": whom.shown, "is_own": False}
        await send_email(replace(told, values={**values, **about}, once=once), whom.email, at=at)
