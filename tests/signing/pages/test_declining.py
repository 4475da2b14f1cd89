"""Not signing is easy to find, asks why, and says what follows."""

from __future__ import annotations

import pytest

from portal.signing.tables import Envelope, EnvelopeState
from tests.people import Person
from tests.signing.pages.walking import accepts, later
from tests.visiting import Visitor


async def kept(envelope: Envelope) -> Envelope:
    found = await Envelope.objects().get(Envelope.id == envelope.id)
    assert found is not None
    return found


async def test_declined_with_a_reason_and_own_words(visit: Visitor, waiting: Envelope) -> None:
    overview = await visit.get(f"/documents/{waiting.id}")
    assert overview.all(f"a[href='/documents/{waiting.id}/refusal']")
    page = await visit.get(f"/documents/{waiting.id}/refusal")

    after = await visit.submit(page.form, reason="price", words="Drugje\r\nje ceneje.")

    assert after.one("h1").text == "Dokumente ste zavrnili"
    assert "Naročilo je preklicano" in after.text
    declined = await kept(waiting)
    assert (declined.state, declined.decline_reason) == (EnvelopeState.DECLINED, "price")
    assert declined.decline_words == "Drugje\nje ceneje."


async def test_looking_at_it_declines_nothing(visit: Visitor, waiting: Envelope) -> None:
    await visit.get(f"/documents/{waiting.id}/refusal")

    assert (await kept(waiting)).state == EnvelopeState.OPEN


@pytest.mark.parametrize("typed", [{"words": "Ker."}, {"reason": "because", "words": "Ker."}])
async def test_without_a_reason_of_the_list_the_words_stay(
    visit: Visitor, waiting: Envelope, typed: dict[str, str]
) -> None:
    form = (await visit.get(f"/documents/{waiting.id}/refusal")).form
    fields = {"csrf_token": form.fields["csrf_token"]} | typed

    again = await visit.post(form.action, fields, status=400)

    assert "Izberite razlog." in again.text
    assert again.one("textarea").text == "Ker."
    assert (await kept(waiting)).state == EnvelopeState.OPEN


async def test_too_many_words_are_kept_too(visit: Visitor, waiting: Envelope) -> None:
    form = (await visit.get(f"/documents/{waiting.id}/refusal")).form

    again = await visit.submit(form, reason="other", words="x" * 1001, status=400)

    assert "največ 1000 znakov" in again.text
    assert again.one("[name=reason][checked]").get("value") == "other"


async def test_an_order_that_is_not_theirs_tells_them_to_call(visit: Visitor, waiting: Envelope) -> None:
    page = await visit.get(f"/documents/{waiting.id}/refusal")

    after = await visit.submit(page.form, reason="not_mine")

    assert "takoj pokličite" in after.text


async def test_too_late_nothing_can_be_declined(visit: Visitor, ana: Person, waiting: Envelope) -> None:
    form = (await visit.get(f"/documents/{waiting.id}/refusal")).form

    async with later(visit, ana, waiting.expires_at):
        page = await visit.get(f"/documents/{waiting.id}")
        assert page.one("h1").text == "Čas za podpis je potekel"
        fresh = (await visit.get("/account")).form_to("/sign-out").fields["csrf_token"]
        late = await visit.post(form.action, {"csrf_token": fresh, "reason": "price"})

    assert late.one("h1").text == "Čas za podpis je potekel"
    assert (await kept(waiting)).state == EnvelopeState.OPEN


async def test_what_is_accepted_can_no_longer_be_declined(visit: Visitor, waiting: Envelope) -> None:
    form = (await visit.get(f"/documents/{waiting.id}/refusal")).form
    await accepts(visit, waiting)

    late = await visit.submit(form, reason="price")

    assert late.one("h1").text == "Podpisujemo …"
    assert (await kept(waiting)).state == EnvelopeState.ACCEPTED
