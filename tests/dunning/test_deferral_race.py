"""Two askers at once, by SMS and by page: one deferral, one fee, and both get a friendly answer."""

from __future__ import annotations

import asyncio

import pytest

from app import import_every_keyword
from portal import clock
from portal.dunning.deferrals import voice
from portal.messaging import inbound
from portal.messaging.tables import Message
from tests.dunning.cases import pays
from tests.dunning.deferrals import deferrals_of, fees_of, warned
from tests.dunning.nights import happened
from tests.people import NOON, Person, signed_in
from tests.visiting import FormOnPage, Visitor, portal_app

PLACES = 5


@pytest.mark.parametrize("story", range(3))
async def test_by_sms_and_by_page_in_parallel(visit: Visitor, story: int) -> None:
    import_every_keyword()
    bojan = await warned()
    number = str(bojan.customer.contact_number)
    with clock.stopped_at(NOON):
        await signed_in(visit, bojan, at=NOON)
        form = (await visit.get("/deferral")).form_to("/deferral")
        pages = [visit.submit(form) for _ in range(PLACES)]
        texts = [inbound.answer(f"{story} {n}", number, "4040", "ODLOG10", NOON) for n in range(PLACES)]
        calls = [voice.answer(f"{story} {n}", number, NOON) for n in range(2)]
        seen, replies, said = await asyncio.gather(
            asyncio.gather(*pages), asyncio.gather(*texts), asyncio.gather(*calls)
        )

    assert len(await deferrals_of(bojan)) == 1
    assert await fees_of(bojan) == [299]
    assert await happened(bojan, ["deferred"]) == ["deferred"]
    assert all("Izklop je odložen do 1. decembra" in page.text for page in seen)
    assert all(reply and str(reply.body).startswith("Odlog je odobren do 1. 12. 2026.") for reply in replies)
    assert [answer["until"] for answer in said] == ["2026-12-01"] * 2


@pytest.mark.parametrize("story", range(4))
async def test_a_payment_at_the_same_moment_leaves_no_deferral_of_nothing(database: str, story: int) -> None:
    import_every_keyword()
    bojan = await warned()
    number = str(bojan.customer.contact_number)
    asking, paying = inbound.answer(f"race {story}", number, "4040", "ODLOG10", NOON), pays(bojan)

    await asyncio.gather(*((asking, paying) if story % 2 else (paying, asking)))

    assert all(deferral.ended_at for deferral in await deferrals_of(bojan))
    assert len(await fees_of(bojan)) == len(await deferrals_of(bojan))


async def test_one_sms_told_ten_times_at_once_is_one(database: str) -> None:
    import_every_keyword()
    bojan = await warned()
    number = str(bojan.customer.contact_number)

    replies = await asyncio.gather(*(inbound.answer("the same", number, "4040", "ODLOG10", NOON) for _ in range(10)))

    assert len({reply.id for reply in replies if reply}) == 1
    assert await fees_of(bojan) == [299]
    assert await Message.count() == 1


async def test_a_phone_and_a_second_browser(database: str) -> None:
    bojan = await warned()
    with clock.stopped_at(NOON):
        async with Visitor(portal_app()) as one, Visitor(portal_app()) as other:
            forms = [await form_in(browser, bojan) for browser in (one, other)]
            answers = await asyncio.gather(one.submit(forms[0]), other.submit(forms[1]))

    assert [answer.status for answer in answers] == [200, 200]
    assert await fees_of(bojan) == [299]


async def form_in(browser: Visitor, person: Person) -> FormOnPage:
    await signed_in(browser, person, at=NOON)
    return (await browser.get("/deferral")).form_to("/deferral")
