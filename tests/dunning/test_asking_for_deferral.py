"""ODLOG10 to 4040: who holds the number is granted a deferral or told exactly why not; nobody else learns anything."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from app import import_every_keyword
from portal import reference
from portal.billing.pay_links import pay_link
from portal.customers.tables import Account, Contract, Customer, CustomerKind, Line, LineKind
from portal.database import connection
from portal.dunning.relief_tables import AskedBy
from portal.messaging import inbound
from portal.messaging.segments import segments
from portal.messaging.tables import Message
from tests.dunning.case_rows import a_case
from tests.dunning.deferrals import TEN_DAYS_ON, deferrals_of, deferred, fees_of, paid_before, settles, warned
from tests.people import NOON, TODAY, Person, a_bill, a_person, saved

STRANGER = "+38641999999"
MOST = 4
_asked = count(1)


@pytest.fixture(autouse=True)
def keywords(database: str) -> None:
    import_every_keyword()


async def answer(sender: str | None, gateway_id: str | None = None) -> Message:
    assert sender is not None
    gateway_id = gateway_id or f"asked {next(_asked)}"
    replied = await inbound.answer(gateway_id, sender, "4040", "odlog10", NOON)
    assert replied is not None
    return replied


async def words_for(person: Person) -> str:
    return str((await answer(person.customer.contact_number)).body)


async def test_granted_with_the_day_the_bills_and_the_price() -> None:
    bojan = await warned()
    [bill] = [bill for bill in bojan.bills if bill.open_cents]

    reply = await answer(bojan.customer.contact_number)

    assert reply.body == (
        "Odlog je odobren do 1. 12. 2026. Do tega dne poravnajte: "
        f"86,45 EUR, rok {bill.due_on.day}. {bill.due_on.month}. 2026, sklic {reference.show(bill.reference)}; "
        "skupaj 86,45 EUR, sicer sledi izklop. Odlog stane 2,99 EUR. "
        f"{pay_link(bojan.account.number, NOON)} Moj A1"
    )
    assert reply.customer == bojan.customer.id
    [deferral] = await deferrals_of(bojan)
    assert (deferral.until, deferral.asked_by) == (TEN_DAYS_ON, AskedBy.SMS)
    assert await Message.count() == 1, "the answer is the message: no second one tells the same"


async def test_the_gateway_that_repeats_its_call_and_the_customer_who_asks_again_pay_once() -> None:
    bojan = await warned()

    first = await answer(bojan.customer.contact_number, "the same")
    repeated = await answer(bojan.customer.contact_number, "the same")
    again = await answer(bojan.customer.contact_number)

    assert repeated.id == first.id
    assert again.body == first.body, "no refusal: it is granted, until that day"
    assert await fees_of(bojan) == [299]


async def test_a_deferral_agreed_on_freely_names_no_price() -> None:
    bojan = await warned()
    await deferred(bojan)
    async with connection() as connected:
        await connected.execute("DELETE FROM charges")

    assert "Odlog stane" not in await words_for(bojan)


async def test_of_many_bills_the_oldest_are_told_as_far_as_they_fit() -> None:
    bojan = await warned(cents=1_234_567)
    for _ in range(12):
        await bojan.bill(1_234_567)

    text = await words_for(bojan)

    assert segments(text) <= MOST
    assert "drugih postavk;" in text or "druge postavke;" in text


async def test_in_english_to_whom_reads_english() -> None:
    bojan = await warned()
    await Customer.update({Customer.language: "en"}).where(Customer.id == bojan.customer.id)

    assert (await words_for(bojan)).startswith("Your deferral is granted until 1 Dec 2026. Pay by then:")


async def test_nothing_overdue() -> None:
    bojan = await a_person("Bojan Kralj")

    assert await words_for(bojan) == "Nimate zapadlih računov, zato odloga ne potrebujete. Hvala. Moj A1"


async def test_too_early_tells_when_the_notice_is_expected() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "reminder")

    assert "mogoč je po SMS-u pred izklopom. Predvidoma 23. 11. 2026." in await words_for(bojan)


async def test_too_late_says_what_brings_the_services_back() -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    await a_case(bojan, "outgoing")

    assert "storitve so že izklopljene. Po plačilu jih znova vklopimo." in await words_for(bojan)


async def test_a_new_customer_and_a_company() -> None:
    new, company = await warned(paid=3), await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await a_case(company, "notice", policy="mobile-company-1")

    assert "novim naročnikom je na voljo po 4. plačanem računu." in await words_for(new)
    assert "na voljo je samo fizičnim osebam." in await words_for(company)


async def test_used_recently_tells_the_day() -> None:
    before = TODAY - timedelta(days=20)
    bojan = await warned(today=before)
    await deferred(bojan, before)
    await settles(bojan)
    await a_case(bojan, "notice")

    assert "naslednji je mogoč od 1. 12. 2026." in await words_for(bojan)


async def test_used_for_these_bills() -> None:
    bojan = await warned(today=TODAY - timedelta(days=15))
    await deferred(bojan, TODAY - timedelta(days=15))

    assert "za te račune ste ga že izkoristili." in await words_for(bojan)


async def test_of_several_accounts_the_one_that_can_be_put_off() -> None:
    bojan, second = await with_two_accounts()

    reply = await answer(bojan.customer.contact_number)

    assert str(reply.body).startswith(f"Narocniski racun {second.account.number}: Odlog je odobren")
    assert len(await deferrals_of(second)) == 1
    assert await deferrals_of(bojan) == []


async def with_two_accounts() -> tuple[Person, Person]:
    """Bojan's first account has nothing overdue, the notice of the second has arrived."""
    bojan = await a_person("Bojan Kralj")
    account = await saved(Account(customer=bojan.customer.id, number="2999001"))
    contract = await saved(
        Contract(account=account.id, package=bojan.contract.package, number="PF1", concluded_on=TODAY)
    )
    second = Person(bojan.customer, account, contract, bojan.line, bojan.login)
    await paid_before(second, 4)
    await a_case(second, "notice")
    return bojan, second


async def test_a_second_sms_on_the_same_day_is_no_second_fee_on_another_account() -> None:
    bojan, second = await with_two_accounts()
    await a_case(bojan, "notice")

    replies = [await answer(bojan.customer.contact_number) for _ in range(3)]

    assert len({reply.body for reply in replies}) == 1
    assert len(await deferrals_of(bojan)) + len(await deferrals_of(second)) == 1


async def test_whoever_else_asks_gets_the_same_words_to_the_byte() -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await another_line(company, "+38641888001")
    household = await warned()
    await another_line(household, "+38641888002")
    await Customer.update({Customer.language: "en"}, force=True)

    replies = [await answer(number) for number in (STRANGER, "+38641888001", "+38641888002")]

    assert len({str(reply.body).encode() for reply in replies}) == 1
    assert {reply.customer for reply in replies} == {None}
    assert "040 40 40 85" in str(replies[0].body)
    assert await deferrals_of(household) == []


async def test_the_only_line_of_a_company_is_still_not_the_company() -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await Customer.update({Customer.contact_number: "+38641777001"}).where(Customer.id == company.customer.id)

    assert (await answer(company.line.number)).body == (await answer(STRANGER)).body


async def another_line(person: Person, number: str) -> None:
    await saved(Line(account=person.account.id, contract=person.contract.id, kind=LineKind.MOBILE, number=number))


async def test_a_bill_that_falls_due_later_is_not_among_those_to_pay_by_then() -> None:
    bojan = await warned()
    await a_bill(bojan.account, 1_111, due=TODAY + timedelta(days=3))

    assert "11,11" not in await words_for(bojan)
