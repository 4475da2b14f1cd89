"""Where an account's messages about suspension go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal import phone
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Contact:
    """Of the account and its customer. `mobile`: a line of theirs, of this account before others, or None."""

    account_number: str
    customer: UUID
    customer_number: str
    language: str
    name: str
    street: str
    postcode: str
    city: str
    email: str | None
    contact_number: str | None
    mobile: str | None

    @property
    def address(self) -> list[str]:
        """The lines that a window envelope shows."""
        return [self.name, self.street, f"{self.postcode} {self.city}"]

    @property
    def number(self) -> str | None:
        return sms_number(self.contact_number, self.mobile)


def sms_number(contact_number: str | None, mobile: str | None) -> str | None:
    """The contact number if SMS reach it, else the account's own mobile number."""
    if contact_number is not None and phone.is_slovenian_mobile(contact_number):
        return contact_number
    return mobile


async def contact_of(account: UUID) -> Contact:
    contact = await CONTACT.first(account=account)
    assert contact is not None, "an account has a customer"
    return contact


CONTACT = Statement(
    """
    SELECT a.number AS account_number, c.id AS customer, c.number AS customer_number, c.language, c.name, c.street,
           c.postcode, c.city, c.email, c.contact_number,
           (SELECT l.number FROM lines l JOIN accounts o ON o.id = l.account
            WHERE o.customer = c.id AND l.kind = 'mobile' ORDER BY l.account <> a.id, l.number LIMIT 1) AS mobile
    FROM accounts a JOIN customers c ON c.id = a.customer
    WHERE a.id = $1
    """,
    Contact,
    ("account",),
)
