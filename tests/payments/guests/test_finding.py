"""Two things that stand on a bill lead to what is to pay; anything else leads nowhere, and does not say why."""

from __future__ import annotations

import pytest

from portal import reference
from portal.billing.pay_links import read_pay_link
from portal.clock import now
from tests.people import Person, a_person, an_account, saved
from tests.visiting import Page, Visitor

MISMATCH = "Vpisana podatka se ne ujemata"


async def find(visit: Visitor, reference: str, customer_number: str, *, status: int = 200) -> Page:
    page = await visit.get("/pay")
    return await visit.submit(page.form, reference=reference, customer_number=customer_number, status=status)


def spaced(reference: str) -> str:
    return f"si12 {reference[4:8]} {reference[8:12]} {reference[12:]}"


def without_model(reference: str) -> str:
    return reference[4:].lstrip("0")


@pytest.mark.parametrize("written", [str, spaced, without_model, str.lower], ids=["bare", "spaced", "digits", "small"])
async def test_a_bills_reference_however_written(visit: Visitor, bojan: Person, written: object) -> None:
    bill = await bojan.bill()
    assert callable(written)

    page = await find(visit, written(bill.reference), f" {bojan.customer.number[:3]} {bojan.customer.number[3:]}")

    assert "B. K." in page.text
    assert "32,46" in page.text
    token = page.path.removeprefix("/p/")
    assert read_pay_link(token, now()) == bojan.account.number


async def test_a_bills_number_does_as_well(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()

    assert "32,46" in (await find(visit, bill.number.lower(), bojan.customer.number)).text


async def test_the_accounts_number_stands_in_for_the_customers(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()

    assert "32,46" in (await find(visit, bill.reference, bojan.account.number)).text


async def test_of_several_accounts_the_bills_own_is_meant(visit: Visitor, bojan: Person) -> None:
    second = await saved(an_account(bojan.customer, "2999001"))
    bill = await bojan.bill()

    assert bojan.account.number in (await find(visit, bill.reference, bojan.customer.number)).path
    await find(visit, bill.reference, second.number, status=400)


async def test_whatever_is_wrong_the_answer_is_the_same(visit: Visitor, bojan: Person) -> None:
    bill = await bojan.bill()
    ana = await a_person("Ana Zupan")
    tries = {
        "unknown customer": (bill.reference, "9999999"),
        "unknown bill": ("SI12 0000000999996", bojan.customer.number),
        "somebody else's bill": (bill.reference, ana.customer.number),
        "both unknown": ("R99999999", "9999999"),
        "a mistyped reference": (bill.reference[:-1] + str((int(bill.reference[-1]) + 1) % 10), bojan.customer.number),
        "nonsense": ("'; --", "x"),
    }

    pages = {name: await find(visit, *typed, status=400) for name, typed in tries.items()}

    assert all(MISMATCH in page.text for page in pages.values())
    assert len({page.text for page in pages.values()}) == 1


async def test_what_was_typed_stays_in_the_fields(visit: Visitor, bojan: Person) -> None:
    page = await find(visit, "SI12 123 <b>", "77 7", status=400)

    assert page.form.fields["reference"] == "SI12 123 <b>"
    assert page.form.fields["customer_number"] == "77 7"


async def test_an_empty_field_is_asked_for(visit: Visitor, bojan: Person) -> None:
    page = await find(visit, "", "", status=400)

    assert "Vpišite sklic ali številko računa." in page.text
    assert "Vpišite številko naročnika." in page.text


async def test_the_way_to_it_stands_where_one_signs_in(visit: Visitor, database: str) -> None:
    sign_in = await visit.get("/sign-in")

    assert sign_in.all("main a[href='/pay']")
    assert (await visit.get("/no-such-page", status=404)).all("footer a[href='/pay']")


async def test_a_bills_number_that_reads_as_a_reference_is_still_a_number(visit: Visitor, bojan: Person) -> None:
    """One number in eleven ends in what would be its check digit, and may even be somebody else's reference."""
    ana = await a_person("Ana Zupan")
    theirs, bill = await ana.bill(), await bojan.bill()
    theirs.reference, bill.number = "SI120002026104417", "2026-104417"
    assert str(reference.read(bill.number)) == theirs.reference
    await theirs.save()
    await bill.save()

    assert "B. K." in (await find(visit, "2026-104417", bojan.customer.number)).text
    assert "A. Z." in (await find(visit, "2026-104417", ana.customer.number)).text


async def test_an_accounts_reference_is_made_of_its_number_and_proves_nothing_beside_it(
    visit: Visitor, bojan: Person
) -> None:
    """Or else whoever counts through account numbers would see what each of them owes."""
    await bojan.bill()

    for typed in (str(bojan.account.reference), bojan.account.number):
        for number in (bojan.account.number, bojan.customer.number):
            await find(visit, typed, number, status=400)
