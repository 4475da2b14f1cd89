"""Paying connects again: the page tells the truth at each step, and the SMS comes once."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.dunning.tables import Reconnection, Suspension
from portal.network.tables import OPEN
from portal.sandbox.network import Behaviour
from portal.sandbox.phone import SandboxPhone
from tests.dunning.cases import suspended
from tests.payments.books import attempts, pay, start
from tests.payments.stand_in import StandIn
from tests.people import Person, signed_in
from tests.visiting import Page, Visitor
from tests.working import work_off
from tests.world import Exchange, texts


def steps(page: Page) -> dict[str, str]:
    """Step → done, now, waiting or failed."""
    return {item.cssselect("b")[0].text: item.get("class") for item in page.all(".steps li")}


async def progress(visit: Visitor) -> Page:
    return await visit.get(f"/payments/{(await attempts())[-1].id}")


async def test_paid_booked_sent_connected_and_told_once(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    await bojan.bill()
    await suspended(bojan)
    assert await exchange.has(bojan.line.number) != OPEN
    before = len(await texts(bojan.line.number))

    page = await pay(visit, stripe)

    assert "Storitve vklapljamo" in page.text
    assert steps(page) == {
        "Plačilo prejeto": "done",
        "Plačilo knjiženo": "done",
        "Poslano v omrežje": "now",
        "Priklopljeno": "waiting",
        "Ugasnite in znova prižgite telefon": "waiting",
    }
    assert page.one("#progress").get("hx-get") == page.path

    await stripe.tell(times=3)
    await work_off()

    page = await progress(visit)
    assert "Storitve so znova vklopljene" in page.text
    assert list(steps(page).values()) == ["done", "done", "done", "done", "now"]
    assert not page.all("[hx-get]")
    assert await exchange.has(bojan.line.number) == OPEN
    assert len(await texts(bojan.line.number)) == before + 1
    assert await Reconnection.count() == 1
    assert not await Suspension.exists().where(Suspension.ended_at.is_null())


async def test_the_page_moves_by_itself_and_by_reload(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    await bojan.bill()
    await suspended(bojan)
    page = await pay(visit, stripe)
    assert page.one("head noscript meta[http-equiv=refresh]") is not None
    where = page.one("#progress").get("hx-get") or ""

    block = await visit.get(where, headers={"hx-request": "true", "hx-target": "section#progress"})
    assert "<html" not in block.html
    assert block.one("section#progress[hx-get]") is not None

    await work_off()
    block = await visit.get(where, headers={"hx-request": "true", "hx-target": "section#progress"})
    assert "Storitve so znova vklopljene" in block.text
    assert not block.all("[hx-get]")
    assert not (await progress(visit)).all("noscript")


async def test_who_is_not_cut_off_sees_no_network(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()

    page = await pay(visit, stripe)

    assert list(steps(page)) == ["Plačilo prejeto", "Plačilo knjiženo"]
    assert not page.all("[hx-get]")


async def test_paying_a_part_says_what_is_still_needed(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    first = await bojan.bill(3_000)
    await bojan.bill(1_500)
    await suspended(bojan)

    page = await pay(visit, stripe, first)

    assert "poravnati še druge zapadle račune" in page.text
    assert await Reconnection.count() == 0
    rest = await visit.submit(page.form_to(f"{page.path}/rest"), status=303, follow=False)
    await visit.get(await stripe.choose(rest.response.headers["location"], "paid"))
    await work_off()
    assert "Storitve so znova vklopljene" in (await progress(visit)).text


async def test_a_debit_under_way_connects_nobody(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    await bojan.bill()
    await suspended(bojan)

    page = await pay(visit, stripe, outcome="debit")
    await stripe.tell()
    await work_off()

    assert steps(page)["Poslano v omrežje"] == "waiting"
    assert await exchange.has(bojan.line.number) != OPEN


async def test_a_network_that_is_late_is_said_to_be_late(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    await bojan.bill()
    await suspended(bojan)
    await exchange.behaves(bojan.line.number, Behaviour.SILENT)
    await pay(visit, stripe)
    await work_off()
    assert steps(await progress(visit))["Priklopljeno"] == "now"

    later = clock.now() + timedelta(minutes=15)
    with clock.stopped_at(later):
        await signed_in(visit, bojan, at=later)
        page = await progress(visit)

    assert "Omrežje potrebuje več časa kot običajno" in page.text
    assert page.one("#progress").get("hx-trigger") == "every 15s"


async def test_a_network_that_refuses_is_ours_to_mend(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    await bojan.bill()
    await suspended(bojan)
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await pay(visit, stripe)

    await work_off()

    page = await progress(visit)
    assert "Priklop bomo uredili ročno" in page.text
    assert "varno in knjiženo" in page.text
    assert "040 40 40 40" in page.text
    assert steps(page)["Poslano v omrežje"] == "failed"
    assert not page.all("[hx-get]")


async def test_an_abandoned_payment_connects_nobody(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange, phone: SandboxPhone
) -> None:
    await bojan.bill()
    await suspended(bojan)
    await start(visit)

    await work_off()

    assert await exchange.has(bojan.line.number) != OPEN
    assert await Reconnection.count() == 0
