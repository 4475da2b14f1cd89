"""A longer deferral: asked for with telephone, tax number and day; visible, withdrawable, decided by a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from portal import clock
from portal.audit import AuditEntry, Event
from portal.customers.tables import CustomerKind, Line, LineKind
from portal.dunning.deferrals import requesting
from portal.dunning.deferrals.agreeing import agree
from portal.dunning.deferrals.refusals import (
    AlreadyAsked,
    ContractEnded,
    DayOutside,
    NaturalPersonsOnly,
    NothingOverdue,
    NotOffered,
    NotWaiting,
)
from portal.dunning.deferrals.requesting import Wish
from portal.dunning.relief_tables import AskedBy, Deferral, DeferralKind, DeferralRequest, RequestState
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.messaging.writing import write
from portal.refusals import Refusal
from tests.dunning.case_rows import a_case
from tests.dunning.cases import pays
from tests.dunning.deferrals import TEN_DAYS_ON, deferrals_of, deferred, fees_of, warned
from tests.dunning.nights import happened
from tests.people import NOON, TODAY, Person, a_person, signed_in
from tests.visiting import FormOnPage, Page, Visitor

WISHED = TODAY + timedelta(days=30)
FILLED = {
    "until": WISHED.isoformat(),
    "telephone": "041 123 456",
    "tax_number": "SI 50223054",
    "words": "Plača pride\r\n15. decembra.",
}


@pytest.fixture(autouse=True)
async def noon(database: str) -> AsyncIterator[None]:
    with clock.stopped_at(NOON):
        yield


async def page_of(visit: Visitor, person: Person) -> Page:
    await signed_in(visit, person, at=NOON)
    return await visit.get("/deferral")


async def wishes(person: Person, until: date = WISHED) -> DeferralRequest:
    wish = Wish("+38641123456", "50223054", until)
    return await requesting.ask(person.account, wish, login=None, today=TODAY, at=NOON)


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


async def test_granted_by_an_adviser_it_runs_to_the_day_they_chose_without_a_fee(visit: Visitor) -> None:
    bojan = await warned()
    request = await wishes(bojan)

    deferral = await requesting.accept(request.id, TODAY + timedelta(days=20), decided_by="Nada", at=NOON)

    assert (deferral.kind, deferral.asked_by, deferral.decided_by) == (
        DeferralKind.AGREED,
        AskedBy.PORTAL,
        "Nada",
    )
    assert await fees_of(bojan) == []
    page = await page_of(visit, bojan)
    assert page.one("h1").text == "Izklop je odložen do 11. decembra"
    assert "Vaši prošnji smo ugodili: odlog do 11. 12. 2026." in page.text
    assert "2,99" not in page.text
    assert await told() == {("sms", "deferral_granted"), ("email", "deferral_granted")}
    assert await happened(bojan, ["deferred"]) == ["deferred"]


async def test_refused_the_reason_stands_on_the_page_and_the_customer_is_told(visit: Visitor) -> None:
    bojan = await warned()
    request = await wishes(bojan)

    await requesting.refuse(request.id, reason="Odlog čez <b>novo leto</b> ni mogoč.", decided_by="Nada", at=NOON)

    page = await page_of(visit, bojan)
    assert "Odloga do 21. 12. 2026 nismo mogli odobriti" in page.text
    assert "Odlog čez <b>novo leto</b> ni mogoč." in page.text, "as it was written, no markup"
    assert page.form_to("/deferral/request").method == "post"
    assert await told() == {("sms", "deferral_refused"), ("email", "deferral_refused")}
    assert await AuditEntry.exists().where(AuditEntry.event == Event.DEFERRAL_REFUSED)


@pytest.mark.parametrize("has_email", [True, False])
async def test_who_has_no_number_for_sms_is_told_by_e_mail_or_else_by_post(has_email: bool) -> None:
    bojan = await warned()
    request = await wishes(bojan)
    bojan.customer.contact_number = None
    bojan.customer.email = "bojan@example.com" if has_email else None
    await bojan.customer.save()
    await Line.update({Line.kind: LineKind.FIXED}, force=True)

    await requesting.refuse(request.id, reason="Odlog čez novo leto ni mogoč.", decided_by="Nada", at=NOON)

    [message] = await Message.objects()
    assert message.channel == ("email" if has_email else "letter")
    writing = write(message.template, Channel(message.channel), message.language, load(message.values))
    assert "Odlog čez novo leto ni mogoč." in writing.text


async def told() -> set[tuple[str, str]]:
    return {(message.channel, message.template) for message in await Message.objects()}


async def test_two_advisers_decide_once() -> None:
    bojan = await warned()
    request = await wishes(bojan)

    outcomes = await asyncio.gather(
        requesting.accept(request.id, WISHED, decided_by="Nada", at=NOON),
        requesting.refuse(request.id, reason="Ne.", decided_by="Miha", at=NOON),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, NotWaiting) for outcome in outcomes) == 1
    assert len(await Deferral.objects()) == (0 if isinstance(outcomes[0], NotWaiting) else 1)


async def test_it_takes_the_place_of_a_short_one_that_runs() -> None:
    bojan = await warned()
    await deferred(bojan)

    await agree(bojan.account.id, WISHED, decided_by="Nada", reason="agreed", at=NOON)

    states = {deferral.until: bool(deferral.ended_at) for deferral in await deferrals_of(bojan)}
    assert states == {TEN_DAYS_ON: True, WISHED: False}
    assert await fees_of(bojan) == [299], "of the short one only"


async def test_with_a_fee_where_that_was_agreed() -> None:
    bojan = await warned()

    await agree(bojan.account.id, WISHED, decided_by="Nada", reason="agreed", with_fee=True, at=NOON)

    assert await fees_of(bojan) == [299]


@pytest.mark.parametrize("days", [0, 61])
async def test_an_adviser_keeps_to_the_policy_s_days_too(days: int) -> None:
    bojan = await warned()
    request = await wishes(bojan)

    with pytest.raises(DayOutside):
        await requesting.accept(request.id, TODAY + timedelta(days=days), decided_by="Nada", at=NOON)

    assert (await DeferralRequest.objects())[0].state == RequestState.ASKED, "it still waits"


async def test_what_was_paid_meanwhile_needs_no_decision() -> None:
    bojan = await warned()
    request = await wishes(bojan)
    await pays(bojan)

    with pytest.raises(NotWaiting):
        await requesting.accept(request.id, WISHED, decided_by="Nada", at=NOON)


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


async def test_one_whose_services_are_off_can_agree_on_a_day_before_more_follows() -> None:
    bojan = await a_person("Bojan Kralj")
    await a_case(bojan, "outgoing")

    assert (await wishes(bojan)).state == RequestState.ASKED


async def test_without_a_price_in_the_policy_none_is_charged() -> None:
    ana = await a_person("Ana Zupan")
    await a_case(ana, "reminder", policy="kombo-2")

    with pytest.raises(NotOffered):
        await agree(ana.account.id, WISHED, decided_by="Nada", reason="agreed", with_fee=True, at=NOON)


async def test_asking_without_end_ends(visit: Visitor) -> None:
    page = await page_of(visit, await warned())
    for _ in range(5):
        asked = await visit.submit(filled_in(page))
        page = await visit.submit(asked.form_to("/deferral/request/withdrawal"))

    answer = await visit.submit(filled_in(page), status=429)

    assert "Danes ste prosili že večkrat." in answer.text
