"""Telephones at the other end of the SMS gateway, and signing in with them."""

from __future__ import annotations

import re
from collections import defaultdict
from email.message import EmailMessage

from portal.messaging.gateways import Sms
from tests.people import Person
from tests.visiting import Page, Visitor
from tests.working import work_off


class Phones:
    """A gateway that delivers at once; `received` holds the texts by number."""

    is_idempotent = True

    def __init__(self) -> None:
        self.received: dict[str, list[str]] = defaultdict(list)

    async def send(self, sms: Sms) -> None:
        self.received[sms.to].append(sms.text)

    async def code_of(self, person: Person) -> str:
        """The digits of the latest SMS, once what waits has been sent."""
        assert person.login is not None
        return await self.code_at(person.login.contact_number)

    async def code_at(self, number: str) -> str:
        await work_off()
        found = re.search(r"#(\d{6})\Z", self.received[number][-1])
        assert found is not None
        return found.group(1)


class Mailboxes:
    """A mail server that delivers at once; `received` holds subjects and texts by address."""

    is_idempotent = True

    def __init__(self) -> None:
        self.received: dict[str, list[str]] = defaultdict(list)

    async def send(self, to: str, mail: EmailMessage) -> None:
        part = mail.get_body(("plain",))
        assert part is not None
        self.received[to].append(f"{mail['Subject']}\n{part.get_content()}")

    async def code_at(self, address: str) -> str:
        await work_off()
        found = re.search(r"\d{6}", self.received[address][-1])
        assert found is not None
        return found.group()


async def ask(
    visit: Visitor, identifier: str, *, path: str = "/sign-in", status: int = 200, remember: str = ""
) -> Page:
    """Open the sign-in page and ask for a code."""
    page = await visit.get(path)
    return await visit.submit(page.form, identifier=identifier, remember=remember, status=status)


async def sign_in(visit: Visitor, person: Person, phones: Phones, *, remember: str = "") -> Page:
    """The whole way in, as a person goes it; the answer is the redirect."""
    assert person.login is not None
    page = await ask(visit, person.login.contact_number, remember=remember)
    code = await phones.code_of(person)
    return await visit.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)


async def is_signed_in(visit: Visitor) -> bool:
    return (await visit.client.get("/account")).status_code == 200


def wrong(code: str) -> str:
    """Six other digits."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
