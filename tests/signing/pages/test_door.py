"""The link of the e-mail opens a door, behind which nobody sees anything who is not signed in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.database import connection
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.signing.envelopes.expiring import expire
from portal.signing.tables import Envelope
from portal.web import tokens
from tests.people import Person, a_person, signed_in
from tests.signing import people
from tests.visiting import Page, Visitor, portal_app


async def link_to(envelope: Envelope) -> str:
    """As it stands in the e-mail."""
    message = await Message.objects().get(
        Message.once.like(f"documents_to_sign:{envelope.id}%") & (Message.channel == Channel.EMAIL)
    )
    assert message is not None
    return str(load(message.values)["link"]).removeprefix("https://moj.test")


def without_tokens(page: Page, path: str) -> str:
    html = re.sub(r'name="csrf_token" value="[^"]+"', "", page.html)
    return html.replace(path.rpartition("/")[2], "TOKEN")


async def rows_of_all_tables() -> dict[str, str]:
    async with connection() as connected:
        names = await connected.fetch(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'"
        )
        return {
            row["name"]: await connected.fetchval(
                f"SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM \"{row['name']}\" t"
            )
            for row in names
        }


async def test_known_unknown_and_old_links_open_the_same_door(visit: Visitor, database: str) -> None:
    ana = await people.ana()
    fresh = await people.an_envelope(ana, at=clock.now())
    old = await people.an_envelope(ana, at=clock.now() - timedelta(hours=23))
    links = [await link_to(fresh), await link_to(old), f"/sign/{tokens.new_token()}"]
    await expire(old.id, clock.now() + timedelta(hours=2))

    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        pages = [without_tokens(await visit.get(path), path) for path in links]

    assert len(set(pages)) == 1
    assert "Novak" not in pages[0]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_mail_scanner_that_opens_the_link_changes_nothing(visit: Visitor, database: str, method: str) -> None:
    path = await link_to(await people.an_envelope(await people.ana(), at=clock.now()))
    before = await rows_of_all_tables()

    await visit.client.request(method, path, headers={"user-agent": "MailScanner"})

    assert await rows_of_all_tables() == before


async def test_the_door_leads_to_signing_in_and_back(visit: Visitor, database: str) -> None:
    path = await link_to(await people.an_envelope(await people.ana(), at=clock.now()))

    page = await visit.get(path)

    assert {link.get("href") for link in page.all("main a.button")} == {
        f"/sign-in?next={path.replace('/', '%2F')}",
        f"/register?next={path.replace('/', '%2F')}",
    }


async def test_signed_in_the_link_leads_to_the_documents(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    page = await visit.get(await link_to(waiting))

    assert page.path == f"/documents/{waiting.id}"


async def test_somebody_else_learns_nothing_of_them(visit: Visitor, waiting: Envelope) -> None:
    path = await link_to(waiting)
    async with Visitor(portal_app()) as elsewhere:
        await signed_in(elsewhere, await a_person("Maja Strmec"))

        theirs = await elsewhere.get(path, status=404)
        unknown = f"/sign/{tokens.new_token()}"
        nobodys = await elsewhere.get(unknown, status=404)

    assert theirs.one("h1").text == "Ti dokumenti niso za to prijavo"
    assert "Novak" not in theirs.text
    assert without_tokens(theirs, path) == without_tokens(nobodys, unknown)
    assert theirs.form_to("/sign-out")
