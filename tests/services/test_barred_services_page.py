"""What a list of services says of a line that is barred for debts, and the way on."""

from __future__ import annotations

from portal.identity.tables import Access
from portal.network.tables import OFF
from tests.dunning.cases import pays, suspended
from tests.people import Person, a_person, saved
from tests.services.asking import has, network_has, read, states
from tests.services.pages import form, opened, path, row, words
from tests.visiting import Visitor
from tests.working import work_off


async def test_it_says_what_is_off_why_and_how_much_is_to_be_paid(visit: Visitor, ana: Person) -> None:
    await suspended(ana)

    page = await opened(visit, ana)

    notice = words(page.one(".notice"))
    assert notice.startswith("Zaradi neplačanih računov ne delujejo: odhodni klici")
    assert page.one(".notice a.button").get("href") == "/overdue"
    assert "Plačaj 32,46 €" in notice
    assert "mogoče, ko so zapadli računi plačani" in row(page, "Zaščita na spletu")
    assert "mogoče, ko so" not in row(page, "Telefonski predal")


async def test_what_cannot_be_switched_on_says_what_to_do_on_its_page(visit: Visitor, ana: Person) -> None:
    await suspended(ana)
    await opened(visit, ana)

    page = await visit.get(path(ana, "security"))

    assert not [node for node in page.all("form") if node.get("action") == path(ana, "security")]
    assert "Plačaj 32,46 €" in words(page.one(".notice"))
    assert "To storitev lahko vklopite takoj, ko so plačani." in page.text


async def test_what_is_on_but_does_not_work_says_so_and_can_be_switched_off(visit: Visitor, ana: Person) -> None:
    await has(ana, "security")
    await suspended(ana)
    await opened(visit, ana)

    page = await visit.get(path(ana, "security"))

    assert "Storitev ostane vklopljena in bo spet delovala takoj, ko bodo plačani." in page.text
    assert "Plačaj 32,46 €" in words(page.one(".notice"))
    assert form(page, ana, "security", on=False)


async def test_a_form_from_before_the_bar_is_refused_with_the_reason(visit: Visitor, ana: Person) -> None:
    await opened(visit, ana)
    before = form(await visit.get(path(ana, "security")), ana, "security")
    await suspended(ana)

    refused = await visit.submit(before, begins_at_once="yes", status=409)

    assert "Plačaj 32,46 €" in refused.text
    assert await states(ana) == []


async def test_what_was_set_by_oneself_can_be_switched_while_barred(visit: Visitor, ana: Person) -> None:
    await has(ana, "own_barring")
    await suspended(ana)
    page = await opened(visit, ana)

    await visit.submit(form(page, ana, "own_barring", on=False))
    await work_off()

    assert await network_has(ana, "own_barring") == OFF


async def test_paid_and_not_connected_yet_nobody_is_asked_to_pay_again(visit: Visitor, ana: Person) -> None:
    await suspended(ana)
    await pays(ana)

    page = await opened(visit, ana)

    assert "Vaše plačilo je prispelo" in words(page.one(".notice"))
    assert "Plačaj" not in page.one("main").xpath("string()")
    await work_off()
    assert not (await visit.get("/services")).all(".notice")


async def test_the_debt_of_another_account_is_paid_by_looking_at_it_first(visit: Visitor, ana: Person) -> None:
    bojan = await read(await a_person("Bojan Kralj", registered=False))
    await saved(Access(login=ana.login, customer=bojan.customer.id))
    await suspended(bojan)
    await opened(visit, ana)

    page = await visit.get(f"/services?line={bojan.line.id}")
    paying = await visit.submit(page.form_to("/account/choice"))

    assert paying.path == "/"
    assert "Plačaj 32,46 €" in paying.text
