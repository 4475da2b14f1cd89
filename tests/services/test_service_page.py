"""The page of one service: what it is and takes, and the form that switches it."""

from __future__ import annotations

from datetime import date

from portal.identity.tables import Session
from portal.network.tables import OFF, Setting
from tests.people import NOON, Person, signed_in
from tests.services.asking import ask, count, has, network_has, standing, states, to
from tests.services.pages import facts, form, path, words
from tests.services.papers import Papers
from tests.visiting import Visitor
from tests.working import work_off


async def test_a_paid_one_names_its_price_its_bill_and_the_right_to_withdraw(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)

    page = await visit.get(path(ana, "security"))

    assert words(page.one("aside button")) == "Vklopi za 1,99 € na mesec"
    assert facts(page)["Na računu za november 2026, od 21. novembra"] == "0,66 €"
    assert facts(page)["Nato vsak mesec"] == "1,99 € več"
    assert "V 14 dneh po vklopu lahko odstopite brez razloga" in page.text
    assert form(page, ana, "security").fields["agreed"] == "199"


async def test_it_is_switched_on_for_the_price_that_was_agreed_to(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)
    page = await visit.get(path(ana, "security"))

    asked = await visit.submit(form(page, ana, "security"), begins_at_once="yes")

    assert "Vklapljamo: Zaščita na spletu" in asked.text
    assert asked.one("#service").get("hx-trigger") == "every 2s"
    await work_off()
    assert "Vklopljeno: Zaščita na spletu" in (await visit.get(asked.path)).text
    assert await network_has(ana, "security") == Setting(is_on=True)


async def test_who_does_not_ask_to_begin_at_once_is_asked_again_and_keeps_what_was_typed(
    visit: Visitor, ana: Person
) -> None:
    await signed_in(visit, ana, at=NOON)
    page = await visit.get(path(ana, "security"))

    refused = await visit.submit(
        form(page, ana, "security"), begins_at_once="", start="later", day="2026-11-25", status=400
    )

    assert refused.one("#begins_at_once_yes").get("aria-invalid") == "true"
    assert refused.one("#day_yes").get("value") == "2026-11-25"
    assert refused.one("#start_yes_2").get("checked") is not None
    assert facts(refused)["Na računu za november 2026, od 25. novembra"] == "0,40 €"
    assert await states(ana) == []


async def test_a_price_that_changed_is_shown_and_asked_for_again(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)
    page = await visit.get(path(ana, "security"))

    refused = await visit.submit(form(page, ana, "security"), begins_at_once="yes", agreed="149", status=409)

    assert "Cena se je" in words(refused.one("[role=alert]"))
    assert form(refused, ana, "security").fields["agreed"] == "199"
    assert refused.one("#begins_at_once_yes").get("checked") is not None
    assert await states(ana) == []


async def test_what_changes_with_it_is_named_before(visit: Visitor, franc: Person) -> None:
    await has(franc, "tv_basic")
    await signed_in(visit, franc, at=NOON)

    page = await visit.get(path(franc, "tv_sport"))

    assert [words(node) for node in page.all("ul.besides li")] == [
        "TV Osnovni: izklopimo",
        "TV Plus: vklopimo (13,90 € na mesec)",
    ]
    assert "Vklopi za 23,80 € na mesec" in page.text
    assert facts(page)["Nato vsak mesec"] == "15,90 € več"


async def test_switching_off_what_is_paid_says_what_is_spared(visit: Visitor, ana: Person) -> None:
    await has(ana, "security")
    await signed_in(visit, ana, at=NOON)
    page = await visit.get(path(ana, "security"))

    assert facts(page)["Nato vsak mesec"] == "1,99 € manj"
    await visit.submit(form(page, ana, "security", on=False))
    await work_off()
    assert await network_has(ana, "security") == OFF


async def test_what_is_planned_for_another_service_is_one_tap_away(visit: Visitor, ana: Person) -> None:
    await ask(ana, "roaming", starts_on=date(2026, 11, 28))
    await signed_in(visit, ana, at=NOON)

    page = await visit.get(path(ana, "data_abroad"))

    assert words(page.one("aside a")) == "Oglejte si načrtovano: Gostovanje v tujini"
    assert page.one("aside a").get("href") == path(ana, "roaming")


async def test_a_number_that_is_none_stays_in_the_field_with_its_error(visit: Visitor, ana: Person) -> None:
    await proven(visit, ana)
    page = await visit.get(path(ana, "call_forwarding"))

    for typed in ("041 12", "112", "090 1234"):
        refused = await visit.submit(form(page, ana, "call_forwarding"), value=typed, status=400)
        assert refused.one("#value_yes").get("value") == typed
        assert refused.one("#value_yes").get("aria-invalid") == "true"
        assert refused.one(".errors a").get("href") == "#value_yes"


