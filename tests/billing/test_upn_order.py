"""What a UPN QR code says, character by character as the standard has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import settings as measured
from hypothesis import strategies as st

from portal.billing.tables import Bill, BillKind
from portal.billing.upn.latin2 import latin2
from portal.billing.upn.order import LARGEST, Payer, UpnOrder, order_of_account, order_of_bill
from portal.money import ZERO, Money
from portal.settings import settings
from tests.billing.upn_codes import EXAMPLES, an_order

JANEZ = Payer("Janez Novak", "Dunajska 1", "1000 Ljubljana")
NEW_COMPANY = Payer("Novo podjetje d.o.o.", "Lepa cesta 15", "3698 Loški Potok")
IBAN = "SI56051008010486080"
RENT = UpnOrder(
    JANEZ, Money(8_105), "Plačilo najemnine 10/2016", date(2016, 11, 15), IBAN, "SI129990000359896", NEW_COMPANY, "RENT"
)
OF_THE_STANDARD = {
    "cover": UpnOrder(
        Payer("Janez Novak", "Lepa cesta 10", "2000 Maribor"),
        Money(1_471),
        "Ravn. z odpadki 04/2016 0040098579",
        date(2016, 6, 25),
        IBAN,
        "SI121033842574531",
        Payer("Snaga d.o.o.", "Povšetova ulica 6", "1000 Ljubljana"),
        "SCVE",
    ),
    "A": UpnOrder(
        JANEZ, Money(8_105), "Plačilo obveznosti 10/2016", None, IBAN, "SI0598765432100", NEW_COMPANY, "COST"
    ),
    "C": RENT,
    "H": replace(RENT, reference="RF45SBO2010"),
}


@pytest.fixture
def payee(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("PAYEE_NAME", "A1 Slovenija, d. d.")
    monkeypatch.setenv("PAYEE_STREET", "Ameriška ulica 4")
    monkeypatch.setenv("PAYEE_CITY", "1000 Ljubljana")
    monkeypatch.setenv("PAYEE_IBAN", "SI56 1910 0000 0123 438")
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def a_bill(cents: int = 3_246, *, kind: BillKind = BillKind.BILL, disputed: int = 0) -> Bill:
    return Bill(
        account=uuid4(),
        kind=kind,
        number="2026-104417",
        reference="SI121033842574531",
        issued_on=date(2026, 11, 10),
        due_on=date(2026, 11, 28),
        period_from=date(2026, 10, 1),
        period_to=date(2026, 10, 31),
        total_cents=cents,
        open_cents=max(cents, 0),
        disputed_cents=disputed,
    )


@pytest.mark.parametrize("name", OF_THE_STANDARD)
def test_the_orders_of_the_standard_are_written_as_it_writes_them(name: str) -> None:
    assert OF_THE_STANDARD[name].payload == EXAMPLES[name]


def test_an_order_of_ours_whole(payee: pytest.MonkeyPatch) -> None:
    order = order_of_bill(a_bill(), JANEZ, "sl")

    assert order is not None
    assert order.payload == (
        "UPNQR\n\n\n\n\nJanez Novak\nDunajska 1\n1000 Ljubljana\n00000003246\n\n\nTBIL\nRačun 2026-104417\n28.11.2026\n"
        "SI56191000000123438\nSI121033842574531\nA1 Slovenija, d. d.\nAmeriška ulica 4\n1000 Ljubljana\n186\n"
    )


def test_every_amount_up_to_a_thousand_euros_is_written_to_the_cent() -> None:
    before, after = an_order(cents=1).payload.split("00000000001")

    for cents in range(1, 100_000):
        assert an_order(cents=cents).payload == f"{before}{cents // 100:09d}{cents % 100:02d}{after}"


@pytest.mark.parametrize("cents", [1, 99_999_999_999])
def test_the_smallest_and_the_largest_amount(payee: pytest.MonkeyPatch, cents: int) -> None:
    order = order_of_bill(a_bill(), JANEZ, "sl", Money(cents))

    assert order is not None
    assert order.payload.splitlines()[8] == f"{cents:011d}"


@pytest.mark.parametrize("amount", [ZERO, Money(-1), LARGEST + Money(1)])
def test_an_amount_that_no_order_can_have_makes_none(payee: pytest.MonkeyPatch, amount: Money) -> None:
    assert order_of_bill(a_bill(), JANEZ, "sl", amount) is None
    assert order_of_account("SI121033842574531", amount, JANEZ, date(2026, 11, 28), "sl") is None


def test_what_is_disputed_is_not_asked_for(payee: pytest.MonkeyPatch) -> None:
    order = order_of_bill(a_bill(3_246, disputed=1_000), JANEZ, "sl")

    assert order is not None
    assert order.amount == Money(2_246)
    assert order_of_bill(a_bill(3_246, disputed=3_246), JANEZ, "sl") is None


def test_a_credit_note_is_not_paid_and_a_debit_note_is(payee: pytest.MonkeyPatch) -> None:
    debit = order_of_bill(a_bill(kind=BillKind.DEBIT_NOTE), JANEZ, "sl")

    assert order_of_bill(a_bill(-500, kind=BillKind.CREDIT_NOTE), JANEZ, "sl", Money(500)) is None
    assert debit is not None
    assert debit.purpose == "Bremepis 2026-104417"


def test_all_that_is_overdue_by_the_reference_of_the_account(payee: pytest.MonkeyPatch) -> None:
    order = order_of_account("SI128000020000171", Money(8_645), JANEZ, date(2026, 11, 1), "en")

    assert order is not None
    assert (order.reference, order.purpose) == ("SI128000020000171", "Payment of overdue bills")
    assert order_of_account(None, Money(8_645), JANEZ, date(2026, 11, 1), "en") is None


def test_without_an_account_to_pay_to_there_is_no_order(payee: pytest.MonkeyPatch) -> None:
    payee.delenv("PAYEE_IBAN")
    settings.cache_clear()

    assert order_of_bill(a_bill(), JANEZ, "sl") is None


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Živa Črešnjevec Đurić", "Živa Črešnjevec Đurić"),
        ("Łukasz Kovács Őry Müller", "Łukasz Kovács Őry Müller"),
        ("Ana\nKovač\tNovak\r\n", "Ana Kovač Novak"),
        ("Ana\u2028Kovač\u0085Novak\x00", "Ana Kovač Novak"),
        ("C\u030cuk S\u030cubic", "Čuk Šubic"),
        ("Ana 🙂 Kovač", "Ana ? Kovač"),
        ("👍🏽", "??"),
        ("Peña à la Søren", "Pena a la Soren"),
        ("Kava za 3 € – „domača“ …", 'Kava za 3 EUR - "domača" ...'),
        ("Ana\u200b\u202eKovač", "AnaKovač"),
        ("Иван", "????"),
        ("", ""),
    ],
)
def test_a_name_is_written_in_the_letters_of_latin_2(name: str, written: str) -> None:
    assert latin2(name, 33) == written


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("x" * 33, "x" * 33),
        ("x" * 34, "x" * 33),
        ("Ana Marija Zupančič Hrovat Kovačević", "Ana Marija Zupančič Hrovat"),
        ("Društvo prijateljev mladine, enota Koper", "Društvo prijateljev mladine"),
        ("Ana " + "x" * 40, "Ana " + "x" * 29),
        ("€" * 12, "EUR" * 11),
    ],
)
def test_a_long_name_is_cut_between_words_where_that_keeps_most_of_it(name: str, cut: str) -> None:
    assert latin2(name, 33) == cut


@measured(deadline=None)
@given(st.text(st.characters(codec=None), max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_whatever_somebody_is_called_the_order_has_twenty_fields_and_counts_them(
    name: str, purpose: str, payee: str
) -> None:
    payload = an_order(name, purpose=purpose, payee=payee).payload
    *fields, count, end = payload.encode("iso-8859-2").split(b"\n")

    assert (len(fields), end) == (19, b"")
    assert int(count) == sum(len(field) + 1 for field in fields)
    assert len(count) == 3
    assert len(payload) <= 411
    assert all(len(field) <= longest for field, longest in zip(fields, LONGEST, strict=True))
    assert all(field == field.strip(b" ") for field in fields)


@measured(deadline=None)
@given(st.text(max_size=40))
def test_nothing_that_can_be_seen_is_dropped(name: str) -> None:
    seen = [character for character in name if character.isprintable() and not character.isspace()]

    assert bool(latin2(name, 1_000)) >= bool([character for character in seen if character.isalnum()])


LONGEST = (5, 19, 1, 1, 26, 33, 33, 33, 11, 10, 1, 4, 42, 10, 34, 26, 33, 33, 33)
"""Of the fields 1 to 19 (5.2)."""
