"""A document is read as pictures of its pages, as text, or as the PDF; that it was shown is noted."""

from __future__ import annotations

import hashlib
import math
import struct
from datetime import timedelta

import pytest

from portal import clock
from portal.identity.tables import Access
from portal.messaging.values import load
from portal.signing.tables import Envelope, EvidenceEntry
from tests.people import Person, a_person, saved, signed_in
from tests.signing.pages.walking import accepts, first_pdf, later, worker_signed
from tests.visiting import Visitor, portal_app

A4 = 841.89 / 595.28


async def shown(envelope: Envelope) -> list[dict[str, object]]:
    entries = await EvidenceEntry.objects().where(EvidenceEntry.event == "shown").order_by(EvidenceEntry.position)
    assert all(entry.envelope == envelope.id for entry in entries)
    return [load(entry.facts) for entry in entries]


async def test_its_place_its_pages_and_the_way_on(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/2")

    assert "Dokument 2 od 4" in page.text
    assert page.one("a[rel=prev]").get("href") == f"/documents/{waiting.id}/1"
    assert page.one(".dock a").get("href") == f"/documents/{waiting.id}/3"
    assert page.all(f"a[href='/documents/{waiting.id}/2.pdf']")
    assert "Čas za podpis: še" in page.text


async def test_the_last_one_leads_to_the_signature(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/4")

    assert page.one(".dock a").get("href") == f"/documents/{waiting.id}/signature"


async def test_pictures_come_when_they_are_needed_and_leave_nothing_to_jump(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/1")

    for picture in page.all(".sheets img"):
        assert (picture.get("loading"), picture.get("decoding")) == ("lazy", "async")
        assert (picture.get("width"), picture.get("height")) == ("720", "1019")
    assert "user-scalable" not in page.html


@pytest.mark.parametrize("width", [720, 1080, 1440, 2160])
async def test_a_picture_of_a_page(visit: Visitor, waiting: Envelope, width: int) -> None:
    answer = await visit.client.get(f"/documents/{waiting.id}/1/1.png?w={width}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert struct.unpack(">II", answer.content[16:24]) == (width, math.ceil(width * A4))
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Cookie"  # after signing out the browser's copy is good for nobody


@pytest.mark.parametrize("path", ["1/2.png", "1/0.png", "9/1.png", "1/1.png?w=5000", "1/1.png?copy=signed", "1/1.gif"])
async def test_a_picture_that_is_not_there(visit: Visitor, waiting: Envelope, path: str) -> None:
    assert (await visit.client.get(f"/documents/{waiting.id}/{path}")).status_code == 404


@pytest.mark.parametrize("paper", ["0", "9", "01", "x", "1.docx", "1.pdf.pdf"])
async def test_a_document_that_is_not_there(visit: Visitor, waiting: Envelope, paper: str) -> None:
    await visit.get(f"/documents/{waiting.id}/{paper}", status=404)


async def test_the_text_can_be_read_without_the_pictures(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/1")

    text = " ".join("".join(page.one("details").itertext()).split())
    assert "Besedilo dokumenta" in text
    assert "Ana Novak" in text
    assert "Hitrosti interneta" in text


async def test_the_pdf_is_the_one_that_was_made(visit: Visitor, waiting: Envelope) -> None:
    answer = await visit.client.get(f"/documents/{waiting.id}/1.pdf")

    assert answer.content == await first_pdf(waiting)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline;")
    assert "Povzetek%20pogodbe.pdf" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


async def test_once_signed_the_copy_is_shown_at_addresses_of_its_own(visit: Visitor, waiting: Envelope) -> None:
    await accepts(visit, waiting)
    await worker_signed(waiting, clock.now())

    page = await visit.get(f"/documents/{waiting.id}/1")
    picture = page.all(".sheets img")[0].get("src") or ""
    answer = await visit.client.get(f"/documents/{waiting.id}/1.pdf")

    assert picture.endswith("&copy=signed")
    assert (await visit.client.get(picture)).status_code == 200
    assert (await visit.client.get(picture.removesuffix("&copy=signed"))).status_code == 404
    assert answer.content.endswith(b"% signed")
    assert not page.all(".dock")


async def test_what_ran_out_can_be_read_but_leads_to_no_signature(
    visit: Visitor, ana: Person, waiting: Envelope
) -> None:
    async with later(visit, ana, waiting.expires_at):
        page = await visit.get(f"/documents/{waiting.id}/4")

    assert not page.all("a[href$='/signature']")
    assert "Čas za podpis" not in page.text


async def test_that_it_was_shown_is_noted_with_who_and_where(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    visit.client.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 16) Chrome/142.0"

    await visit.get(f"/documents/{waiting.id}/1")

    (facts,) = await shown(waiting)
    assert ana.login is not None
    assert facts["position"] == 1
    assert facts["sha256"] == hashlib.sha256(await first_pdf(waiting)).hexdigest()
    assert facts["shown_as"] == "page"
    assert facts["login"] == str(ana.login.id)
    assert facts["address"] == "203.0.113.7"
    assert facts["device"] == "Chrome, Android"


async def test_it_is_noted_once_an_hour_for_each_document(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    at = clock.now()
    for path in ("1", "1", "1.pdf", "2.pdf"):
        await visit.client.get(f"/documents/{waiting.id}/{path}")
    async with later(visit, ana, at + timedelta(minutes=61)):
        await visit.client.get(f"/documents/{waiting.id}/1.pdf")

    assert [(facts["position"], facts["shown_as"]) for facts in await shown(waiting)] == [
        (1, "page"), (2, "pdf"), (1, "pdf")
    ]  # fmt: skip


async def test_looking_at_the_rest_notes_nothing(visit: Visitor, waiting: Envelope) -> None:
    for path in ("", "/1/1.png", "/signature", "/refusal", "/signature/code"):
        await visit.client.get(f"/documents/{waiting.id}{path}")

    assert await shown(waiting) == []


async def test_each_person_who_sees_it_is_noted(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    luka = await a_person("Luka Novak")
    assert luka.login is not None
    await saved(Access(login=luka.login.id, customer=ana.customer.id))
    await visit.get(f"/documents/{waiting.id}/1")
    async with Visitor(portal_app()) as elsewhere:
        await signed_in(elsewhere, luka)
        await elsewhere.get(f"/documents/{waiting.id}/1")

    assert len(await shown(waiting)) == 2


async def test_a_picture_opened_by_itself_reaches_nothing_of_ours(visit: Visitor, waiting: Envelope) -> None:
    answer = await visit.client.get(f"/documents/{waiting.id}/1/1.png?w=2160")

    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert "sandbox" in policy[0]
