"""What stands on record, shown so that its owner knows it again and nobody else learns it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal import email_address
from portal.customers.tables import Customer

WORD = re.compile(r"\w+")
MOST_DOTS = 5


@dataclass(frozen=True, slots=True)
class Masked:
    """`number`: E.164 or none; templates mask it."""

    name: str
    number: str | None
    email: str | None
    address: str


def masked(customer: Customer) -> Masked:
    return Masked(
        name=initials(customer.name),
        number=customer.contact_number,
        email=email_address.mask(customer.email) if customer.email else None,
        address=f"{initials(customer.street)}, {customer.postcode} {initials(customer.city)}",
    )


def initials(text: str) -> str:
    """`Ana Žagar` → `A•• Ž••••`; a house number shows that it has one: `Glavna ulica 12` → `G••••• u•••• ••`."""
    return WORD.sub(lambda word: first_of(word.group()), text)


def first_of(word: str) -> str:
    kept = "" if word[0].isdigit() else word[0]
    return kept + "•" * max(1, min(len(word) - len(kept), MOST_DOTS))
