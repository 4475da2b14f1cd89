"""RACUN to 9443: whoever holds the number learns what is open and how to pay it, and nobody else learns anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

import pytest
from stdnum import iban

from app import import_every_keyword
from portal import reference
from portal.billing.pay_links import pay_link
from portal.customers.tables import Account, Contract, Customer, CustomerKind, Line, LineKind
from portal.messaging import inbound
from portal.messaging.segments import is_gsm7, segments
from portal.messaging.tables import Message
from portal.payments.tables import AttemptBill, AttemptState, PaymentAttempt
from portal.settings import settings
from tests.people import NOON, TODAY, Person, a_bill, a_person, saved

IBAN = "SI56191000000123438"
STRANGER = "+38641999999"
MOST = 4

_asked = count(1)


@pytest.fixture(autouse=True)
def payee(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An operator with an account that money can go to."""
    monkeypatch.setenv("PAYEE_NAME", "Moj A1, d. o. o.")
    monkeypatch.setenv("PAYEE_IBAN", IBAN)
    settings.cache_clear()
    import_every_keyword()
    yield monkeypatch
    settings.cache_clear()


async def answer(sender: str) -> Message:
    """What somebody gets who sends RACUN from a number, as they would read it."""
    replied = await inbound.answer(f"asked {next(_asked)}", sender, "9443", "RACUN", NOON)
    assert replied is not None
    return replied


async def words_for(sender: str) -> str:
    return (await answer(sender)).body


def number_of(person: Person) -> str:
    assert person.customer.contact_number is not None
    return person.customer.contact_number


async def another_line(person: Person, number: str, account: Account | None = None) -> None:
    await saved(
        Line(account=(account or person.account).id, contract=person.contract.id, kind=LineKind.MOBILE, number=number)
    )


async def test_everything_needed_to_pay_is_there() -> None:
    bojan = await a_person("Bojan Kralj")
    late = await bojan.bill(6_146, due=date(2026, 11, 11))
    due = await bojan.bill(2_499, due=date(2026, 12, 5))

    reply = await answer(number_of(bojan))

    assert reply.body == (
        f"Odprte postavke, skupaj 86,45 EUR: 61,46 EUR, rok 11. 11. 2026, sklic {reference.show(late.reference)}; "
        f"24,99 EUR, rok 5. 12. 2026, sklic {reference.show(due.reference)}; "
        "prejemnik Moj A1, d. o. o., IBAN SI56 1910 0000 0123 438. Hitreje in brez sklicev: "
        f"{pay_link(bojan.account.number, NOON)}"
    )
    assert iban.is_valid(IBAN)
    assert reply.customer == bojan.customer.id


async def test_bills_of_several_accounts_are_paid_where_one_finds_them() -> None:
    bojan = await a_person("Bojan Kralj")
    second = await saved(Account(customer=bojan.customer.id, number="2999003"))
    await bojan.bill(6_146)
    await a_bill(second, 2_499, due=TODAY)

    assert (await words_for(number_of(bojan))).endswith("Hitreje in brez sklicev: https://moj.test/pay")


async def test_of_a_bill_paid_in_part_the_rest_is_told_and_paid_ones_are_not() -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(6_146, open_cents=1_000)
    await bojan.bill(2_499, open_cents=0)

    text = await words_for(number_of(bojan))

    assert text.startswith("Odprte postavke, skupaj 10,00 EUR: 10,00 EUR, rok")
    assert text.count("sklic ") == 1


@pytest.mark.parametrize("language", ["sl", "en"])
async def test_of_many_bills_the_oldest_are_told_as_far_as_they_fit(language: str) -> None:
    bojan = await a_person("Bojan Kralj")
    await Customer.update({Customer.language: language}).where(Customer.id == bojan.customer.id)
    for n in range(14):
        await bojan.bill(1_234_567, due=TODAY + timedelta(days=13 - n))

    text = await words_for(number_of(bojan))

    references = [reference.show(bill.reference) for bill in reversed(bojan.bills)]
    shown = sum(of in text for of in references)
    assert all(of in text for of in references[:shown])
    assert f" {14 - shown} " in text
    assert is_gsm7(text)
    assert segments(text) == MOST
    assert shown >= 6


async def test_a_payee_with_letters_of_its_own_leaves_room_for_fewer(payee: pytest.MonkeyPatch) -> None:
    payee.setenv("PAYEE_NAME", "Železniški zvezni šport, d. o. o.")
    settings.cache_clear()
    bojan = await a_person("Bojan Kralj")
    for _ in range(12):
        await bojan.bill(1_234_567)

    text = await words_for(number_of(bojan))

    assert "prejemnik Železniški zvezni šport, d. o. o." in text
    assert segments(text) <= MOST
    assert text.count("sklic ") >= 1


