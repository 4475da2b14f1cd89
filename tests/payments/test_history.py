"""The history of payments: what came and how, what each settled, and a receipt for each."""

from __future__ import annotations

from datetime import timedelta

from bench.queries import counting
from portal import clock
from portal.money import Money
from portal.payments.credit import use_credit_alone
from portal.payments.reversing import reverse
from portal.payments.tables import AttemptState, Method, Payment, PaymentAttempt, ReversalKind
from portal.sandbox.stripe.tables import CheckoutPage
from tests.payments.books import pay, start
from tests.payments.money import by_bank, choosing, refund_asked
from tests.payments.stand_in import StandIn
from tests.people import Person, a_person
from tests.visiting import Visitor


async def test_it_is_empty_in_kind_words(visit: Visitor, bojan: Person) -> None:
    assert "Plačil še ni" in (await visit.get("/payments")).text


async def test_each_payment_says_how_it_came_and_what_it_settled(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)
    away = await choosing(visit, [first, second], {second.id: "5"})
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))
    await by_bank(bojan, 1_700, second)

    page = await visit.get("/payments")

    bank, card = page.all("main ul.rows > li")
    told = [
        " ".join("".join(node.itertext()).replace("\u202f", " ").replace("\xa0", " ").split()) for node in (bank, card)
    ]
    assert told[0].startswith("17,00 €")
    assert f"Bančno nakazilo del računa {second.number}: 15,00 € 2,00 € ostane kot dobroimetje" in told[0]
    assert "Kartica Visa •••• 4242" in told[1]
    assert f"račun {first.number}: 10,00 € del računa {second.number}: 5,00 €" in told[1]
    assert all("knjiženo" in words for words in told)


async def test_credit_that_was_used_later_says_when(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 5_000)
    bill = await bojan.bill(1_000)
    await use_credit_alone(bojan.account.id, at=clock.now() + timedelta(seconds=1))

    page = await visit.get("/payments")

    assert f"račun {bill.number}: 10,00 € iz dobroimetja, " in page.text
    assert "40,00 € ostane kot dobroimetje" in page.text


async def test_credit_that_was_used_and_then_went_back_settled_nothing(visit: Visitor, bojan: Person) -> None:
    payment = await by_bank(bojan, 1_000)
    bill = await bojan.bill(1_000)
    await use_credit_alone(bojan.account.id, at=clock.now() + timedelta(seconds=1))
    await reverse(payment, ReversalKind.RETURNED, "back", Money(1_000), at=clock.now())

    page = await visit.get("/payments")

    assert "vrnjeno" in page.text
    assert bill.number not in page.text


async def test_what_is_on_its_way_or_did_not_succeed_is_told(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)
    await stripe.choose((await start(visit, first)).response.headers["location"], "debit")
    await visit.get(f"/payments/return?session_id={(await stripe.sessions())[0].id}")
    await start(visit, second)
    await PaymentAttempt.update({PaymentAttempt.state: AttemptState.FAILED}).where(
        PaymentAttempt.state == AttemptState.OPEN
    )

    page = await visit.get("/payments")

    assert "na poti" in page.text
    assert "ni uspelo" in page.text

    await PaymentAttempt.update({PaymentAttempt.updated_at: clock.now() - timedelta(days=31)}, force=True)
    assert "ni uspelo" not in (await visit.get("/payments")).text


async def test_held_money_is_told_as_looked_at(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    url = (await start(visit, bill)).response.headers["location"]
    await CheckoutPage.update({CheckoutPage.total_cents: 900}, force=True)
    await visit.get(await stripe.choose(url, "paid"))

    assert "v pregledu" in (await visit.get("/payments")).text


async def test_returned_is_told_apart_from_credit_asked_back(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill(1_000)
    payment = await by_bank(bojan, 1_000, bill)
    await by_bank(bojan, 500)
    await refund_asked(bojan)

    page = await visit.get("/payments")
    assert "5,00 € dobroimetja za vračilo" in page.text
    assert "vrnjeno" not in page.text

    await reverse(payment, ReversalKind.REFUND, "re_1", Money(1_000), at=clock.now())
    assert "vrnjeno" in (await visit.get("/payments")).text


async def test_older_ones_are_a_page_further(visit: Visitor, bojan: Person) -> None:
    for _ in range(21):
        await by_bank(bojan, 100)

    first = await visit.get("/payments")
    second = await visit.get("/payments?page=2")

    assert (len(first.all("main ul.rows > li")), len(second.all("main ul.rows > li"))) == (20, 1)
    assert first.one("a[rel=next]").get("href") == "/payments?page=2"
    assert second.one("a[rel=prev]").get("href") == "/payments?page=1"
    for nonsense in ("0", "-1", "x", "1e3", "99999999999999999999", "٣"):
        await visit.get(f"/payments?page={nonsense}")


async def test_twenty_payments_ask_no_more_of_the_database_than_one(visit: Visitor, bojan: Person) -> None:
    """The session, the payments, and what they settled."""
    bill = await bojan.bill(100_000)
    for _ in range(20):
        await by_bank(bojan, 100, bill)
    await visit.get("/payments")

    with counting() as asked:
        await visit.get("/payments")

    assert len(asked) == 3


async def test_a_payment_by_the_bank_has_its_page_and_receipt(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill(1_000)
    payment = await by_bank(bojan, 1_200, bill)

    page = await visit.get(f"/payments/received/{payment.id}")
    receipt = await visit.get(f"/payments/received/{payment.id}/receipt")

    assert "Bančno nakazilo" in page.text
    for words in ("12,00 €", bill.number, "10,00 €", "Bančno nakazilo", "V vaše dobro", "2,00 €", "Bojan Kralj"):
        assert words in receipt.text, words


async def test_a_payment_with_its_own_page_is_shown_there(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(1_000)
    page = await pay(visit, stripe)
    payment = await Payment.objects().first()
    assert payment is not None

    assert (await visit.get(f"/payments/received/{payment.id}")).path == page.path


async def test_a_credit_note_is_no_payment_and_has_no_receipt(visit: Visitor, bojan: Person) -> None:
    note = await by_bank(bojan, 300, method=Method.CREDIT_NOTE)

    assert "Dobropis je upoštevan" in (await visit.get(f"/payments/received/{note.id}")).text
    await visit.get(f"/payments/received/{note.id}/receipt", status=404)


async def test_strangers_see_nothing_of_it(visit: Visitor, bojan: Person) -> None:
    payment = await by_bank(await a_person("Tujec Neznani"), 300)

    await visit.get(f"/payments/received/{payment.id}", status=404)
    await visit.get(f"/payments/received/{payment.id}/receipt", status=404)
    assert "3,00 €" not in (await visit.get("/payments")).text


async def test_what_a_guest_paid_is_named_so(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(1_000)
    await pay(visit, stripe)
    await PaymentAttempt.update({PaymentAttempt.login: None}, force=True)

    assert "Plačano brez prijave" in (await visit.get("/payments")).text
