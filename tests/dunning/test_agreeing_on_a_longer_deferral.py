"""A longer deferral is decided once, by a person, within the policy's days; the customer is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.customers.tables import Line, LineKind
from portal.dunning.deferrals import requesting
from portal.dunning.deferrals.agreeing import agree
from portal.dunning.deferrals.refusals import (
    DayOutside,
    NotOffered,
    NotWaiting,
)
from portal.dunning.relief_tables import AskedBy, Deferral, DeferralKind, DeferralRequest, RequestState
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.messaging.writing import write
from tests.dunning.case_rows import a_case
from tests.dunning.cases import pays
from tests.dunning.deferrals import TEN_DAYS_ON, deferrals_of, deferred, fees_of, warned
from tests.dunning.longer_deferrals import WISHED, noon, page_of, wishes
from tests.dunning.nights import happened
from tests.people import NOON, TODAY, a_person
from tests.visiting import Visitor

__all__ = ["noon"]


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


async def test_one_whose_services_are_off_can_agree_on_a_day_before_more_follows() -> None:
    bojan = await a_person("Bojan Kralj")
    await a_case(bojan, "outgoing")

    assert (await wishes(bojan)).state == RequestState.ASKED


async def test_without_a_price_in_the_policy_none_is_charged() -> None:
    ana = await a_person("Ana Zupan")
    await a_case(ana, "reminder", policy="kombo-2")

    with pytest.raises(NotOffered):
        await agree(ana.account.id, WISHED, decided_by="Nada", reason="agreed", with_fee=True, at=NOON)
