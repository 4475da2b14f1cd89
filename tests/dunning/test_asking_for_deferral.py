"""ODLOG10 to 4040, until deferrals are granted: everybody is told whom to agree on one with, in the same words."""

from __future__ import annotations

from app import import_every_keyword
from portal.messaging import inbound
from tests.people import NOON, a_person


async def test_a_customer_and_a_stranger_are_told_the_same(database: str) -> None:
    import_every_keyword()
    bojan = await a_person("Bojan Kralj")
    await bojan.bill()

    replies = [
        await inbound.answer(f"asked {n}", number, "4040", "odlog10", NOON)
        for n, number in enumerate((bojan.line.number, "+38641999999"))
    ]

    [customers, strangers] = [reply.body for reply in replies if reply is not None]
    assert customers == strangers
    assert "040 40 40 85" in customers
    assert "https://moj.test" in customers
