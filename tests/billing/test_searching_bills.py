"""Looking for a bill: by what one has of it (a number, a reference, an amount), by line and by state."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock, reference
from portal.billing.listing.searching import Unclear, read
from portal.billing.tables import Bill, BillKind, BillLine
from portal.customers.tables import Contract, Line, LineKind
from portal.money import Money
from tests.billing.lists import change, listed, monthly, totals
from tests.people import NOON, TODAY, Person, a_person, saved, signed_in
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    """With eight bills: so many need a search."""
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await monthly(ana, 8, 2_222)
        await signed_in(visit, ana, at=NOON)
        yield ana


async def found(visit: Visitor, **asked: str) -> list[str]:
    page = await visit.get("/bills?" + "&".join(f"{name}={quote(value)}" for name, value in asked.items()))
    return listed(page)


def address(bill: Bill) -> str:
    return f"/bills/{bill.id}"


async def another_line(person: Person, contract: UUID | None = None) -> Line:
    n = f"+3864077{len(await Line.select(Line.id)):04d}"
    return await saved(
        Line(account=person.account.id, contract=contract or person.contract.id, kind=LineKind.MOBILE, number=n)
    )


async def test_by_number_however_it_is_written(visit: Visitor, ana: Person) -> None:
    bill = ana.bills[3]
    await change(bill, number="2026-118204")

    for text in ("2026-118204", "2026118204", " 2026 118204 ", "118204", "2026–118204"):
        assert await found(visit, q=text) == [address(bill)], text


async def test_by_reference_with_or_without_its_model_spaces_and_zeros(visit: Visitor, ana: Person) -> None:
    bill = ana.bills[3]
    kept = reference.si12(118_204_900)
    await change(bill, reference=kept)
    digits = kept.removeprefix("SI12")

    for text in (
        kept,
        f"SI12 {digits}",
        f"si12 {digits[:4]} {digits[4:8]} {digits[8:]}",
        digits,
        digits.lstrip("0"),
        f"SI12{digits.lstrip('0')}",
        f"SI00 {digits}",
        f"sklic {kept}",
    ):
        assert await found(visit, q=text) == [address(bill)], text


@pytest.mark.parametrize("text", ["1.234,56 €", "1234,56", "1234.56", "€1,234.56", "1 234,56 EUR", "1.234,56"])
async def test_by_amount_as_people_write_it(visit: Visitor, ana: Person, text: str) -> None:
    bill = await ana.bill(123_456, open_cents=0)

    assert await found(visit, q=text) == [address(bill)]


async def test_an_amount_is_that_of_the_bill_of_what_is_left_of_it_or_given_back(visit: Visitor, ana: Person) -> None:
    part = await ana.bill(9_900, open_cents=3_499)
    whole = await ana.bill(3_499, open_cents=0)
    note = await ana.bill(1_000, open_cents=0)
    await change(note, kind=BillKind.CREDIT_NOTE, total_cents=-3_499, corrects=whole.id)

    assert set(await found(visit, q="34,99")) == {address(part), address(whole), address(note)}
    assert await found(visit, q="-34,99") == [address(note)]
    assert await found(visit, q="0,00") == [], "what is paid has nothing open, and is no bill of nothing"


async def test_by_state(visit: Visitor, ana: Person) -> None:
    late = await ana.bill(due=TODAY - timedelta(days=1))
    due = await ana.bill(due=TODAY + timedelta(days=1))
    note = await ana.bill(1_000, open_cents=0)
    await change(note, kind=BillKind.CREDIT_NOTE, total_cents=-1_000, corrects=late.id)

    assert set(await found(visit, state="unpaid")) == {address(late), address(due)}
    assert await found(visit, state="overdue") == [address(late)]
    assert await found(visit, state="credit_notes") == [address(note)]
    assert len(await found(visit, state="paid")) == 8


async def test_by_line_or_what_its_contract_alone_was_billed(visit: Visitor, ana: Person) -> None:
    contract = await saved(
        Contract(account=ana.account.id, package=ana.contract.package, number="P-2", concluded_on=TODAY)
    )
    line, other = await another_line(ana, contract.id), await another_line(ana)
    first, second, third = ana.bills[:3]
    await BillLine.update({BillLine.line: line.id, BillLine.contract: contract.id}).where(BillLine.bill == first.id)
    await BillLine.update({BillLine.contract: contract.id}).where(BillLine.bill == second.id)
    await BillLine.update({BillLine.line: other.id, BillLine.contract: ana.contract.id}).where(
        BillLine.bill == third.id
    )

    assert await found(visit, line=str(line.id)) == [address(first), address(second)]
    assert await found(visit, line=str(other.id)) == [address(third)]
    assert await found(visit, line=str(ana.line.id)) == []


async def test_a_company_with_many_lines_types_one(visit: Visitor, ana: Person) -> None:
    line, *_ = [await another_line(ana) for _ in range(40)]
    first = await ana.bill(1_111)
    await BillLine.update({BillLine.line: line.id}).where(BillLine.bill == first.id)

    page = await visit.get("/bills?q=11%2C11")

    assert len(page.all("datalist option")) == 41
    assert page.one("input[name=line]").get("list") == "lines"
    national = "0" + line.number.removeprefix("+386")
    for typed in (national, f"{national[:3]} {national[3:6]} {national[6:]}", line.number, str(line.id)):
        assert await found(visit, line=typed) == [address(first)]
    page = await visit.get(f"/bills?line={line.id}")
    assert (page.one("input[name=line]").get("value") or "").replace("\u00a0", "") == national


@pytest.mark.parametrize("typed", ["040 99", "999888777", "'; --", "F" * 200])
async def test_a_line_that_is_not_there_is_asked_for_again(visit: Visitor, ana: Person, typed: str) -> None:
    for _ in range(21):
        await another_line(ana)
    await ana.bill(1_111)

    page = await visit.get(f"/bills?{urlencode({'line': typed})}", status=400)

    assert page.one("input[name=line]").get("aria-invalid") == "true"


async def test_a_company_with_some_lines_chooses_one_from_a_list(visit: Visitor, ana: Person) -> None:
    lines = [await another_line(ana) for _ in range(15)]

    page = await visit.get("/bills")

    assert len(page.all("select[name=line] option")) == 1 + len(lines) + 1


async def test_whoever_has_one_line_is_not_asked_for_it(visit: Visitor, ana: Person) -> None:
    assert not (await visit.get("/bills")).all("select[name=line]")


async def test_several_may_be_asked_for_together_and_stay_in_the_form(visit: Visitor, ana: Person) -> None:
    line = await another_line(ana)
    wanted, unpaid = ana.bills[0], await ana.bill(2_222)
    await BillLine.update({BillLine.line: line.id}).where(BillLine.bill.is_in([wanted.id, unpaid.id]))

    page = await visit.get(f"/bills?q=22%2C22&line={line.id}&state=paid")

    assert listed(page) == [address(wanted)]
    assert page.one("input[name=q]").get("value") == "22,22"
    assert page.one("select[name=line] option[selected]").get("value") == str(line.id)
    assert page.one("select[name=state] option[selected]").get("value") == "paid"
    assert totals(page) == {
        "Odprto zdaj": "0,00 €",
        "Zapadlo": "0,00 €",
        "Zadnjih 12 mesecev": "1 račun 22,22 €",
    }


async def test_what_was_found_stands_before_what_is_to_pay(visit: Visitor, ana: Person) -> None:
    await ana.bill()

    page = await visit.get("/bills?state=paid")

    assert page.html.index('id="results"') < page.html.index("<aside>")
    assert page.one("h3[data-focus]").text == "Najdenih 8 računov"
    assert not page.all("figure"), "bars of some bills would mislead"


async def test_the_filter_goes_on_to_older_pages(visit: Visitor, ana: Person) -> None:
    await monthly(ana, 50, 5_555)

    newest = await visit.get("/bills?q=55%2C55&state=paid")
    older = await visit.get(newest.one("a[rel=next]").get("href") or "")

    assert len(listed(newest)) == 36 and len(listed(older)) == 14
    assert older.one("input[name=q]").get("value") == "55,55"
    assert totals(newest) == totals(older)


async def test_the_form_that_stands_on_the_page_finds_without_javascript(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(8_989, open_cents=0)
    form = (await visit.get("/bills")).form_to("/bills")
    assert form.method == "get"

    page = await visit.get(f"{form.action}?" + "&".join(f"{k}={v}" for k, v in form.fill(q="89,89").fields.items()))

    assert listed(page) == [address(bill)]


async def test_htmx_gets_the_results_alone(visit: Visitor, ana: Person) -> None:
    asks = {"hx-request": "true", "hx-target": "section#results"}

    page = await visit.get("/bills?state=paid", headers=asks)

    assert "<h1" not in page.html and len(listed(page)) == 8
    assert (await visit.get("/bills")).one("form[role=search]").get("hx-target") == "#results"


async def test_nothing_found_says_so_and_offers_all(visit: Visitor, ana: Person) -> None:
    page = await visit.get("/bills?q=99999")

    assert "Takega računa ni" in page.text
    assert page.one("#results a.button[href='/bills']").text == "Prikaži vse račune"
    assert page.one("input[name=q]").get("value") == "99999"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=banana", "Vpišite številko računa, sklic ali znesek, na primer 34,99."),
        ("q=%F0%9F%92%B6", "Vpišite številko računa, sklic ali znesek, na primer 34,99."),
        ("q=" + "1" * 101, "Vpišite številko računa, sklic ali znesek, na primer 34,99."),
        ("q=SI12+1033842574532", "Sklic ni cel ali pa je v njem napaka. Prepišite ga z računa."),
        ("state=lost", "Izberite eno od možnosti na seznamu."),
        ("line=%21%21", "Izberite eno od možnosti na seznamu."),
        ("line=mine", "Te številke na tem naročniškem računu ni. Izberite drugo."),
    ],
)
async def test_what_cannot_be_understood_is_answered_in_plain_words(
    visit: Visitor, ana: Person, query: str, sentence: str
) -> None:
    page = await visit.get(f"/bills?{query}", status=400)

    assert page.one(".errors li a").text == sentence
    assert page.one("#results a[href='/bills']").text == "Prikaži vse račune"
    assert page.all("[aria-invalid=true]")
    assert not listed(page)


async def test_a_line_of_somebody_else_is_as_good_as_none(visit: Visitor, ana: Person) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill()

    page = await visit.get(f"/bills?line={bojan.line.id}", status=400)

    assert page.one(".errors li a").text == "Te številke na tem naročniškem računu ni. Izberite drugo."
    assert not listed(page)


async def test_bills_of_somebody_else_are_never_found(visit: Visitor, ana: Person) -> None:
    bojan = await a_person("Bojan Kralj")
    his = await bojan.bill(7_373)

    for text in (his.number, his.reference, "73,73"):
        page = await visit.get(f"/bills?q={quote(text)}")
        assert not listed(page)
        assert "Takega računa ni" in page.text
    assert totals(await visit.get("/bills"))["Odprto zdaj"] == "0,00 €"


@given(st.integers(0, 10**11 - 1), st.sampled_from(["sl", "en"]), st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_an_amount_as_the_portal_writes_it_is_read_back(cents: int, language: str, space: str) -> None:
    written = Money(cents).format(language).replace("\u202f", space)

    assert read(written).amount == Money(cents)


@given(st.integers(0, 10**12 - 1), st.booleans(), st.booleans(), st.integers(0, 12))
def test_a_reference_is_read_however_it_is_written(number: int, model: bool, small: bool, gap: int) -> None:
    kept = reference.si12(number)
    digits = kept.removeprefix("SI12")
    written = ("SI12 " if model else "") + digits[:gap] + " " + digits[gap:]

    assert kept in read(written.lower() if small else written).references


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        sought = read(text)
    except Unclear as unclear:
        assert re.match(r"[A-Z].*\.\Z", str(unclear))
    else:
        assert sought.number or sought.references or sought.amount is not None