async def test_nothing_open() -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(open_cents=0)

    assert await words_for(number_of(bojan)) == "Nimate odprtih postavk. Hvala. Moj A1"


async def test_before_the_first_bill_nothing_is_open_either() -> None:
    bojan = await a_person("Bojan Kralj")

    assert (await words_for(number_of(bojan))).startswith("Nimate odprtih postavk.")


@pytest.mark.parametrize("state", [AttemptState.PENDING, AttemptState.HELD])
async def test_nobody_is_asked_for_what_is_on_its_way(state: AttemptState) -> None:
    bojan = await a_person("Bojan Kralj")
    paid, other = await bojan.bill(6_146), await bojan.bill(2_499)
    await under_way(bojan, paid.id, state)
    await under_way(bojan, other.id, AttemptState.FAILED)

    text = await words_for(number_of(bojan))
    assert reference.show(paid.reference) not in text
    assert text.startswith("Odprte postavke, skupaj 24,99 EUR: ")

    await under_way(bojan, other.id, state)
    assert (await words_for(number_of(bojan))).startswith("Plačilo 86,45 EUR še obdelujemo.")


async def under_way(person: Person, bill: object, state: AttemptState) -> None:
    attempt = await saved(
        PaymentAttempt(
            account=person.account.id,
            bill_set=f"{next(_asked)}",
            amount_cents=1,
            state=state,
            created_at=NOON,
            updated_at=NOON,
        )
    )
    await saved(AttemptBill(attempt=attempt.id, bill=bill, amount_cents=1))


async def test_all_accounts_of_a_customer_are_told_together() -> None:
    bojan = await a_person("Bojan Kralj")
    second = await saved(Account(customer=bojan.customer.id, number="2999001"))
    await bojan.bill(1_000)
    await a_bill(second, 2_000, due=TODAY)

    assert "skupaj 30,00 EUR" in await words_for(number_of(bojan))


async def test_customers_who_share_a_contact_number_are_told_together_and_it_is_in_no_ones_list() -> None:
    bojan, maja = await a_person("Bojan Kralj"), await a_person("Maja Kralj")
    await Customer.update({Customer.contact_number: number_of(bojan)}).where(Customer.id == maja.customer.id)
    await bojan.bill(1_000)
    await maja.bill(2_000)

    reply = await answer(number_of(bojan))

    assert "skupaj 30,00 EUR" in reply.body
    assert reply.customer is None


async def test_the_only_mobile_line_of_a_person_is_theirs() -> None:
    bojan = await a_person("Bojan Kralj")
    await Customer.update({Customer.contact_number: None}).where(Customer.id == bojan.customer.id)
    await bojan.bill(1_000)

    assert "skupaj 10,00 EUR" in await words_for(bojan.line.number)


async def test_a_company_is_told_at_its_contact_number() -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await company.bill(1_000)

    assert "skupaj 10,00 EUR" in await words_for(number_of(company))


async def test_whoever_else_asks_gets_the_same_words_to_the_byte() -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await another_line(company, "+38641888001")
    household = await a_person("Bojan Kralj")
    await another_line(
        household, "+38641888002", await saved(Account(customer=household.customer.id, number="2999002"))
    )
    await Customer.update({Customer.language: "en"}, force=True)
    for person in (company, household):
        await person.bill(1_000)

    replies = [await answer(number) for number in (STRANGER, "+38641888001", "+38641888002")]

    assert len({reply.body.encode() for reply in replies}) == 1
    assert {reply.customer for reply in replies} == {None}
    assert {(reply.template, reply.language, reply.values) for reply in replies} == {
        ("open_items_on_portal", "sl", "{}")
    }
    assert "https://moj.test" in replies[0].body


async def test_the_only_line_of_a_company_is_still_not_the_company() -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    await Customer.update({Customer.contact_number: "+38641777001"}).where(Customer.id == company.customer.id)
    await company.bill(1_000)

    assert await words_for(company.line.number) == await words_for(STRANGER)


async def test_a_contract_more_makes_no_line_less_ones_own() -> None:
    bojan = await a_person("Bojan Kralj")
    await Customer.update({Customer.contact_number: None}).where(Customer.id == bojan.customer.id)
    contract = await saved(
        Contract(account=bojan.account.id, package=bojan.contract.package, number="PF1", concluded_on=TODAY)
    )
    await saved(Line(account=bojan.account.id, contract=contract.id, kind=LineKind.FIXED, number="F-DOMA"))
    await bojan.bill(1_000)

    assert "skupaj 10,00 EUR" in await words_for(bojan.line.number)


async def test_without_an_account_to_pay_to_only_the_portal_is_named(payee: pytest.MonkeyPatch) -> None:
    payee.delenv("PAYEE_IBAN")
    settings.cache_clear()
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(1_000)

    text = await words_for(number_of(bojan))

    assert "https://moj.test" in text
    assert "IBAN" not in text
    assert "10,00" not in text
