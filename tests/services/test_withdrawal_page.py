"""Taking back what was asked for: cancelling what is planned, withdrawing from what was bought."""

from __future__ import annotations

from datetime import date, timedelta

from portal import clock
from portal.network.tables import OFF
from portal.services.tables import Switch
from tests.people import NOON, Person, a_person, signed_in
from tests.services.asking import ask, count, has, network_has, standing, states
from tests.services.pages import facts, opened, path, words
from tests.visiting import Page, Visitor
from tests.working import work_off

LATER = date(2026, 11, 28)


async def test_what_is_planned_can_be_cancelled_before_its_day(visit: Visitor, ana: Person) -> None:
    await ask(ana, "voicemail", starts_on=LATER)
    await opened(visit, ana)
    page = await visit.get(path(ana, "voicemail"))
    assert "Načrtovano: vklop 28. novembra" in page.text
    assert not [node for node in page.all("form") if node.get("action") == path(ana, "voicemail")]

    cancelled = await visit.submit(page.form)

    assert "Načrtovano je preklicano" in cancelled.text
    assert (await standing(ana, "voicemail")).planned is None
    await visit.submit(page.form)
    assert await states(ana) == ["voicemail on cancelled"]


async def test_what_is_under_way_can_no_longer_be_cancelled(visit: Visitor, ana: Person) -> None:
    await ask(ana, "voicemail", starts_on=LATER)
    await opened(visit, ana)
    cancellation = (await visit.get(path(ana, "voicemail"))).form
    await Switch.update({Switch.state: "done", Switch.ended_at: NOON}).where(Switch.line == ana.line.id)

    refused = await visit.submit(cancellation, status=409)

    assert "prepozno" in words(refused.one("[role=alert]"))


async def test_withdrawing_shows_what_is_owed_and_is_done_by_one_button(visit: Visitor, ana: Person) -> None:
    await has(ana, "security")
    with clock.stopped_at(NOON + timedelta(days=2)):
        await signed_in(visit, ana, at=NOON + timedelta(days=2))
        page = await withdrawal(visit, ana, "security")
        assert facts(page)["Za dni, ko je bila vklopljena"] == "0,20 €"
        assert facts(page)["Odstop je mogoč do vključno"] == "5. 12. 2026"
        assert words(page.one("main button")) == "Potrdi odstop"

        withdrawn = await visit.submit(page.form)
        again = await visit.submit(page.form)
        await work_off()

        assert "Od nakupa ste odstopili" in withdrawn.text
        assert "Od nakupa ste odstopili" in again.text
        assert await network_has(ana, "security", NOON + timedelta(days=2)) == OFF


async def test_of_a_package_the_price_is_the_most_that_is_owed(visit: Visitor, ana: Person) -> None:
    await has(ana, "data_5gb", count(1))
    await signed_in(visit, ana, at=NOON)

    page = await withdrawal(visit, ana, "data_5gb")

    assert facts(page)["Največ za porabljeno"] == "4,99 €"
    assert facts(page)["Odstop je mogoč do vključno"] == "30. 11. 2026"


async def test_after_a_fortnight_there_is_no_withdrawal(visit: Visitor, ana: Person) -> None:
    bought = await has(ana, "security")
    later = NOON + timedelta(days=15)
    with clock.stopped_at(later):
        await signed_in(visit, ana, at=later)
        page = await visit.get(path(ana, "security"))
        refused = await visit.get(f"{path(ana, 'security')}/switches/{bought.switch}/withdrawal", status=409)

    assert "Odstop od nakupa" not in page.text
    assert "odstop" in words(refused.one("[role=alert]"))


async def test_a_company_is_not_offered_what_the_law_gives_to_consumers(visit: Visitor, shop: Person) -> None:
    await has(shop, "static_address", begins_at_once=False)
    await signed_in(visit, shop, at=NOON)

    page = await visit.get(path(shop, "tv_basic"))

    assert "odstopite" not in page.text
    assert not page.all("[name=begins_at_once]")
    assert "Odstop od nakupa" not in (await visit.get(path(shop, "static_address"))).text


async def test_a_stranger_withdraws_and_cancels_nothing(visit: Visitor, ana: Person) -> None:
    bought = await has(ana, "security")
    planned = await ask(ana, "voicemail", starts_on=LATER)
    before = await states(ana)
    maja = await a_person("Maja Strmec")
    await signed_in(visit, maja, at=NOON)
    token = (await visit.get("/account")).form_to("/sign-out").fields

    for person in (ana, maja):
        base = path(person, "security")
        await visit.get(f"{base}/switches/{bought.switch}/withdrawal", status=404)
        await visit.post(f"{base}/switches/{bought.switch}/withdrawal", token, status=404)
        await visit.post(f"{base}/switches/{planned.switch}/cancellation", token, status=404)

    assert await states(ana) == before


async def withdrawal(visit: Visitor, person: Person, code: str) -> Page:
    """By the link on the service's page."""
    page = await visit.get(path(person, code))
    [link] = [node for node in page.all("main a") if "/withdrawal" in (node.get("href") or "")]
    return await visit.get(link.get("href") or "")
