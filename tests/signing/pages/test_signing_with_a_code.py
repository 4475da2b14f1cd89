"""Consent, the code from the SMS, and whatever can go wrong with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.messaging.tables import Message
from portal.signing.tables import Envelope, EnvelopeState, EvidenceEntry, SigningCode
from tests.people import Person
from tests.signing.pages.walking import accepts, asks_for_code, code_for, later
from tests.signing.people import an_envelope
from tests.visiting import FormOnPage, Page, Visitor, portal_app


def code_form(page: Page, envelope: Envelope) -> FormOnPage:
    return page.form_to(f"/documents/{envelope.id}/signature/code")


async def state_of(envelope: Envelope) -> str:
    found = await Envelope.objects().get(Envelope.id == envelope.id)
    assert found is not None
    return found.state


async def another_than(envelope: Envelope) -> str:
    return f"{(int(await code_for(envelope)) + 1) % 1_000_000:06d}"


async def test_the_consent_stands_in_full_beside_what_is_signed(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/signature")

    assert "Soglasje k elektronskemu podpisu" in page.text
    assert "Elektronsko podpisovanje je brezplačno." in page.text
    assert [row.text for row in page.all(".signed_for a")] == [
        "Povzetek pogodbe", *[row.text for row in page.all(".signed_for a")][1:]
    ]  # fmt: skip
    assert len(page.all(".signed_for a")) == 4
    assert "1.319,76 €" in page.text


async def test_reading_the_consent_sends_nothing(visit: Visitor, waiting: Envelope) -> None:
    messages = await Message.count()

    await visit.get(f"/documents/{waiting.id}/signature")

    assert await Message.count() == messages
    assert await SigningCode.count() == 0


async def test_without_the_tick_no_code_is_sent(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/signature")
    form = page.form
    unticked = {name: value for name, value in form.fields.items() if name != "agreed"}

    again = await visit.post(form.action, unticked, status=400)

    assert "Potrdite, da ste prebrali dokumente." in again.text
    assert again.one("#agreed").get("aria-invalid") == "true"
    assert await SigningCode.count() == 0


async def test_an_old_text_of_consent_is_read_anew(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/signature")

    again = await visit.submit(page.form, agreed="yes", version="0", status=409)

    assert "Besedilo soglasja se je spremenilo" in again.text
    assert await SigningCode.count() == 0


async def test_with_the_code_all_is_signed(visit: Visitor, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)
    assert page.path == f"/documents/{waiting.id}/signature/code"
    assert page.one("[autocomplete=one-time-code]") is not None
    assert "Podpiši, skupaj 1.319,76 €" in page.text

    signed = await visit.submit(code_form(page, waiting), code=await code_for(waiting))

    assert signed.path == f"/documents/{waiting.id}"
    assert await state_of(waiting) == EnvelopeState.ACCEPTED


async def test_a_wrong_code_stays_in_its_field_and_says_how_many_tries_are_left(
    visit: Visitor, waiting: Envelope
) -> None:
    page = await asks_for_code(visit, waiting)
    typed = await another_than(waiting)

    again = await visit.submit(code_form(page, waiting), code=typed, status=400)

    assert again.one("#code").get("value") == typed
    assert "Ostanejo še 4 poskusi" in again.text
    assert await state_of(waiting) == EnvelopeState.OPEN


async def test_half_a_code_is_no_try(visit: Visitor, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)

    again = await visit.submit(code_form(page, waiting), code="12 3", status=400)

    assert "Koda ima šest števk." in again.text or "šest" in again.text
    assert "poskus" not in again.text


async def test_the_fifth_wrong_code_stops_signing(visit: Visitor, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)
    typed = await another_than(waiting)
    for _ in range(4):
        page = await visit.submit(code_form(page, waiting), code=typed, status=400)

    stopped = await visit.submit(code_form(page, waiting), code=typed)

    assert stopped.one("h1").text == "Podpisovanje je ustavljeno"


async def test_an_expired_code_is_sent_anew(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)
    with clock.stopped_at(clock.now() + timedelta(minutes=6)):
        old = await visit.submit(code_form(page, waiting), code=await code_for(waiting), status=400)
        assert "potekla" in old.text or "več" in old.text

        new = await visit.submit(old.form_to(f"/documents/{waiting.id}/signature/code/resend"))
        assert "Nova koda je na poti" in new.text
        await visit.submit(code_form(new, waiting), code=await code_for(waiting))

    assert await state_of(waiting) == EnvelopeState.ACCEPTED


async def test_too_soon_for_another_code_it_says_when(visit: Visitor, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)

    again = await visit.submit(page.form_to(f"/documents/{waiting.id}/signature/code/resend"))

    assert "Nova koda je na poti" not in again.text
    assert "sekund" in again.text
    assert await Message.count().where(Message.template == "signing_code") == 1


async def test_too_many_codes_are_refused_with_the_time(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    at = clock.now()
    page = await asks_for_code(visit, waiting)
    for n in range(1, 5):
        with clock.stopped_at(at + timedelta(minutes=n)):
            page = await visit.submit(page.form_to(f"/documents/{waiting.id}/signature/code/resend"))

    with clock.stopped_at(at + timedelta(minutes=6)):
        refused = await visit.submit(page.form_to(f"/documents/{waiting.id}/signature/code/resend"), status=429)

    assert "Soglasje" in refused.text


async def test_without_a_code_the_consent_comes_first(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/signature/code")

    assert page.form.action == f"/documents/{waiting.id}/signature"


async def test_a_code_asked_for_elsewhere_is_no_code_here(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)
    async with Visitor(portal_app()) as tablet, later(tablet, ana, clock.now() + timedelta(minutes=1)):
        await asks_for_code(tablet, waiting)

    again = await visit.submit(code_form(page, waiting), code=await code_for(waiting), status=409)

    assert "Najprej zahtevajte novo" in again.text
    assert await state_of(waiting) == EnvelopeState.OPEN


async def test_another_name_stops_signing_and_says_so(visit: Visitor, ana: Person) -> None:
    envelope = await an_envelope(ana, at=clock.now(), signatory="Luka Novak")

    page = await asks_for_code(visit, envelope)

    assert page.one("h1").text == "Podpisovanje je ustavljeno"
    assert "na drugo ime" in page.text


async def test_signing_twice_signs_once(visit: Visitor, waiting: Envelope) -> None:
    page = await asks_for_code(visit, waiting)
    form, digits = code_form(page, waiting), await code_for(waiting)
    await visit.submit(form, code=digits)

    again = await visit.submit(form, code=digits)

    assert again.one("h1").text == "Podpisujemo …"
    assert await EvidenceEntry.count().where(EvidenceEntry.event == "accepted") == 1


async def test_too_late_no_code_is_sent(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    async with later(visit, ana, waiting.expires_at - timedelta(minutes=1)):
        consent = await visit.get(f"/documents/{waiting.id}/signature")

    with clock.stopped_at(waiting.expires_at):
        late = await visit.submit(consent.form, agreed="yes")

    assert late.one("h1").text == "Čas za podpis je potekel"
    assert await SigningCode.count() == 0


@pytest.mark.parametrize("typed", ["right", "12 3"])
async def test_too_late_no_code_signs(visit: Visitor, ana: Person, waiting: Envelope, typed: str) -> None:
    async with later(visit, ana, waiting.expires_at - timedelta(minutes=1)):
        form = code_form(await asks_for_code(visit, waiting), waiting)
    code = await code_for(waiting) if typed == "right" else typed

    with clock.stopped_at(waiting.expires_at):
        late = await visit.submit(form, code=code)

    assert late.one("h1").text == "Čas za podpis je potekel"
    assert await state_of(waiting) == EnvelopeState.OPEN


async def test_once_signed_the_forms_are_gone(visit: Visitor, waiting: Envelope) -> None:
    await accepts(visit, waiting)

    for path in ("signature", "signature/code", "refusal"):
        assert (await visit.get(f"/documents/{waiting.id}/{path}")).path == f"/documents/{waiting.id}"


async def test_a_session_that_ended_leads_back_to_the_page(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    async with Visitor(portal_app()) as nobody:
        page = await nobody.get(f"/documents/{waiting.id}/signature", follow=False, status=303)

    assert page.response.headers["location"] == f"/sign-in?next=%2Fdocuments%2F{waiting.id}%2Fsignature"
