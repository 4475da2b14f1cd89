"""How a guest moves: the link, the choice, Stripe, and back; and what no page on the way may tell."""

from __future__ import annotations

from portal.billing.pay_links import pay_token
from portal.clock import now
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Page, Visitor


def link(person: Person) -> str:
    return f"/p/{pay_token(person.account.number, now())}"


async def choose(visit: Visitor, page: Page, **values: str) -> str:
    """Press «pay» on the page of a link; returns where Stripe's page stands."""
    answer = await visit.submit(page.form_to(f"{page.path}/payment"), status=303, follow=False, **values)
    return answer.response.headers["location"]


async def pay(visit: Visitor, stripe: StandIn, person: Person, *, outcome: str = "paid", **values: str) -> Page:
    """The whole way from the link to the progress."""
    url = await choose(visit, await visit.get(link(person)), **values)
    return await visit.get(await stripe.choose(url, outcome))


def tells_nothing_of(person: Person, text: str) -> bool:
    """No name, no number, no address, no bill, no reference of theirs stands there."""
    customer = person.customer
    private = [
        *customer.name.split(),
        customer.number,
        customer.street,
        customer.city,
        str(customer.email),
        str(customer.contact_number),
        str(customer.contact_number).removeprefix("+386"),
        person.line.number,
        *(bill.number for bill in person.bills),
        *(bill.reference.removeprefix("SI12") for bill in person.bills),
    ]
    told = [value for value in private if value in text]
    assert not told, f"it tells {told}"
    return True
