"""Orders as their documents see them, without a database, and where on a page something stands."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pypdfium2

from portal.customers.tables import Customer, CustomerKind, LineKind, Package, PackageKind
from portal.signing.orders.terms import Terms
from portal.signing.papers.making import Paper, kinds_of, made
from portal.signing.papers.ordered import Concerned, Ordered
from portal.signing.papers.place import CUSTOMER_BOX, OPERATOR_BOX
from portal.signing.papers.text import read
from portal.signing.tables import DocumentKind, Order, OrderKind
from tests.people import NOON
from tests.signing.people import CHANGE, EXTENSION, FIXED

DELIVERED: dict[str, Any] = {
    "equipment": [{"name": "Slušalke Čričkov šepet", "price": "99.00"}],
    "once": [{"what": "Dostava", "amount": "4.99"}],
    "delivery": "S hitro pošto v treh delovnih dneh",
}
USUAL: dict[OrderKind, dict[str, Any]] = {
    OrderKind.EXTENSION: EXTENSION,
    OrderKind.FIXED: FIXED,
    OrderKind.MOBILE: EXTENSION,
    OrderKind.ORDER: EXTENSION,
    OrderKind.PURCHASE: DELIVERED,
    OrderKind.CHANGE: CHANGE,
}
ANDA = Customer(
    number="1000123",
    kind=CustomerKind.PERSON,
    name="Anđa Žnidaršič Čeh",
    street="Glavna ulica 1",
    postcode="1000",
    city="Ljubljana",
    since=date(2020, 1, 1),
)
ROW: dict[str, Any] = {
    "number": "N000123",
    "source": "api",
    "digest": b"",
    "customer": ANDA.id,
    "signatory": ANDA.name,
    "email": "anda@example.test",
    "placed_at": NOON,
    "received_at": NOON,
}
CONCERNED = Concerned("2000123", "+38641123456", LineKind.MOBILE, "P000123", date(2020, 1, 1))
PACKAGES = [
    Package(code="s", kind=PackageKind.MOBILE, name="Mobilni S", monthly_cents=1_499),
    Package(code="m", kind=PackageKind.MOBILE, name="Mobilni M", monthly_cents=3_499),
]


def ordered(
    kind: OrderKind = OrderKind.EXTENSION,
    terms: dict[str, Any] | None = None,
    *,
    customer: Customer = ANDA,
    concerned: Concerned = CONCERNED,
    **columns: Any,
) -> Ordered:
    """An order of Anda's, of the usual terms of its kind."""
    said = json.dumps(USUAL[kind] if terms is None else terms)
    order = Order(**{**ROW, "kind": kind, "terms": said, "signatory": customer.name, **columns})
    return Ordered(order, Terms.of(order), customer, concerned, PACKAGES)


def papers_of(its: Ordered) -> list[Paper]:
    return [made(kind, its) for kind in kinds_of(its)]


def contract_of(its: Ordered) -> Paper:
    return made(DocumentKind.CONTRACT, its)


def said_by(pdf: bytes) -> str:
    """All that is read out, a line for each passage."""
    return "\n".join(passage.text for page in read(pdf) for passage in page)


def squeezed(text: str) -> str:
    return "".join(text.split())


def in_the_boxes(pdf: bytes) -> str:
    """What is written where the signatures will stand: nothing, on a sheet of A4."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[len(document) - 1]
    written = page.get_textpage()
    boxes = [(written.get_text_range(n, 1), written.get_charbox(n)) for n in range(written.count_chars())]
    return "".join(
        letter for letter, box in boxes if letter.strip() and (meet(box, CUSTOMER_BOX) or meet(box, OPERATOR_BOX))
    )


def meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
