"""The worker is killed between the booked payment and the SMS. Another one finishes, and tells it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.faults.customer import Customer, stripe_and_books_agree
from tests.faults.estate import Estate, until
from tests.payments.stand_in import StandIn

SENT = """
    SELECT count(*) FROM barring_orders o JOIN lines l ON l.id = o.line WHERE l.number = $1 AND state = 'sent'
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
