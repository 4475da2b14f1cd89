"""Who is told what of a switch, and by which way."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.network.tables import OFF
from portal.sandbox.network import Behaviour
from portal.services import ending
from tests.people import NOON, Person, saved
from tests.services.asking import ask, count, has, orders
from tests.services.picky import Picky
from tests.working import work_off
from tests.world import Exchange, mails, texts


async def test_a_purchase_is_confirmed_with_its_price_and_the_right_to_withdraw(franc: Person) -> None:
    await has(franc, "tv_plus")

    [mail] = await mails(franc.customer.email)
    assert "13,90\u202f€ na mesec" in mail.text
    assert "5. 12. 2026" in mail.text.replace("\u00a0", " ")
    assert "Želeli ste, da začnemo" in mail.text


async def test_what_was_bought_together_is_one_message(franc: Person) -> None:
    await has(franc, "tv_basic")
    await has(franc, "tv_sport")

    last = (await mails(franc.customer.email))[-1]
    assert len(await mails(franc.customer.email)) == 2
    assert all(name in last.text for name in ("TV Plus", "TV Šport", "TV Osnovni"))


async def test_without_an_address_it_goes_by_sms(ana: Person) -> None:
    ana.customer.email = None
    await saved(ana.customer)

    await has(ana, "data_5gb", count(1))

    [text] = await texts(ana.line.number)
    assert text.startswith("Vklopljeno, 041 ")
    assert "Dodatnih 5 GB (4,99 EUR enkratno)" in text


async def test_a_company_is_not_told_of_a_right_it_does_not_have(shop: Person) -> None:
    await has(shop, "tv_plus")

    [mail] = await mails(shop.customer.email)
    assert "odstop" not in mail.text


async def test_what_costs_nothing_is_told_by_the_page_alone(ana: Person) -> None:
    await has(ana, "data_abroad")
    await has(ana, "roaming", OFF)

    assert await mails(ana.customer.email) == []


async def test_that_a_paid_one_is_off_is_confirmed_too(franc: Person) -> None:
    await has(franc, "tv_plus")
    await has(franc, "tv_plus", OFF)

    assert "izklopljeno, zaračunano do vključno tega dne" in (await mails(franc.customer.email))[-1].text


async def test_the_end_of_an_order_noted_twice_is_told_once(franc: Person) -> None:
    await has(franc, "tv_plus")
    [order] = await orders(franc)

    await ending.go_on(order.id, NOON)
    await work_off()

    assert len(await mails(franc.customer.email)) == 1


async def test_a_refusal_at_once_is_told_by_the_page(franc: Person, picky: Picky) -> None:
    picky.refused = {"tv_plus": "not_reachable"}

    await has(franc, "tv_plus")

    assert await mails(franc.customer.email) == []


async def test_a_refusal_that_took_long_is_told(franc: Person, exchange: Exchange) -> None:
    await exchange.behaves(franc.line.number, Behaviour.REFUSING, "not_reachable")
    await ask(franc, "tv_plus")

    with clock.stopped_at(NOON + timedelta(minutes=3)):
        await work_off()

    [mail] = await mails(franc.customer.email)
    assert "Na vašem naslovu te storitve še ni. Ničesar ne zaračunamo." in mail.text


async def test_what_was_put_back_is_not_told_as_a_purchase(franc: Person, picky: Picky) -> None:
    await has(franc, "tv_basic")
    picky.refused = {"tv_sport": "not_reachable"}

    await has(franc, "tv_sport")

    assert len(await mails(franc.customer.email)) == 1