async def test_calls_go_to_the_number_and_then_to_another(visit: Visitor, ana: Person) -> None:
    await proven(visit, ana)
    page = await visit.get(path(ana, "call_forwarding"))
    await visit.submit(form(page, ana, "call_forwarding"), value="041 234 567")
    await work_off()

    page = await visit.get(path(ana, "call_forwarding"))
    assert "na 041 234 567" in page.text
    await visit.submit(form(page, ana, "call_forwarding"), value="041 234 568")
    await work_off()

    assert await network_has(ana, "call_forwarding") == to("+38641234568")


async def test_what_opens_large_costs_first_asks_for_a_code(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)

    page = await visit.get(path(ana, "premium_090"))
    sent = await visit.post(
        path(ana, "premium_090"),
        {"csrf_token": page.all("input[name=csrf_token]")[0].get("value") or "", "on": "yes"},
        status=303,
        follow=False,
    )

    proof = f"/account/proof?next={path(ana, 'premium_090')}"
    assert page.one("aside a.button").get("href") == proof
    assert sent.response.headers["location"].replace("%2F", "/") == proof
    assert await states(ana) == []


async def test_a_package_is_bought_once_however_often_the_same_form_is_sent(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)
    tab = form(await visit.get(path(ana, "data_5gb")), ana, "data_5gb")

    await visit.submit(tab, begins_at_once="yes")
    again = await visit.submit(tab, begins_at_once="yes")
    await work_off()

    assert "Že vklapljamo: Dodatnih 5 GB" in again.text
    assert await network_has(ana, "data_5gb") == count(1)
    page = await visit.get(again.path)
    assert "Že kupljeno: Dodatnih 5 GB" in page.text
    assert "Ta mesec že imate 1 paket." in page.text
    assert words(page.one("aside button")) == "Kupi še enega za 4,99 €"
    second = form(page, ana, "data_5gb")
    assert second.fields["value"] == "2"


async def test_another_wish_while_one_is_under_way_takes_its_place(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)
    page = await visit.get(path(ana, "own_barring"))
    asked = await visit.submit(form(page, ana, "own_barring"))

    await visit.submit(form(asked, ana, "own_barring", on=False))
    await work_off()

    assert await network_has(ana, "own_barring") == OFF
    assert await states(ana) == ["own_barring on overtaken", "own_barring off done"]


async def test_what_must_be_signed_for_leads_to_the_documents(visit: Visitor, franc: Person, papers: Papers) -> None:
    await signed_in(visit, franc, at=NOON)
    page = await visit.get(path(franc, "tv_box"))
    assert facts(page)["Vezava"] == "24 mesecev"
    assert facts(page)["Oprema"] == "TV-komunikator"

    assert not page.all("#begins_at_once_yes")

    sent = await visit.submit(form(page, franc, "tv_box"), status=303, follow=False)

    planned = (await standing(franc, "tv_box")).planned
    assert planned is not None
    assert sent.response.headers["location"] == planned.documents
    assert "čaka na vaš podpis" in (await visit.get("/services")).text


async def test_without_document_signing_one_is_asked_to_call(visit: Visitor, franc: Person) -> None:
    await signed_in(visit, franc, at=NOON)

    page = await visit.get(path(franc, "tv_box"))

    assert not page.all("aside form")
    assert "pokličite" in page.one("aside").xpath("string()").lower()


async def test_a_day_is_chosen_up_to_a_month_ahead(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, ana, at=NOON)
    page = await visit.get(path(ana, "voicemail"))
    assert (page.one("#day_yes").get("min"), page.one("#day_yes").get("max")) == ("2026-11-22", "2026-12-21")

    for day in ("2026-11-21", "2026-12-22", "", "kdaj"):
        refused = await visit.submit(form(page, ana, "voicemail"), start="later", day=day, status=400)
        assert refused.one("#day_yes").get("aria-invalid") == "true"
    asked = await visit.submit(form(page, ana, "voicemail"), start="later", day="28. 11. 2026")

    assert "Načrtovano za 28. novembra: Telefonski predal" in asked.text
    planned = (await standing(ana, "voicemail")).planned
    assert planned is not None
    assert planned.starts_on == date(2026, 11, 28)
    assert "načrtovano: vklop 28. novembra" in (await visit.get("/services")).text


async def proven(visit: Visitor, person: Person) -> None:
    """Signed in with a code entered a moment ago."""
    await signed_in(visit, person, at=NOON)
    await Session.update({Session.stepped_up_at: NOON}).where(Session.login == person.login)
