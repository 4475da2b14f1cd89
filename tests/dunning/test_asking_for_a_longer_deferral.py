"""A longer deferral is asked for with telephone, tax number and day; it is visible and can be withdrawn."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal.customers.tables import CustomerKind
from portal.dunning.deferrals import requesting
from portal.dunning.deferrals.refusals import (
    AlreadyAsked,
    ContractEnded,
    NaturalPersonsOnly,
    NothingOverdue,
)
from portal.dunning.relief_tables import DeferralRequest, RequestState
from portal.refusals import Refusal
from tests.dunning.case_rows import a_case
from tests.dunning.deferrals import deferrals_of, warned
from tests.dunning.longer_deferrals import WISHED, noon, page_of, wishes
from tests.people import NOON, TODAY, Person, a_person
from tests.visiting import FormOnPage, Page, Visitor

__all__ = ["noon"]


FILLED = {
    "until": WISHED.isoformat(),
    "telephone": "041 123 456",
    "tax_number": "SI 50223054",
    "words": "Plača pride\r\n15. decembra.",
}


def filled_in(page: Page, **changed: str) -> FormOnPage:
    return page.form_to("/deferral/request").fill(**FILLED | changed)


async def test_asked_for_on_the_page_its_state_is_visible(visit: Visitor) -> None:
    bojan = await warned()
    page = await page_of(visit, bojan)

    sent = await visit.submit(filled_in(page))

    [request] = await DeferralRequest.objects()
    assert (request.telephone, request.tax_number, request.wished_until) == ("+38641123456", "50223054", WISHED)
    assert request.words == "Plača pride\n15. decembra."
    assert request.state == RequestState.ASKED
    assert bojan.login is not None
    assert request.login_id == bojan.login.id
    assert "Vašo prošnjo smo prejeli" in sent.text
    assert "Prosili ste za odlog do 21. 12. 2026." in sent.text
    assert sent.form_to("/deferral").method == "post", "the short one is still to be had"
    assert await deferrals_of(bojan) == [], "a wish holds nothing"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("telephone", "12", "Vpišite telefonsko številko, na primer 041 123 456."),
        ("telephone", "", "Vpišite telefonsko številko"),
        ("tax_number", "50223055", "Vpišite davčno številko: osem števk, na primer 50223054."),
        ("tax_number", "", "Vpišite davčno številko"),
        ("until", "", "Vpišite dan, na primer 8. 12. 2026."),
        ("until", "2026-02-30", "Vpišite dan"),
        ("until", "soon", "Vpišite dan"),
        ("until", TODAY.isoformat(), "Izberite dan v navedenem obdobju."),
        ("until", (TODAY + timedelta(days=61)).isoformat(), "Izberite dan v navedenem obdobju."),
        ("words", "a" * 501, "Napišite največ 500 znakov."),
    ],
)
async def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    visit: Visitor, field: str, typed: str, said: str
) -> None:
    page = await page_of(visit, await warned())

    answer = await visit.submit(filled_in(page, **{field: typed}), status=400)

    assert said in answer.text
    assert answer.one(f"#{field}").get("aria-invalid") == "true"
    kept = answer.form_to("/deferral/request").fields
    assert {name: kept[name].replace("\n", "\r\n") for name in FILLED} == FILLED | {field: typed}
    assert await DeferralRequest.count() == 0


async def test_a_day_typed_as_slovenians_write_it(visit: Visitor) -> None:
    page = await page_of(visit, await warned())

    await visit.submit(filled_in(page, until="21. 12. 2026"))

    assert (await DeferralRequest.objects())[0].wished_until == WISHED


async def test_the_first_and_the_last_day_are_within(visit: Visitor) -> None:
    bojan, maja = await warned(), await warned("Maja Kralj")

    await wishes(bojan, TODAY + timedelta(days=1))
    await wishes(maja, TODAY + timedelta(days=60))

    assert await DeferralRequest.count() == 2


async def test_withdrawn_it_is_over_and_another_one_can_be_asked_for(visit: Visitor) -> None:
    page = await page_of(visit, await warned())
    asked = await visit.submit(filled_in(page))

    withdrawn = await visit.submit(asked.form_to("/deferral/request/withdrawal"))
    assert "Prošnjo ste umaknili." in withdrawn.text
    again = await visit.submit(filled_in(withdrawn))

    assert "Vašo prošnjo smo prejeli" in again.text
    states = await DeferralRequest.select(DeferralRequest.state).order_by(DeferralRequest.id).output(as_list=True)
    assert states == [RequestState.WITHDRAWN, RequestState.ASKED]


async def test_withdrawing_what_was_decided_meanwhile_says_so(visit: Visitor) -> None:
    bojan = await warned()
    page = await page_of(visit, bojan)
    form = (await visit.submit(filled_in(page))).form_to("/deferral/request/withdrawal")
    [request] = await DeferralRequest.objects()
    await requesting.refuse(request.id, reason="Prosimo, pokličite.", decided_by="Nada", at=NOON)

    answer = await visit.submit(form, status=409)

    assert "Ta prošnja ne čaka več na odločitev." in answer.text


async def test_one_waits_per_account() -> None:
    bojan = await warned()

    outcomes = await asyncio.gather(*(wishes(bojan) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(outcome, AlreadyAsked) for outcome in outcomes) == 3
    assert await DeferralRequest.count() == 1


async def test_who_cannot_have_one() -> None:
    company, calm = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY), await a_person("Ana Zupan")
    gone = await a_person("Cvetka Mlakar")
    await a_case(company, "notice", policy="mobile-company-1")
    await a_case(gone, "final_demand")

    refusals: list[tuple[Person, type[Refusal]]] = [
        (company, NaturalPersonsOnly),
        (calm, NothingOverdue),
        (gone, ContractEnded),
    ]
    for person, refusal in refusals:
        with pytest.raises(refusal):
            await wishes(person)


async def test_asking_without_end_ends(visit: Visitor) -> None:
    page = await page_of(visit, await warned())
    for _ in range(5):
        asked = await visit.submit(filled_in(page))
        page = await visit.submit(asked.form_to("/deferral/request/withdrawal"))

    answer = await visit.submit(filled_in(page), status=429)

    assert "Danes ste prosili že večkrat." in answer.text
