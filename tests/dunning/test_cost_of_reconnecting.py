"""What a reconnection costs waits for the next bill, and the message names what is new of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.billing.tables import Charge, ChargeKind
from portal.customers.tables import PackageKind
from portal.dunning.proofs.proving import accept, end_lapsed
from portal.dunning.waiving import waive
from tests.dunning.barred_bojan import bojan
from tests.dunning.case_rows import a_proof
from tests.dunning.cases import pays, suspended
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange, mails

__all__ = ["bojan"]


async def test_the_fee_waits_for_the_next_bill(bojan: Person) -> None:
    await pays(bojan)

    [charge] = await Charge.waiting(bojan.account)

    assert (charge.kind, charge.amount_cents, charge.policy) == ("reconnection", 799, "mobile-2")
    assert charge.incurred_on == TODAY


@pytest.mark.parametrize(
    ("kind", "step", "total"),
    [
        (PackageKind.MOBILE, 1, 799),
        (PackageKind.MOBILE, 2, 2897),
        (PackageKind.MOBILE, 3, 6396),
        (PackageKind.FLEX, 1, 799),
        (PackageKind.KOMBO, 2, 2897),
        (PackageKind.LEGACY_FIXED, 1, 1500),
    ],
)
async def test_what_reconnection_costs(world: Exchange, kind: PackageKind, step: int, total: int) -> None:
    person = await a_person("Oseba", package=kind)
    await suspended(person, step=step, kind=kind)

    await pays(person)

    assert sum([charge.amount_cents for charge in await Charge.waiting(person.account)]) == total


async def test_the_mail_names_what_comes_with_the_next_bill(bojan: Person) -> None:
    await pays(bojan)
    await work_off()

    assert "7,99" in await mail_of_reconnection(bojan)


async def test_what_was_waived_meanwhile_is_not_named(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan, step=2)
    await pays(bojan)
    [larger] = await Charge.objects().where(Charge.kind == ChargeKind.SUSPENSION)
    await waive(larger.id, reason="kindness", decided_by="Nada", at=NOON)
    await work_off()

    assert "7,99" in (told := await mail_of_reconnection(bojan))
    assert "28,97" not in told


async def test_where_nothing_is_charged_no_cost_is_named(bojan: Person) -> None:
    await pays(bojan)
    [only] = await Charge.objects()
    await waive(only.id, reason="kindness", decided_by="Nada", at=NOON)
    await work_off()

    assert "€" not in await mail_of_reconnection(bojan)


async def test_what_was_charged_earlier_in_the_case_is_not_named_again(bojan: Person) -> None:
    await accept((await a_proof(bojan)).id, decided_by="Nada", at=NOON)
    await work_off()
    later = NOON + timedelta(days=10)
    await end_lapsed(later.date(), later)
    await work_off()
    await pays(bojan, at=later)
    await work_off()

    assert await Charge.count() == 1
    assert "€" not in await mail_of_reconnection(bojan)


async def mail_of_reconnection(person: Person) -> str:
    """The last one."""
    return [mail for mail in await mails(person.customer.email) if "znova vklopljene" in mail.subject][-1].text
