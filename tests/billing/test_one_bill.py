"""One bill in full, as its owner reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.queries import counting
from portal.billing.tables import Bill, BillAllowance, BillLine, Charge, ChargeKind
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import CustomerKind, Line, LineKind
from portal.payments.tables import Allocation, Method, Payment
from portal.settings import settings
from tests.billing.bill_rows import Kind, a_bill_of, a_claim, line_of
from tests.people import NOON, TODAY, Person, a_person, saved, signed_in
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> Person:
    ana = await a_person("Ana Zupan")
    await signed_in(visit, ana)
    return ana


@pytest.fixture
def payee(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PAYEE_IBAN", "SI56191000000123438")
    settings.cache_clear()
    yield
    settings.cache_clear()


def month(ana: Person, *more: BillLine) -> list[BillLine]:
    return [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni M", 3_499, ana.line.id), *more]


async def test_what_changed_is_told_with_its_reason(visit: Visitor, ana: Person) -> None:
    discount = line_of(Kind.DISCOUNT, "Popust za e-račun", -100, ana.line.id)
    await a_bill_of(ana, *month(ana, discount), months_ago=1)
    roaming = line_of(Kind.ROAMING, "Gostovanje v tujini", 1_240, ana.line.id)
    bill = await a_bill_of(ana, *month(ana, roaming))

    page = await visit.get(f"/bills/{bill.id}")

    assert "Račun je za 13,40 € višji od prejšnjega." in page.text
    assert "+12,40 €" in page.text
    assert "Tokrat je nastala poraba v tujini." in page.text
    assert "Popusta ni več." in page.text


async def test_nothing_changed_is_one_line(visit: Visitor, ana: Person) -> None:
    await a_bill_of(ana, *month(ana), months_ago=1)
    bill = await a_bill_of(ana, *month(ana))

    page = await visit.get(f"/bills/{bill.id}")

    assert "se ni spremenilo nič" in page.text


async def test_the_first_bill_has_nothing_to_compare_with(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(ana, *month(ana))

    page = await visit.get(f"/bills/{bill.id}")

    assert "To je vaš prvi račun" in page.text


async def test_a_bill_is_compared_with_the_last_of_its_series(visit: Visitor, ana: Person) -> None:
    before = await a_bill_of(ana, *month(ana), months_ago=2)
    part = line_of(Kind.INSTALMENT, "Obrok 6 od 24, telefon", 2_499, ana.line.id, (6, 24))
    await a_bill_of(ana, part, months_ago=1)
    bill = await a_bill_of(ana, *month(ana))

    page = await visit.get(f"/bills/{bill.id}")

    assert page.one("main .section p a").get("href") == f"/bills/{before.id}"
    assert "se ni spremenilo nič" in page.text


async def test_the_series_goes_on_where_one_month_had_more_on_it(visit: Visitor, ana: Person) -> None:
    abroad = line_of(Kind.ROAMING, "Gostovanje v tujini", 900, ana.line.id)
    await a_bill_of(ana, *month(ana, abroad), months_ago=2)
    quiet = await a_bill_of(ana, *month(ana), months_ago=1)
    bill = await a_bill_of(ana, *month(ana, line_of(Kind.ROAMING, "Gostovanje v tujini", 900, ana.line.id)))

    page = await visit.get(f"/bills/{bill.id}")

    assert page.one("main .section p a").get("href") == f"/bills/{quiet.id}"


async def test_another_accounts_bill_is_never_the_last_one(visit: Visitor, ana: Person) -> None:
    await a_bill_of(await a_person("Bojan Kralj"), *month(ana), months_ago=1)
    bill = await a_bill_of(ana, *month(ana))

    assert "To je vaš prvi račun" in (await visit.get(f"/bills/{bill.id}")).text


async def test_instalments_say_how_many_are_left(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(
        ana,
        line_of(Kind.INSTALMENT, "Telefon", 2_499, ana.line.id, (7, 24)),
        line_of(Kind.INSTALMENT, "Ura", 1_000, ana.line.id, (12, 12)),
    )

    page = await visit.get(f"/bills/{bill.id}")

    assert "obrok 7 od 24, še 17" in page.text
    assert "obrok 12 od 12, zadnji" in page.text


async def test_what_was_used_stands_with_its_number(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(ana, *month(ana))
    for kind, used, included in (
        (AllowanceKind.CALLS, 18_720, None),
        (AllowanceKind.DATA, 6_200_000_000, 20_000_000_000),
    ):
        await saved(BillAllowance(bill=bill.id, line=ana.line.id, kind=kind, used=used, included=included))

    page = await visit.get(f"/bills/{bill.id}")

    assert "Klici: 312 min, brez omejitve" in page.text
    assert "6,2 GB porabljeno od 20 GB" in page.text


async def test_each_number_has_its_subtotal(visit: Visitor, ana: Person) -> None:
    other = await saved(
        Line(account=ana.account.id, contract=ana.contract.id, kind=LineKind.MOBILE, number="+38641777888")
    )
    bill = await a_bill_of(
        ana,
        *month(ana, line_of(Kind.ONE_OFF, "Aktivacija", 1_500, ana.line.id)),
        line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_499, other.id),
        line_of(Kind.OTHER, "Tiskan račun", 150),
    )

    page = await visit.get(f"/bills/{bill.id}")

    groups = ["".join(node.itertext()) for node in page.all("details.unfold summary")]
    assert len(groups) == 3
    assert "49,99" in groups[0]
    assert "041 777 888" in groups[1].replace("\xa0", " ")
    assert "Za celoten naročniški račun" in groups[2]
    assert "enkratni znesek" in page.text


async def test_fees_of_non_payment_say_what_they_are_for(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(ana, *month(ana, line_of(Kind.FEE, "Ponovni priklop", 799, ana.line.id)))
    await saved(
        Charge(
            account=ana.account.id,
            kind=ChargeKind.RECONNECTION,
            amount_cents=799,
            policy="mobile-2",
            occasion=bill.id,
            incurred_on=TODAY,
            bill=bill.id,
        )
    )

    page = await visit.get(f"/bills/{bill.id}")

    assert "Storitve so bile izklopljene zaradi neplačanega računa; to je cena ponovnega priklopa." in page.text


async def test_a_bill_of_nothing_says_so(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(ana, *month(ana, line_of(Kind.BENEFIT, "Dobrodošlica", -3_499, ana.line.id)))

    page = await visit.get(f"/bills/{bill.id}")

    assert "brez plačila" in page.text
    assert not page.all("main form")


async def test_a_claim_says_what_it_asks_back_and_is_compared_with_nothing(visit: Visitor, ana: Person) -> None:
    await a_bill_of(ana, *month(ana), months_ago=1)
    claim = await a_claim(ana)

    page = await visit.get(f"/bills/{claim.id}")

    assert page.one("h1").text.strip() == "Vračilo prejete ugodnosti"
    assert "se del prejete ugodnosti vrne" in page.text
    assert "Kaj se je spremenilo" not in page.text


async def test_what_settled_it_stands_with_its_day_and_its_way(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(ana, *month(ana))
    payment = await saved(
        Payment(account=ana.account.id, method=Method.BANK, external_id="bank 1", amount_cents=3_499, booked_at=NOON)
    )
    await saved(Allocation(payment=payment.id, bill=bill.id, amount_cents=3_499, at=NOON))

    page = await visit.get(f"/bills/{bill.id}")

    assert "34,99 € Bančno nakazilo, 21. 11. 2026" in page.text
    assert page.one("aside a.row").get("href") == f"/payments/received/{payment.id}/receipt"


async def test_of_a_disputed_part_nothing_is_asked(visit: Visitor, ana: Person) -> None:
    bill = await a_bill_of(ana, *month(ana), is_open=True)
    await Bill.update({Bill.disputed_cents: 1_000}).where(Bill.id == bill.id)

    page = await visit.get(f"/bills/{bill.id}")

    assert "Od tega ugovarjate znesku 10,00 €." in page.text
    assert "Plačaj 24,99 €" in page.text


@pytest.mark.usefixtures("payee")
async def test_an_open_bill_can_be_paid_in_a_bank_and_a_paid_one_cannot(visit: Visitor, ana: Person) -> None:
    paid, unpaid = await a_bill_of(ana, *month(ana), months_ago=1), await a_bill_of(ana, *month(ana), is_open=True)

    assert (await visit.get(f"/bills/{unpaid.id}")).one("details.upn img").get("src") == f"/upn/{unpaid.id}"
    assert not (await visit.get(f"/bills/{paid.id}")).all("details.upn")


@pytest.mark.parametrize("name", ["{}.exe", "{}.pdf.pdf", "{}.", "{}.PDF", "2026.zip.zip", "1926.zip", "26.zip", "moj"])
async def test_what_is_no_name_of_ours_is_not_found(visit: Visitor, ana: Person, name: str) -> None:
    bill = await a_bill_of(ana, *month(ana))

    await visit.get(f"/bills/{name.format(bill.id)}", status=404)


@pytest.mark.parametrize("ending", ["", ".pdf", ".csv", "/calls"])
async def test_a_strangers_bill_is_as_unknown_under_every_name(visit: Visitor, ana: Person, ending: str) -> None:
    bojan = await a_person("Bojan Kralj")
    bill = await a_bill_of(bojan, *month(bojan))

    await visit.get(f"/bills/{bill.id}{ending}", status=404)


@pytest.fixture
async def fleet(visit: Visitor) -> tuple[Person, Bill]:
    """A company's bill with four positions for each of a hundred numbers, and one like it a month before."""
    company = await a_person("Modri kozolec d.o.o.", kind=CustomerKind.COMPANY)
    lines = [
        Line(
            account=company.account.id, contract=company.contract.id, kind=LineKind.MOBILE, number=f"+386417770{n:02d}"
        )
        for n in range(100)
    ]
    await Line.insert(*lines)
    for months_ago in (1, 0):
        bill = await a_bill_of(
            company,
            *(one for line in lines for one in of_driver(line, months_ago)),
            months_ago=months_ago,
            is_open=True,
        )
    await signed_in(visit, company)
    return company, bill


