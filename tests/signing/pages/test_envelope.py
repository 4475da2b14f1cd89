"""One order's documents: each page says how they stand, what that means and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.database import connection
from portal.signing.tables import Envelope, Identification, Instead, OrderKind
from tests.people import Person, a_person, signed_in
from tests.signing.pages.walking import accepts, later, worker_signed
from tests.signing.people import FIXED, an_envelope
from tests.visiting import Visitor, portal_app


async def test_what_it_costs_until_when_and_who_signs(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    async with later(visit, ana, waiting.expires_at - timedelta(hours=3, minutes=20)):
        page = await visit.get(f"/documents/{waiting.id}")

    assert page.one("h1").text == "Podaljšanje vezave"
    assert "1.319,76 €" in page.text
    assert "Čas za podpis: še 3 ure 20 minut" in page.text
    assert "Ana Novak" in [node.text for node in page.all(".facts dd")]
    assert "Dokument 1 od 4" in page.text
    assert page.one(".dock a").get("href") == f"/documents/{waiting.id}/1"


async def test_the_summary_stands_first(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}")

    assert page.all("ol.rows b")[0].text == "Povzetek pogodbe"


async def test_strangers_find_nothing(waiting: Envelope) -> None:
    async with Visitor(portal_app()) as stranger:
        await signed_in(stranger, await a_person("Maja Strmec"))
        for path in ("", "/1", "/1.pdf", "/1/1.png", "/signature", "/signature/code", "/refusal"):
            await stranger.get(f"/documents/{waiting.id}{path}", status=404)


async def test_whoever_has_another_name_is_told_who_signs(visit: Visitor, ana: Person) -> None:
    envelope = await an_envelope(ana, at=clock.now(), signatory="Luka Novak")

    page = await visit.get(f"/documents/{envelope.id}")

    assert "Podpiše lahko samo Luka Novak" in page.text


@pytest.mark.parametrize(
    ("blocked", "said"),
    [
        ("number_changed", "Vaši kontaktni podatki so bili spremenjeni"),
        ("sim_changed", "Vaša kartica SIM je bila zamenjana"),
        ("other_name", "na drugo ime"),
        ("wrong_codes", "petkrat"),
    ],
)
async def test_stopped_it_says_why_and_what_to_do(visit: Visitor, waiting: Envelope, blocked: str, said: str) -> None:
    async with connection() as connected:
        await connected.execute("UPDATE envelopes SET blocked_as = $1, blocked_at = now()", blocked)

    page = await visit.get(f"/documents/{waiting.id}")

    assert page.one("h1").text == "Podpisovanje je ustavljeno"
    assert said in page.text
    assert page.all("main a[href^='tel:']")
    assert not page.all(".dock")
    for path in ("signature", "signature/code", "refusal"):
        assert (await visit.get(f"/documents/{waiting.id}/{path}")).path == f"/documents/{waiting.id}"


async def test_before_the_identification_it_can_be_read_and_declined(visit: Visitor, ana: Person) -> None:
    envelope = await an_envelope(ana, at=clock.now(), kind=OrderKind.MOBILE, identification=Identification.AWAITED)

    page = await visit.get(f"/documents/{envelope.id}")

    assert page.one("h1").text == "Najprej videoidentifikacija"
    assert not page.all("a[href$='/signature']")
    assert page.all("a[href$='/refusal']")
    assert (await visit.get(f"/documents/{envelope.id}/signature")).path == f"/documents/{envelope.id}"


async def test_a_failed_identification_is_told_kindly(visit: Visitor, ana: Person) -> None:
    envelope = await an_envelope(ana, at=clock.now(), kind=OrderKind.MOBILE, identification=Identification.FAILED)

    page = await visit.get(f"/documents/{envelope.id}")

    assert page.one("h1").text == "Videoidentifikacija ni uspela"
    assert page.all("main a[href^='tel:']")


async def test_while_a_worker_signs_the_page_looks_again(visit: Visitor, waiting: Envelope) -> None:
    page = await accepts(visit, waiting)

    assert page.one("h1").text == "Podpisujemo …"
    assert page.one("#envelope").get("hx-trigger") == "every 2s"
    assert 'http-equiv="refresh"' in page.html
    assert "po e-pošti" in page.text


async def test_the_longer_it_takes_the_more_seldom_it_looks(visit: Visitor, waiting: Envelope) -> None:
    await accepts(visit, waiting)

    with clock.stopped_at(clock.now() + timedelta(minutes=20)):
        page = await visit.get(f"/documents/{waiting.id}")

    assert page.one("#envelope").get("hx-trigger") == "every 60s"


async def test_a_block_is_served_alone_to_who_waits(visit: Visitor, waiting: Envelope) -> None:
    await accepts(visit, waiting)

    asked = {"hx-request": "true", "hx-target": "section#envelope"}
    page = await visit.get(f"/documents/{waiting.id}", headers=asked)

    assert page.html.lstrip().startswith("<section")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (OrderKind.EXTENSION, "Podaljšanje vezave začne veljati"),
        (OrderKind.FIXED, "za dan priklopa"),
        (OrderKind.MOBILE, "vašo številko"),
        (OrderKind.ORDER, "ko bo na poti"),
        (OrderKind.PURCHASE, "O dostavi"),
        (OrderKind.CHANGE, "Spremembo bomo uredili"),
    ],
)
async def test_signed_there_are_copies_and_what_comes_next(
    visit: Visitor, ana: Person, kind: OrderKind, said: str
) -> None:
    envelope = await an_envelope(ana, at=clock.now(), kind=kind, terms=FIXED)
    await accepts(visit, envelope)
    await worker_signed(envelope, clock.now())

    page = await visit.get(f"/documents/{envelope.id}")

    assert page.one("h1").text == "Dokumenti so podpisani"
    assert said in page.text
    assert page.all("a[href='/verify']")
    assert len(page.all("a[href$='.pdf']")) == len(page.all("ol.rows li"))
    assert 'http-equiv="refresh"' not in page.html


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (Instead.COURIER, "prinesel kurir"),
        (Instead.SHOP, "prodajnem mestu"),
        (Instead.CANCELLED, "Naročilo je preklicano"),
    ],
)
async def test_too_late_it_says_what_becomes_of_the_order(
    visit: Visitor, ana: Person, instead: Instead, said: str
) -> None:
    envelope = await an_envelope(ana, at=clock.now(), instead=instead)

    async with later(visit, ana, envelope.expires_at):
        page = await visit.get(f"/documents/{envelope.id}")

    assert page.one("h1").text == "Čas za podpis je potekel"
    assert said in page.text
    assert not page.all("main form, a[href$='/signature'], a[href$='/refusal']")
