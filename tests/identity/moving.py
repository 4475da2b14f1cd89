"""Walking through a change of contact number or address, as a person does."""

from __future__ import annotations

from datetime import datetime

from portal.identity.tables import Login, Session
from tests.identity.phones import Mailboxes, Phones
from tests.people import Person, signed_in
from tests.visiting import Page, Visitor

NEW = "+38640777888"
NEW_TYPED = "040 777 888"
ADDRESS = "bojan@example.si"


async def proven(visit: Visitor, person: Person, at: datetime) -> Visitor:
    """Signed in by a code a moment ago."""
    await signed_in(visit, person, at=at)
    await Session.update({Session.stepped_up_at: at}).where(Session.seen_at == at)
    return visit


async def ask_for(visit: Visitor, number: str = NEW_TYPED, *, status: int = 200) -> Page:
    page = await visit.get("/account/number")
    return await visit.submit(page.form_to("/account/number"), number=number, status=status)


async def ask_for_email(visit: Visitor, address: str = ADDRESS, *, status: int = 200) -> Page:
    page = await visit.get("/account/email")
    return await visit.submit(page.form_to("/account/email"), email=address, status=status)


async def enter(visit: Visitor, page: Page, code: str, *, status: int = 200) -> Page:
    (form,) = [form for form in page.all("main form") if (form.get("action") or "").endswith("/code")]
    return await visit.submit(page.form_to(form.get("action")), code=code, status=status)


async def change_number(visit: Visitor, phones: Phones, number: str = NEW) -> Page:
    page = await ask_for(visit, number)
    return await enter(visit, page, await phones.code_at(number))


async def change_email(visit: Visitor, mailboxes: Mailboxes, address: str = ADDRESS) -> Page:
    page = await ask_for_email(visit, address)
    return await enter(visit, page, await mailboxes.code_at(address.lower()))


async def login_of(person: Person) -> Login:
    assert person.login is not None
    login = await Login.objects().get(Login.id == person.login.id)
    assert login is not None
    return login
