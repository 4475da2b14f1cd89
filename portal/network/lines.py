"""The lines that a person may see, each with what connects it and what of it is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal import phone
from portal.customers.tables import LineKind, PackageKind
from portal.network.tables import Profile
from portal.refusals import NotFound
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class LineSeen:
    """The last four: what the network last reported, or is asked for at this moment, as off for what is owed."""

    id: UUID
    number: str
    kind: LineKind
    account: UUID
    account_number: str
    customer: UUID
    customer_name: str
    package: str
    package_kind: PackageKind
    package_name: str
    ended_on: date | None
    committed_until: date | None
    voice_out: bool
    voice_in: bool
    sms_out: bool
    data: bool

    @property
    def barred(self) -> Profile:
        return Profile(self.voice_out, self.voice_in, self.sms_out, self.data)

    @property
    def shown(self) -> str:
        return phone.show(self.number) if self.kind == LineKind.MOBILE else self.number

    @property
    def is_fixed(self) -> bool:
        return self.kind == LineKind.FIXED


async def lines_of(accounts: Sequence[UUID]) -> list[LineSeen]:
    """Of all these accounts, by customer, account and number. One statement."""
    return await LINES.all(accounts=accounts)


def line_among(lines: Sequence[LineSeen], asked: str | None, account: UUID) -> LineSeen | None:
    """The one with the id `asked` for: a stranger's is missing, NotFound. Unasked, the account's first, or any."""
    if asked is None:
        return next((line for line in lines if line.account == account), lines[0] if lines else None)
    found = next((line for line in lines if str(line.id) == asked), None)
    if found is None:
        raise NotFound
    return found


LINES = Statement(
    """
    SELECT l.id, l.number, l.kind, a.id AS account, a.number AS account_number, c.id AS customer,
           c.name AS customer_name, p.code AS package, p.kind AS package_kind, p.name AS package_name, t.ended_on,
           t.committed_until,
           coalesce(s.voice_out OR o.voice_out, s.voice_out, o.voice_out, false) AS voice_out,
           coalesce(s.voice_in OR o.voice_in, s.voice_in, o.voice_in, false) AS voice_in,
           coalesce(s.sms_out OR o.sms_out, s.sms_out, o.sms_out, false) AS sms_out,
           coalesce(s.data OR o.data, s.data, o.data, false) AS data
    FROM accounts a
    JOIN customers c ON c.id = a.customer
    JOIN lines l ON l.account = a.id
    JOIN contracts t ON t.id = l.contract
    JOIN packages p ON p.id = t.package
    LEFT JOIN line_states s ON s.line = l.id
    LEFT JOIN barring_orders o ON o.line = l.id AND o.state IN ('waiting', 'sent', 'unknown')
    WHERE a.id = ANY ($1)
    ORDER BY c.number, a.number, l.kind DESC, l.number
    """,
    LineSeen,
    ("accounts",),
)
