"""The worker is killed while the network is at work. Another one finishes, and everything has happened once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.faults.customer import Customer, stripe_and_books_agree
from tests.faults.estate import Estate, until
from tests.payments.stand_in import StandIn

SENT = """
    SELECT count(*) FROM barring_orders o JOIN lines l ON l.id = o.line WHERE l.number = $1 AND state = 'sent'
"""
SERVICE_SENT = """
    SELECT count(*) FROM service_orders o JOIN lines l ON l.id = o.line WHERE l.number = $1 AND state = 'sent'
"""
SWITCHED = """
    SELECT s.state = 'done' FROM switches s JOIN lines l ON l.id = s.line WHERE l.number = $1
"""
DONE_ONCE = """
    SELECT is_on AND applied = 1 FROM sandbox.network_services WHERE number = $1 AND service = 'call_id_hidden'
"""
ORDERS = "SELECT count(*) FROM service_orders o JOIN lines l ON l.id = o.line WHERE l.number = $1"
READ = """
    INSERT INTO services_read (line, read_at) SELECT id, now() FROM lines WHERE number = $1
    ON CONFLICT (line) DO UPDATE SET read_at = excluded.read_at
"""
SLOW = """
    INSERT INTO sandbox.network_lines (number, voice_out, voice_in, sms_out, data, behaviour, applied)
    VALUES ($1, true, false, true, true, 'slow', 0)
    ON CONFLICT (number) DO UPDATE SET behaviour = 'slow'
"""


async def test_between_booking_and_sms(
    estate: Estate, stripe: StandIn, a_bojan: Callable[[], Awaitable[Customer]]
) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    async with estate.books() as books:
        await books.execute(SLOW, bojan.number)
    page = await bojan.come_back(await bojan.pay_at_stripe(await bojan.press_pay()))
    assert "Storitve vklapljamo" in page.text

    async def network_is_at_work() -> bool:
        return bool(await estate.ask(SENT, bojan.number))

    await until(network_is_at_work, "the order is being carried out")
    estate.kill("worker")
    assert not await bojan.is_connected()
    await estate.work()
    await estate.work()

    await bojan.gets_connected()
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)


async def test_between_a_switch_and_the_network(estate: Estate, a_bojan: Callable[[], Awaitable[Customer]]) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    async with estate.books() as books:
        await books.execute(SLOW, bojan.number)
        await books.execute(READ, bojan.number)
    await bojan.switch("call_id_hidden")

    async def network_is_at_work() -> bool:
        return bool(await estate.ask(SERVICE_SENT, bojan.number))

    await until(network_is_at_work, "the order is being carried out")
    estate.kill("worker")
    assert not await estate.ask(SWITCHED, bojan.number)
    await estate.work()
    await estate.work()

    async def is_switched() -> bool:
        return bool(await estate.ask(SWITCHED, bojan.number))

    await until(is_switched, "switched")
    assert await estate.ask(DONE_ONCE, bojan.number)
    assert await estate.ask(ORDERS, bojan.number) == 1
