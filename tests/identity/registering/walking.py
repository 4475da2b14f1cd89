"""Walking through a registration, as a person does."""

from __future__ import annotations

import re

from portal.customers.tables import Customer, CustomerKind, PackageKind
from tests.identity.phones import Phones
from tests.people import Person, a_person
from tests.visiting import Page, Visitor
from tests.working import work_off

TAX_NUMBER = "12345679"
OWN = "modra lokomotiva pelje"


async def somebody(
    name: str = "Eva Žagar",
    *,
    kind: CustomerKind = CustomerKind.PERSON,
    package: PackageKind = PackageKind.KOMBO,
    tax_number: str = TAX_NUMBER,
    registered: bool = False,
) -> Person:
    """A customer with a tax number, whom nobody signs in for yet."""
    person = await a_person(name, kind=kind, package=package, registered=registered)
    await Customer.update({Customer.tax_number: tax_number}).where(Customer.id == person.customer.id)
    await person.customer.refresh()
    return person


async def begin(visit: Visitor, person: Person, *, path: str = "/register", status: int = 200) -> Page:
    """Shows what only the customer knows; the answer is the page of the data on record."""
    page = await visit.get(path)
    return await visit.submit(
        page.form, customer_number=person.customer.number, tax_number=person.customer.tax_number or "", status=status
    )


async def accept(visit: Visitor, page: Page, number: str | None = None) -> Page:
    """`number`: what a letter's reader types."""
    form = page.form_to("/register/record")
    return await visit.submit(form if number is None else form.fill(number=number), terms="yes")


async def password_at(phones: Phones, number: str) -> str:
    """The one in the latest SMS, once what waits has been sent."""
    await work_off()
    found = re.match(r"(\S{10}) ", phones.received[number][-1])
    assert found is not None, phones.received[number][-1]
    return found.group(1)


async def register(visit: Visitor, person: Person, phones: Phones, *, path: str = "/register") -> Page:
    """As far as the password is right and the code is on its way; the answer is the page that asks for it."""
    page = await accept(visit, await begin(visit, person, path=path))
    password = await password_at(phones, person.customer.contact_number)
    return await visit.submit(page.form_to("/register/password"), password=password)


async def enter_code(visit: Visitor, page: Page, phones: Phones, number: str) -> Page:
    return await visit.submit(page.form_to("/sign-in/code"), code=await phones.code_at(number))


async def choose(visit: Visitor, page: Page, password: str = OWN, *, status: int = 200) -> Page:
    return await visit.submit(page.form_to("/account/password"), password=password, again=password, status=status)
