"""Which line's services one sees: all of one's own are one tap away, a stranger's are as missing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.queries import counting
from portal.customers.tables import Contract, CustomerKind, Line, LineKind
from portal.identity.tables import Access, Session
from tests.dunning.cases import suspended
from tests.people import NOON, TODAY, Person, a_login, a_person, an_account, saved, signed_in
from tests.services.asking import read
from tests.services.pages import opened, path, words
from tests.visiting import Visitor
from tests.working import work_off
from tests.world import Exchange


async def test_a_single_line_is_named_without_a_choice(visit: Visitor, ana: Person) -> None:
    page = await opened(visit, ana)

    assert page.one(".line_choice").tag == "p"
    assert words(page.one(".line_choice b")).startswith("041 ")


@pytest.mark.parametrize(("days", "is_said"), [(0, True), (-1, False)])
async def test_how_long_the_contract_binds_is_said(visit: Visitor, ana: Person, days: int, is_said: bool) -> None:
    bound_until = TODAY + timedelta(days=days)
    await Contract.update({Contract.committed_until: bound_until}).where(Contract.id == ana.contract.id)

    page = await opened(visit, ana)

    assert ("Vezava do" in page.text) == is_said


async def test_lines_of_several_customers_are_one_tap_away_each(visit: Visitor, ana: Person, franc: Person) -> None:
    await saved(Access(login=ana.login, customer=franc.customer.id))
    page = await opened(visit, ana)

    assert [words(node) for node in page.all(".line_choice .whose")] == ["Ana Kos", "Franc Zupan"]
    assert [node.get("aria-current") for node in page.all(".line_choice a")] == ["true", None]
    home = await visit.get(page.all(".line_choice a")[1].get("href") or "")

    assert [node.text for node in home.all("h2")] == ["Internet", "Televizija"]
    assert [node.get("aria-current") for node in home.all(".line_choice a")] == [None, "true"]


async def test_the_line_of_the_account_looked_at_comes_first(visit: Visitor, ana: Person, franc: Person) -> None:
    await saved(Access(login=ana.login, customer=franc.customer.id))
    await opened(visit, ana)
    await Session.update({Session.account: franc.account.id}).where(Session.login == ana.login)

    page = await visit.get("/services")

    assert page.one("[aria-current=true]").get("href") == f"/services?line={franc.line.id}"


async def test_a_company_with_a_hundred_numbers_chooses_from_a_list(visit: Visitor, exchange: Exchange) -> None:
    irena = await a_person("Irena d. o. o.", kind=CustomerKind.COMPANY)
    lines = [
        await saved(
            Line(account=irena.account.id, contract=irena.contract.id, kind=LineKind.MOBILE, number=f"+386407{n:05d}")
        )
        for n in range(99)
    ]
    page = await opened(visit, irena)

    assert len(page.all(".line_choice option")) == 100
    chosen = await visit.get(f"/services?line={lines[70].id}")
    assert words(chosen.one("option[selected]")).startswith("040 700 070")
    assert chosen.one("form.line_choice").get("action") == "/services"


async def test_a_line_whose_contract_ended_says_so_and_is_not_asked_about(visit: Visitor, ana: Person) -> None:
    await Contract.update({Contract.ended_on: TODAY - timedelta(days=1)}).where(Contract.id == ana.contract.id)

    page = await opened(visit, ana)

    assert "Naročniško razmerje za to številko je prenehalo 20. 11. 2026" in words(page.one(".notice"))
    assert not page.all("li.service form")
    assert not (await visit.get(path(ana, "voicemail"))).all("aside form")
    assert await work_off() == 0


async def test_without_a_line_it_says_what_will_be_here(visit: Visitor, ana: Person) -> None:
    account = await saved(an_account(ana.customer, "2999999"))
    await Line.update({Line.account: account.id}).where(Line.id == ana.line.id)
    stranger = await a_person("Maja Strmec")
    await Line.delete().where(Line.id == stranger.line.id)

    page = await opened(visit, stranger)

    assert "Tu še ni nobene številke" in words(page.one(".empty"))


async def test_a_login_without_an_account_is_told_whom_to_call(visit: Visitor, ana: Person) -> None:
    nobody = Person(ana.customer, ana.account, ana.contract, ana.line, await a_login("Nihče", "+38640999999"))
    await signed_in(visit, nobody, at=NOON)

    await visit.get("/services", status=403)


async def test_a_stranger_s_line_is_answered_as_a_missing_one(visit: Visitor, ana: Person) -> None:
    await signed_in(visit, await a_person("Maja Strmec"), at=NOON)

    theirs = await visit.get(f"/services?line={ana.line.id}", status=404)
    missing = await visit.get(f"/services?line={ana.account.id}", status=404)

    assert theirs.text == missing.text
    await visit.get("/services?line=7", status=404)


@pytest.mark.parametrize("code", ["tv_plus", "no_such_service"])
async def test_what_the_line_does_not_have_has_no_page(visit: Visitor, ana: Person, code: str) -> None:
    await signed_in(visit, ana, at=NOON)

    await visit.get(path(ana, code), status=409 if code == "tv_plus" else 404)


async def test_the_list_takes_three_statements_and_one_more_while_barred(visit: Visitor, ana: Person) -> None:
    await opened(visit, ana)
    with counting() as plain:
        await visit.get("/services")
    await suspended(ana)
    await read(ana)
    with counting() as while_barred:
        await visit.get("/services")

    assert len(plain) == 3
    assert len(while_barred) == 4
