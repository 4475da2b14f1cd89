"""Asking credit back: it is set aside at once, sent by a person, and never used or asked twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal import clock
from portal.dunning.tables import Reconnection
from portal.messaging.tables import Message
from portal.money import Money
from portal.payments import refunding
from portal.payments.credit import use_credit_alone
from portal.payments.refunding import MoreThanCredit, NoCredit, NoRefundWaits, RefundAsked
from portal.payments.reversing import reverse
from portal.payments.tables import RefundRequest, RefundState, Reversal, ReversalKind
from portal.refusals import NotFound
from portal.sandbox.phone import SandboxPhone
from tests.dunning.cases import suspended
from tests.payments.books import books_balance, credit_of, open_of
from tests.payments.money import IBAN, by_bank, choosing, proven, refund_asked
from tests.payments.stand_in import StandIn
from tests.payments.test_money_back import command
from tests.people import Person, a_person
from tests.visiting import Visitor
from tests.world import Exchange


async def the_request() -> RefundRequest:
    [request] = await RefundRequest.objects()
    return request


async def test_the_whole_way(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 4_250)
    await proven()
    page = await visit.get("/payments/credit/refund")

    shown = await visit.submit(page.form.fill(iban="si56 1910 0000 0123 438", holder="Bojan Kralj"))

    assert "Zaprosili ste za vračilo 42,50 €" in shown.text
    request = await the_request()
    assert (request.amount_cents, request.iban, request.state) == (4_250, IBAN, RefundState.ASKED)
    assert await credit_of(bojan.account) == 0
    assert await books_balance()

    await refunding.mark_paid(request.id, decided_by="Nada", at=clock.now())
    assert "nakazano" in (await visit.get("/payments/credit")).text
    assert {row["template"] for row in await Message.select(Message.template)} == {"refund_paid"}
    with pytest.raises(NoRefundWaits):
        await refunding.mark_paid(request.id, decided_by="Nada", at=clock.now())


async def test_a_code_is_asked_for_first(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 1_000)

    page = await visit.get("/payments/credit/refund")

    assert page.path.startswith("/account/proof")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("iban", "SI56191000000123439", "Preverite IBAN."),
        ("iban", "", "Preverite IBAN."),
        ("iban", "<script>", "Preverite IBAN."),
        ("holder", "", "Vpišite ime imetnika bančnega računa."),
        ("holder", "x" * 71, "največ 70 znakov"),
        ("amount", "0", "večji od nič"),
        ("amount", "vse", "na primer 25,00"),
        ("amount", "10,01", "Vaše dobroimetje je 10,00 €."),
    ],
)
async def test_what_is_wrong_is_said_and_kept(
    visit: Visitor, bojan: Person, field: str, typed: str, words: str
) -> None:
    await by_bank(bojan, 1_000)
    await proven()
    form = (await visit.get("/payments/credit/refund")).form.fill(iban=IBAN, holder="Bojan Kralj")

    page = await visit.submit(form.fill(**{field: typed}), status=400)

    assert words in page.text
    assert (page.one(f"#{field}").get("value") or "") == typed
    assert not await RefundRequest.count()


async def test_mistakes_are_told_in_the_order_of_the_fields(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 1_000)
    await proven()
    form = (await visit.get("/payments/credit/refund")).form.fill(amount="vse")

    page = await visit.submit(form, status=400)

    assert [link.get("href") for link in page.all("main [role=alert] a")] == ["#amount", "#iban", "#holder"]


async def test_a_part_leaves_the_rest_and_takes_the_oldest_first(database: str) -> None:
    person = await a_person(registered=False)
    older, newer = await by_bank(person, 1_000), await by_bank(person, 700)

    await refund_asked(person, 1_200)

    taken = {row.payment: row.amount_cents for row in await Reversal.objects()}
    assert taken == {older.id: 1_000, newer.id: 200}
    assert await credit_of(person.account) == 500
    assert await books_balance()


async def test_nothing_more_or_twice_can_be_asked(database: str) -> None:
    person = await a_person(registered=False)
    with pytest.raises(NoCredit):
        await refund_asked(person)
    await by_bank(person, 1_000)
    with pytest.raises(MoreThanCredit):
        await refund_asked(person, 1_001)
    await refund_asked(person, 400)
    with pytest.raises(RefundAsked):
        await refund_asked(person, 100)
    assert await credit_of(person.account) == 600


async def test_taken_back_by_the_customer_it_is_credit_again(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 1_000)
    await refund_asked(bojan)
    page = await visit.get("/payments/credit")

    await visit.submit(page.form_to("/payments/credit/refund/withdrawal"))

    assert (await the_request()).state == RefundState.WITHDRAWN
    assert await credit_of(bojan.account) == 1_000
    assert await books_balance()
    await refund_asked(bojan)


async def test_refused_it_settles_what_has_been_opened_meanwhile(database: str) -> None:
    person = await a_person(registered=False)
    await by_bank(person, 1_000)
    request = await refund_asked(person)
    bill = await person.bill(600)

    await refunding.refuse(request.id, reason="Račun je zaprt.", decided_by="Nada", at=clock.now())

    assert await open_of(bill) == 0
    assert await credit_of(person.account) == 400
    assert await books_balance()
    with pytest.raises(NoRefundWaits):
        await refunding.refuse(request.id, reason="Še enkrat.", decided_by="Nada", at=clock.now())


async def test_what_was_asked_back_is_not_used_for_a_bill(database: str) -> None:
    person = await a_person(registered=False)
    await by_bank(person, 1_000)
    await refund_asked(person)
    bill = await person.bill(600)

    assert await use_credit_alone(person.account.id, at=clock.now()) == Money(0)

    assert await open_of(bill) == 600


async def test_asking_and_using_at_the_same_moment_spend_it_once(database: str) -> None:
    person = await a_person(registered=False)
    await by_bank(person, 1_000)
    bill = await person.bill(600)

    await asyncio.gather(
        refund_asked(person), use_credit_alone(person.account.id, at=clock.now()), return_exceptions=True
    )

    assert await open_of(bill) == 0
    assert (await the_request()).amount_cents == 400
    assert await credit_of(person.account) == 0
    assert await books_balance()


async def test_ten_askers_get_it_once(database: str) -> None:
    person = await a_person(registered=False)
    await by_bank(person, 1_000)

    answers = await asyncio.gather(*(refund_asked(person) for _ in range(10)), return_exceptions=True)

    assert sum(isinstance(answer, RefundRequest) for answer in answers) == 1
    assert (await the_request()).amount_cents == 1_000
    assert await books_balance()


async def test_money_that_goes_back_by_itself_is_not_sent_a_second_time(database: str) -> None:
    person = await a_person(registered=False)
    bill = await person.bill(600)
    payment = await by_bank(person, 1_000, bill)
    await refund_asked(person)

    await reverse(payment, ReversalKind.DISPUTE, "dp_1", Money(1_000), at=clock.now())

    request = await the_request()
    assert request.state == RefundState.REFUSED
    assert not request.reason
    assert await open_of(bill) == 600
    assert await credit_of(person.account) == 0
    assert await books_balance()


async def test_the_other_money_of_a_refund_that_is_called_off_connects_again(
    database: str, exchange: Exchange, phone: SandboxPhone
) -> None:
    """Its request had taken from two payments; one goes back, the other settles what is overdue by now."""
    person = await a_person(registered=False)
    await by_bank(person, 1_000)
    taken_back = await by_bank(person, 500)
    await refund_asked(person)
    bill = await person.bill(900)
    await suspended(person)

    await reverse(taken_back, ReversalKind.RETURNED, "back", Money(500), at=clock.now())

    assert await open_of(bill) == 0
    assert await credit_of(person.account) == 100
    assert await Reconnection.count() == 1
    assert await books_balance()


async def test_hearing_of_a_reversal_again_calls_nothing_off(database: str) -> None:
    person = await a_person(registered=False)
    bill = await person.bill(600)
    payment = await by_bank(person, 1_000, bill)
    await refund_asked(person)

    for _ in range(3):
        await reverse(payment, ReversalKind.REFUND, "re_1", Money(600), at=clock.now())

    assert (await the_request()).state == RefundState.ASKED
    assert await open_of(bill) == 600
    assert await books_balance()


async def test_the_payments_page_does_not_call_it_returned(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(1_000)
    away = await choosing(visit, bojan.bills, ahead="5")
    page = await visit.get(await stripe.choose(away.response.headers["location"], "paid"))
    await refund_asked(bojan)

    page = await visit.get(page.path)

    assert "Plačilo prejeto. Hvala." in page.text
    assert "vrnjen" not in page.text
    assert "5,00 € dobroimetja za vračilo" in page.text


async def test_staff_see_who_waits_and_decide(database: str, visit: Visitor, bojan: Person) -> None:
    assert "No request waits." in await asyncio.to_thread(command, database, "payments", "refunds", "list")
    await by_bank(bojan, 4_250)
    request = await refund_asked(bojan)

    said = await asyncio.to_thread(command, database, "payments", "refunds", "list")
    assert all(words in said for words in (str(request.id), bojan.account.number, "42.50 EUR", IBAN, "Bojan Kralj"))

    await asyncio.to_thread(
        command, database, "payments", "refunds", "refuse", str(request.id), "--because", "Račun je zaprt."
    )
    assert "Račun je zaprt." in (await visit.get("/payments/credit")).text
    with pytest.raises(NotFound):
        await refunding.mark_paid(bojan.account.id, decided_by="Nada", at=clock.now() + timedelta(days=1))
