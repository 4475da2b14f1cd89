"""What cannot come in, and the field that is to blame for it. Nothing of it is written."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from portal.customers.tables import Contract, Customer, PackageKind
from portal.signing.orders.faults import Faulty, read
from portal.signing.tables import Order
from tests.people import TODAY, Person, a_person, an_account, saved
from tests.signing.orders.rows import change, faults_of, fixed, of, of_newcomer, packed, taken, without
from tests.signing.people import EXTENSION, FIXED


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("amount", {"amount": 1319.76}),
        ("amount", {"amount": "1319.7"}),
        ("terms.package.monthly", {"terms": {"package": {"name": "M", "monthly": 34.99}}}),
        ("terms.notes[0]", {"terms": {"notes": ["a\nb"]}}),
        ("terms.colour", {"terms": {"colour": "red"}}),
        ("kind", {"kind": "lottery"}),
        ("colour", {"colour": "red"}),
        ("needs_signature", {"needs_signature": "no"}),
        ("placed_at", {"placed_at": "2026-11-21T10:00:00"}),
        ("placed_at", {"placed_at": 1763719200}),
        ("email", {"email": "ana at example.test"}),
        ("contact_number", {"contact_number": "041 000 101"}),
        ("contact_number", {"contact_number": "+38604112"}),
        ("language", {"language": "de"}),
        ("instead", {"instead": "pigeon"}),
        ("number", {"number": "N 1"}),
        ("signatory", {"signatory": ""}),
        ("identification.state", {"identification": {"state": "failed"}}),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, row: dict[str, Any]) -> None:
    whole = {"number": "N1", "kind": "order", "placed_at": "2026-11-21T10:00:00Z", "customer": "1000001"}
    whole |= {"signatory": "Ana Novak", "email": "ana@example.test"}

    with pytest.raises(Faulty) as no:
        read(json.dumps(whole | row).encode())

    assert [fault.field for fault in no.value.faults] == [field]


def test_all_that_is_wrong_is_told_and_nothing_of_what_was_sent() -> None:
    with pytest.raises(Faulty) as no:
        read(b'{"number": "N1", "kind": "secret-word", "email": "secret-word", "amount": 5}')

    assert {fault.field for fault in no.value.faults} >= {"kind", "email", "amount", "placed_at", "signatory"}
    assert "secret-word" not in "".join(map(str, no.value.faults))


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b'{"number": "N1", "number": "N2"}', b"null"])
def test_what_is_no_order_at_all(content: bytes) -> None:
    with pytest.raises(Faulty):
        read(content)


async def test_a_key_that_stands_twice(ana: Person) -> None:
    row = packed(of(ana))

    with pytest.raises(Faulty, match="amount stands twice"):
        read(row[:-1] + b', "amount": "1.00"}')


async def test_strangers_accounts_contracts_and_lines(ana: Person) -> None:
    bojan = await a_person("Bojan Kralj")

    assert await faults_of(of(ana, contract=bojan.contract.number)) == ["contract"]
    assert await faults_of(of(ana, account=bojan.account.number)) == ["account"]
    assert await faults_of(of(ana, line=bojan.line.number)) == ["line"]
    assert await faults_of(of(ana, line="+38640999999")) == ["line"]
    assert await faults_of(of(ana, customer="999")) == ["customer"]
    assert await Order.count() == 0


async def test_a_line_of_another_contract_and_another_account_of_hers(ana: Person) -> None:
    second = await saved(an_account(ana.customer, "2999999"))
    other = await saved(Contract(account=second.id, package=ana.contract.package, number="P999999", concluded_on=TODAY))

    assert await faults_of(of(ana, contract=other.number)) == ["line", "account"]
    assert await faults_of(of(ana, account=second.number)) == ["account"]


async def test_whose_order_it_is_is_said_once(ana: Person) -> None:
    assert await faults_of(of_newcomer(customer=ana.customer.number)) == ["customer"]
    assert await faults_of(without(of_newcomer(), "new_customer")) == ["customer"]
    assert await faults_of(of_newcomer(account=ana.account.number)) == ["account"]


async def test_a_new_customer_is_none_that_is_here(ana: Person) -> None:
    row = of_newcomer()
    known = row["new_customer"] | {"number": ana.customer.number, "account": ana.account.number}

    assert await faults_of(row | {"new_customer": known}) == ["new_customer.number", "new_customer.account"]


async def test_a_faulty_order_brings_no_customer(database: str) -> None:
    assert await faults_of(of_newcomer(terms={})) == ["terms.package"]

    assert await Customer.count() == 0


async def test_an_extension_extends_a_mobile_commitment(ana: Person) -> None:
    cvetka = await a_person("Cvetka Mlakar", package=PackageKind.KOMBO)

    assert await faults_of(of(cvetka)) == ["contract"]
    assert await faults_of(without(of(ana), "contract")) == ["contract"]
    assert await faults_of(of(ana, terms={"package": EXTENSION["package"]})) == ["terms.commitment_months"]


async def test_an_extension_ends_later_than_the_commitment_that_runs(ana: Person) -> None:
    short = EXTENSION | {"commitment_months": 1}
    over = EXTENSION | {"commitment_months": 1, "commitment_from": "2025-01-01"}
    ana.contract.committed_until = date(2026, 12, 20)
    await ana.contract.save()

    assert await faults_of(of(ana, terms=short)) == ["terms.commitment_months"]
    assert await faults_of(of(ana, terms=over)) == ["terms.commitment_from"]


async def test_a_mobile_contract_says_how_far_the_identification_is(ana: Person) -> None:
    assert await faults_of(without(of_newcomer(), "identification")) == ["identification"]
    assert await faults_of(of_newcomer(identification={"state": "passed"})) == ["identification"]
    ahead = {"state": "passed", "reference": "VID-7", "at": "2026-11-21T11:05:00Z"}
    assert await faults_of(of_newcomer(identification=ahead)) == ["identification.at"]


@pytest.mark.parametrize(("placed_at", "faulty"), [("11:01:00", False), ("11:01:01", True)])
async def test_an_order_from_ahead(ana: Person, placed_at: str, *, faulty: bool) -> None:
    row = of(ana, placed_at=f"2026-11-21T{placed_at}Z")

    assert await faults_of(row) == (["placed_at"] if faulty else [])


@pytest.mark.parametrize(("placed_at", "faulty"), [("11:00:01", False), ("11:00:00", True)])
async def test_an_order_whose_24_hours_are_over(ana: Person, placed_at: str, *, faulty: bool) -> None:
    row = of(ana, placed_at=f"2026-11-20T{placed_at}Z")

    assert await faults_of(row) == (["placed_at"] if faulty else [])


async def test_why_it_came_too_late_says_what_to_do(ana: Person) -> None:
    with pytest.raises(Faulty, match="do with it what its `instead` says"):
        await taken(of(ana, placed_at="2026-11-19T10:00:00Z"))


@pytest.mark.parametrize(
    "more",
    [
        {"amount": "0.01"},
        {"terms": {"changes": [{"what": "Paket"}], "package": {"name": "L", "monthly": "44.99"}}},
        {"terms": {"changes": [{"what": "Vezava"}], "commitment_months": 12}},
        {"terms": {"changes": [{"what": "Popust"}], "benefit": {"what": "Popust", "amount": "1.00"}}},
        {"kind": "purchase", "terms": FIXED},
    ],
)
async def test_only_a_change_without_financial_impact_goes_without_a_signature(
    ana: Person, more: dict[str, Any]
) -> None:
    assert "needs_signature" in await faults_of(change(ana, **more))


async def test_money_below_nothing(ana: Person) -> None:
    package = FIXED | {"package": {"name": "Kombo", "monthly": "-1.00"}}
    benefit = FIXED | {"benefit": {"what": "Popust", "amount": "-1.00"}}

    assert await faults_of(fixed(ana, terms=package)) == ["terms.package.monthly"]
    assert await faults_of(fixed(ana, terms=benefit)) == ["terms.benefit.amount"]
    assert await faults_of(fixed(ana, amount="-1.00")) == ["amount"]
    halves = FIXED | {"equipment": [{"name": "Telefon", "price": "10.00", "instalments": 2}]}
    assert await faults_of(fixed(ana, terms=halves)) == ["terms.equipment[0]"]


async def test_each_kind_is_about_something(ana: Person) -> None:
    assert await faults_of(fixed(ana, terms={})) == ["terms.package"]
    assert await faults_of(fixed(ana, kind="purchase", terms={})) == ["terms"]
    assert await faults_of(fixed(ana, kind="change", terms={})) == ["terms.changes"]
