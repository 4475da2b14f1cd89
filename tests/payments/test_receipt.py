"""A receipt says what was paid, when, how and for what, and prints well."""

from __future__ import annotations

import re

from portal import clock
from portal.sandbox.stripe import happening
from tests.payments.books import attempts, pay, start
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Visitor
from tests.working import work_off


async def test_a_receipt_says_everything(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill, other = await bojan.bill(3_000), await bojan.bill(1_250)
    page = await pay(visit, stripe)

    receipt = await visit.get(f"{page.path}/receipt")

    assert re.search(r"Potrdilo o plačilu P-20\d\d-\d{6}", receipt.text)
    for words in ("42,50 €", bill.number, other.number, "30,00 €", "12,50 €", "Visa •••• 4242", "Bojan Kralj"):
        assert words in receipt.text, words
    assert bojan.customer.number in receipt.text
    assert receipt.one("button[data-print]") is not None
    assert receipt.one("main a[href='tel:+38640404040']") is not None


async def test_a_receipt_counts_what_was_credited_and_returned(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)
    url = (await start(visit)).response.headers["location"]
    await pay(visit, stripe, first)
    page = await visit.get(await stripe.choose(url, "paid"))

    receipt = await visit.get(f"{page.path}/receipt")
    assert "V vaše dobro10,00 €" in receipt.text

    await happening.refund((await stripe.sessions())[0].intent, 1_500, clock.now())
    await stripe.tell()
    await work_off()
    receipt = await visit.get(f"{page.path}/receipt")
    assert "Vrnjeno vam15,00 €" in receipt.text
    assert f"Račun {second.number}" in receipt.text


async def test_there_is_no_receipt_for_what_was_not_paid(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await start(visit)
    [attempt] = await attempts()

    await visit.get(f"/payments/{attempt.id}/receipt", status=404)
