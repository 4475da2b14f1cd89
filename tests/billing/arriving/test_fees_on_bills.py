"""A fee waits, is given to the billing system, and stands on the bill that names it: once."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from portal.billing.arriving.waiting_charges import waiting
from portal.billing.tables import Charge, ChargeKind
from portal.dunning.waiving import NotWaived, waive
from tests.billing.arriving.documents import Document, a_credit_note, a_document, a_line, bill, bring_in, refused
from tests.people import NOON, TODAY, Person, a_person, saved

pytestmark = pytest.mark.usefixtures("database")


async def a_fee(person: Person, cents: int = 799) -> Charge:
    return await saved(
        Charge(
            account=person.account.id,
            kind=ChargeKind.RECONNECTION,
            amount_cents=cents,
            policy="mobile-2",
            occasion=uuid4(),
            incurred_on=TODAY,
        )
    )


def with_fee(person: Person, charge: UUID, amount: str = "7.99", **changes: str) -> Document:
    return a_document(person.account, amount, lines=[a_line(amount, kind="fee", charge=str(charge)) | changes])


async def test_what_waits_is_given_out_until_a_bill_holds_it() -> None:
    bojan = await a_person("Bojan Kralj")
    first, second = await a_fee(bojan), await a_fee(bojan, 2_098)
    given = [charge async for charge in waiting()]
    assert given[0] == {
        "id": str(first.id),
        "account": bojan.account.number,
        "kind": "reconnection",
        "amount": "7.99",
        "incurred_on": "2026-11-21",
    }

    document = with_fee(bojan, first.id)
    await bring_in(document)

    assert [charge["id"] async for charge in waiting()] == [str(second.id)]
    billed = await Charge.objects().get(Charge.id == first.id)
    assert billed is not None
    assert billed.bill == (await bill(document)).id
    with pytest.raises(NotWaived):
        await waive(first.id, reason="too late", decided_by="Nada", at=NOON)


async def test_a_fee_that_cannot_be_billed() -> None:
    bojan, ana = await a_person("Bojan Kralj"), await a_person("Ana Zupan")
    fee, waived = await a_fee(bojan), await a_fee(bojan)
    await waive(waived.id, reason="a mistake", decided_by="Nada", at=NOON)

    assert "waits no more" in await refused(with_fee(bojan, waived.id))
    assert "the account has no fee" in await refused(with_fee(bojan, uuid4()))
    assert "the account has no fee" in await refused(with_fee(ana, fee.id))
    assert "is of another amount" in await refused(with_fee(bojan, fee.id, "8.00"))
    assert "only a line of kind fee" in await refused(with_fee(bojan, fee.id, kind="other"))
    assert "waits no more" in await refused(with_fee(bojan, fee.id), with_fee(bojan, fee.id))


async def test_a_credit_note_bills_no_fee() -> None:
    bojan = await a_person("Bojan Kralj")
    fee = await a_fee(bojan)
    line = a_line("-7.99", kind="fee", charge=str(fee.id))

    assert "only a line of kind fee on a bill" in await refused(a_credit_note(bojan.account, "-7.99", lines=[line]))


async def test_a_fee_stands_once_on_a_bill() -> None:
    bojan = await a_person("Bojan Kralj")
    fee = await a_fee(bojan)
    line = a_line("7.99", kind="fee", charge=str(fee.id))

    assert "a charge stands twice" in await refused(a_document(bojan.account, "15.98", lines=[line, line]))


async def test_a_dry_run_leaves_fees_waiting_and_counts_them_once() -> None:
    bojan = await a_person("Bojan Kralj")
    fee = await a_fee(bojan)

    planned = await bring_in(with_fee(bojan, fee.id), with_fee(bojan, fee.id), is_dry=True)

    assert (planned.arrived, len(planned.set_aside)) == (1, 1)
    assert len([charge async for charge in waiting()]) == 1