def of_driver(line: Line, months_ago: int) -> list[BillLine]:
    n = int(line.number[-2:])
    return [
        line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_499, line.id),
        line_of(Kind.USAGE, "Klici in sporočila v tujino", 100 + n * (2 - months_ago), line.id),
        line_of(Kind.OTHER, "Najem telefona", 390, line.id),
        line_of(Kind.DISCOUNT, "Popust za poslovne uporabnike", -250, line.id),
    ]


async def test_a_bill_of_four_hundred_lines_opens_with_its_first_number(
    visit: Visitor, fleet: tuple[Person, Bill]
) -> None:
    _, bill = fleet

    page = await visit.get(f"/bills/{bill.id}")

    numbers = page.all("#groups details.unfold")
    assert len(numbers) == 100
    assert [node.get("open") is not None for node in numbers] == [True] + [False] * 99
    assert len(page.html.encode()) <= 120_000


async def test_a_number_is_found_among_a_hundred(visit: Visitor, fleet: tuple[Person, Bill]) -> None:
    _, bill = fleet
    page = await visit.get(f"/bills/{bill.id}")

    found = await visit.get(f"/bills/{bill.id}?number=041 777 042")

    assert page.one("form[method=get] input[name=number]") is not None
    assert "041 777 042" in found.one("#groups h3").text.replace("\xa0", " ")
    assert not found.all("#groups details")
    assert "Nobena številka" in (await visit.get(f"/bills/{bill.id}?number=999999")).text


async def test_however_long_a_bill_is_three_statements_make_its_page(
    visit: Visitor, fleet: tuple[Person, Bill]
) -> None:
    _, bill = fleet
    for path in (f"/bills/{bill.id}", f"/bills/{bill.id}/calls"):
        await visit.get(path)
        with counting() as asked:
            await visit.get(path)
        assert len(asked) <= 3, f"{path} sends {len(asked)} statements"
