"""An order as the sales system tells it, one a line of NDJSON or the body of a call: the format of docs/orders.md."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from portal import clock, phone
from portal.customers.tables import CustomerKind
from portal.identity.identifiers import read_email
from portal.ndjson.values import ACCOUNT_NUMBER, LineNumber, Moment, Part, no, text, written
from portal.signing.orders.terms import Amount, Terms, in_our_time, last_day
from portal.signing.tables import Identification, Instead, OrderKind

ORDER_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$"
E164 = r"^\+[1-9][0-9]{6,14}$"
TAX_NUMBER = r"^[0-9]{8}$"


def a_number(number: str) -> str:
    """Without a slash: it stands in the addresses of `/api/orders`."""
    if not re.fullmatch(ORDER_NUMBER, number):
        raise no("number", "the number is 1 to 20 letters (A to Z), digits and . _ -, the first a letter or digit")
    return number


def a_telephone(number: str) -> str:
    if not re.fullmatch(E164, number) or phone.read(number) != number or not phone.is_whole(number):
        raise no("telephone", "the number is in E.164, such as +38640000101")
    return number


def a_tax_number(number: str) -> str:
    if not re.fullmatch(TAX_NUMBER, number):
        raise no("tax_number", "a tax number is eight digits")
    return number


def an_address(typed: str) -> str:
    address = read_email(typed)
    if address is None:
        raise no("email", "the address is none that mail can be sent to")
    return address


Number = Annotated[str, AfterValidator(a_number), written(ORDER_NUMBER, "The sales system's own.", "N-2026-004711")]
AccountNumber = Annotated[str, StringConstraints(pattern=ACCOUNT_NUMBER)]
Telephone = Annotated[str, AfterValidator(a_telephone), written(E164, "E.164", "+38640000101")]
TaxNumber = Annotated[str, AfterValidator(a_tax_number), written(TAX_NUMBER, "Eight digits.", "10000001")]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(an_address)]
Language = Literal["sl", "en"]


class NewCustomer(Part):
    """Whoever was no customer before this order, with the account that it makes."""

    number: AccountNumber
    kind: CustomerKind = CustomerKind.PERSON
    name: Annotated[str, text(120)]
    tax_number: TaxNumber | None = None
    contact_number: Telephone = Field(description="E.164; where the first password goes.")
    email: Email
    street: Annotated[str, text(120)]
    postcode: Annotated[str, text(10)]
    city: Annotated[str, text(60)]
    account: AccountNumber = Field(description="Number of the first billing account.")


class Identified(Part):
    """How far the video identification is. `reference`: what whoever identified calls it; of one that passed."""

    state: Literal[Identification.AWAITED, Identification.PASSED]
    reference: Annotated[str, text(60)] | None = None
    at: Moment | None = None


class Arrived(Part):
    """What somebody ordered. Whom it concerns is a customer that is here, or a new one that comes along whole."""

    model_config = ConfigDict(title="An order for `portal orders import` and `POST /api/orders`")

    number: Number
    kind: OrderKind
    placed_at: Annotated[Moment, AfterValidator(in_our_time)] = Field(description="From when its 24 hours run.")
    customer: AccountNumber | None = Field(default=None, description="Number of one that is here.")
    new_customer: NewCustomer | None = None
    account: AccountNumber | None = None
    line: LineNumber | None = None
    contract: AccountNumber | None = Field(default=None, description="Of an extension: what it extends.")
    signatory: Annotated[str, text(120)] = Field(description="First name and surname of whoever is to sign.")
    email: Email = Field(description="Where the link goes.")
    contact_number: Telephone | None = Field(default=None, description="Left out: the customer's.")
    language: Language = "sl"
    needs_signature: bool = Field(default=True, description="false: a change without financial impact.")
    identification: Identified | None = Field(default=None, description="Of a mobile contract.")
    instead: Instead = Field(default=Instead.SHOP, description="What becomes of it if it is not signed in time.")
    amount: Amount | None = Field(default=None, description="What it comes to in all, with VAT.")
    terms: Terms = Terms()

    @property
    def digest(self) -> bytes:
        """By which its content is known again. What has its default is left out, so that a field that is new one day
        changes the digest of no old order. The order of the fields is part of it: a new one goes to the end.
        """
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).digest()

    @property
    def committed_until(self) -> date | None:
        """The last day of the commitment, which begins with the day of the order unless the terms say otherwise."""
        first = self.terms.commitment_from or clock.day_of(self.placed_at)
        return last_day(first, self.terms.commitment_months) if self.terms.commitment_months else None


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. What belongs together, days in their order and what exists are beyond it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Arrived.model_json_schema()}
