"""What the demo's shop sells, each to somebody for whom it shows something: as the sales system would tell it."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from portal import clock
from portal.customers.tables import Account, Contract, Customer, Line
from portal.money import Money
from portal.refusals import N_
from portal.signing.orders.faults import read
from portal.signing.orders.feed import Arrived
from portal.signing.orders.terms import Terms
from portal.signing.tables import Instead, OrderKind

NEWCOMER = {
    "number": "1950000",
    "name": "Jure Petek",
    "tax_number": "10000950",
    "contact_number": "+38640000150",
    "email": "jure@example.com",
    "street": "Na bregu 8",
    "postcode": "1000",
    "city": "Ljubljana",
    "account": "2950001",
}
"""Whom nobody knows before his first order."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`said`, `button`: msgids; `customer`: the number of whoever orders; `terms`: as in an order's row.

    `tax_number`: of whoever has no sign-in yet, and registers with it.
    """

    code: str
    kind: OrderKind
    customer: str
    signatory: str
    said: str
    button: str
    terms: Mapping[str, Any]
    instead: Instead = Instead.SHOP
    more: Mapping[str, Any] = field(default_factory=dict)
    tax_number: str | None = None

    @property
    def sold(self) -> Terms:
        return Terms.model_validate_json(json.dumps(self.terms))

    @property
    def amount(self) -> Money:
        """Every month of the commitment, or one where there is none, and what is paid besides."""
        sold = self.sold
        monthly = Money.sum([sold.package.monthly] if sold.package else []) + Money.sum(
            s.monthly for s in sold.services
        )
        others = Money.sum(one.price for one in sold.equipment) + Money.sum(one.amount for one in sold.once)
        return Money(monthly.cents * (sold.commitment_months or 1)) + others


OFFERS = (
    Offer(
        "extension",
        OrderKind.EXTENSION,
        "1001000",
        "Ana Zupan",
        N_("Her commitment ends in two months. She extends it and gets a telephone."),
        N_("Extend the commitment"),
        {
            "package": {"name": "Mobilni M", "monthly": "34.99"},
            "commitment_months": 24,
            "benefit": {"what": "Popust pri nakupu telefona", "amount": "240.00"},
            "equipment": [{"name": "Telefon Sever 9", "price": "480.00", "instalments": 24, "instalment": "20.00"}],
        },
    ),
    Offer(
        "fixed",
        OrderKind.FIXED,
        "1005000",
        "Eva Novak",
        N_("She has no sign-in yet: the link leads her through registration."),
        N_("Order internet and television"),
        {
            "package": {"name": "A1 Kombo", "monthly": "49.90"},
            "commitment_months": 24,
            "benefit": {"what": "Brezplačen priklop", "amount": "99.00"},
            "services": [{"name": "Stalni naslov IP", "monthly": "1.99"}],
            "once": [{"what": "Dostava opreme", "amount": "4.90"}],
            "speeds": {
                "down_min": 250,
                "down_usual": 450,
                "down_max": 500,
                "up_min": 50,
                "up_usual": 90,
                "up_max": 100,
            },
            "installation_address": "Sončna pot 31, 1000 Ljubljana",
        },
        Instead.COURIER,
        tax_number="10000005",
    ),
    Offer(
        "equipment",
        OrderKind.ORDER,
        "1004000",
        "Dejan Hribar",
        N_("Equipment in instalments, delivered once he has signed."),
        N_("Order a router"),
        {
            "equipment": [{"name": "Usmerjevalnik Val 6", "price": "96.00", "instalments": 12, "instalment": "8.00"}],
            "once": [{"what": "Dostava", "amount": "3.90"}],
            "delivery": "S kurirjem, dva do tri delovne dni po podpisu",
        },
        Instead.COURIER,
    ),
    Offer(
        "purchase",
        OrderKind.PURCHASE,
        "1008000",
        "Franc Oblak",
        N_("A purchase in the shop that is paid in instalments."),
        N_("Buy a tablet"),
        {
            "equipment": [{"name": "Tablica Jasna 11", "price": "288.00", "instalments": 24, "instalment": "12.00"}],
            "delivery": "Prevzem v poslovalnici po izbiri",
        },
        Instead.CANCELLED,
    ),
    Offer(
        "change",
        OrderKind.CHANGE,
        "1007000",
        "Irena Vidmar",
        N_("She changes a package of her company by a form, and signs for it."),
        N_("Change the package"),
        {
            "package": {"name": "Mobilni L", "monthly": "44.99"},
            "changes": [{"what": "Paket na številki 040 000 711", "before": "Mobilni M", "after": "Mobilni L"}],
        },
    ),
    Offer(
        "without_signature",
        OrderKind.CHANGE,
        "1002000",
        "Bojan Kralj",
        N_("A change without financial impact: nothing is to be signed, and he is told so."),
        N_("Change the postal address"),
        {"changes": [{"what": "Naslov za pošto", "before": "Kovaška cesta 17", "after": "Lipova ulica 3"}]},
        more={"needs_signature": False},
    ),
    Offer(
        "mobile",
        OrderKind.MOBILE,
        str(NEWCOMER["number"]),
        str(NEWCOMER["name"]),
        N_("A new customer: the documents are made once the video identification is reported as passed."),
        N_("Order a mobile package"),
        {
            "package": {"name": "Mobilni M", "monthly": "34.99"},
            "commitment_months": 24,
            "benefit": {"what": "Prvi mesec brez naročnine", "amount": "34.99"},
            "once": [{"what": "Kartica SIM z dostavo", "amount": "4.90"}],
        },
        Instead.COURIER,
        {"identification": {"state": "awaited"}},
        NEWCOMER["tax_number"],
    ),
)


async def on_sale() -> list[Offer]:
    """To whom the demo has; the newcomer needs nobody."""
    known = await Customer.select(Customer.number).output(as_list=True)
    return [offer for offer in OFFERS if offer.customer in (*known, NEWCOMER["number"])]


async def ordered(offer: Offer, at: datetime) -> Arrived:
    """A new order of it, as the sales system would write it."""
    customer = await Customer.objects().get(Customer.number == offer.customer)
    written = {
        "number": f"S-{base64.b32encode(secrets.token_bytes(5)).decode()}",
        "kind": offer.kind,
        "placed_at": at.isoformat(),
        "signatory": offer.signatory,
        "instead": offer.instead,
        "terms": offer.terms,
        **offer.more,
        **(await whose(customer, offer, clock.day_of(at)) if customer else of_newcomer()),
    }
    if offer.more.get("needs_signature", True):
        written["amount"] = offer.amount.plain
    return read(json.dumps(written).encode())


def of_newcomer() -> dict[str, Any]:
    return {"new_customer": NEWCOMER, "email": NEWCOMER["email"]}


async def whose(customer: Customer, offer: Offer, today: date) -> dict[str, Any]:
    account = await Account.objects().where(Account.customer == customer.id).order_by(Account.number).first()
    assert account is not None, "each of the demo's people has one"
    known = {"customer": customer.number, "account": account.number, "email": customer.email}
    return known | (await of_extension(account, offer, today) if offer.kind == OrderKind.EXTENSION else {})


async def of_extension(account: Account, offer: Offer, today: date) -> dict[str, Any]:
    """The new commitment follows the one that runs."""
    line = await Line.objects().where(Line.account == account.id).first()
    assert line is not None, "Ana has one"
    contract = await Contract.objects().get(Contract.id == line.contract)
    assert contract is not None, "every line has one"
    begins = max(today, contract.committed_until + timedelta(days=1)) if contract.committed_until else today
    terms = {**offer.terms, "commitment_from": begins.isoformat()}
    return {"contract": contract.number, "line": line.number, "terms": terms}
