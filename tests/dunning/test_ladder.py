"""The whole ladder day by day, as the source tells it. Source: izklop-storitev.txt, I and II."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.billing.tables import Charge
from portal.customers.tables import CustomerKind, PackageKind
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, Profile
from tests.dunning.nights import live_through, steps_of, told
from tests.people import Person, a_person
from tests.world import Exchange, texts

ISSUED = date(2026, 11, 2)
DUE = date(2026, 11, 17)


async def test_the_full_ladder_of_a_mobile_customer(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, issued=ISSUED, due=DUE)

    await live_through(DUE, date(2027, 1, 22))

    assert await steps_of(bojan) == {
        "reminder": date(2026, 11, 18),
        "notice": date(2026, 11, 20),
        "outgoing": date(2026, 11, 24),
        "outgoing_and_fixed": ISSUED + timedelta(days=28),
        "incoming": ISSUED + timedelta(days=49),
        "termination": ISSUED + timedelta(days=79),
        "final_demand": ISSUED + timedelta(days=80),
    }
    assert await told(bojan) == {
        date(2026, 11, 18): ["email reminder", "sms reminder"],
        date(2026, 11, 20): ["email pre_suspension", "sms pre_suspension"],
        date(2026, 11, 24): ["email suspended", "sms suspended"],
        date(2026, 11, 30): ["email suspended", "sms suspended"],
        date(2026, 12, 21): ["email termination_notice", "letter termination_notice"],
        date(2027, 1, 21): ["email payment_call", "letter payment_call"],
    }


async def test_what_is_barred_on_each_day(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, issued=ISSUED, due=DUE)

    found: dict[date, Profile] = {}
    for day in (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 30), date(2026, 12, 20), date(2026, 12, 21)):
        await live_through(max(found, default=DUE - timedelta(days=1)) + timedelta(days=1), day)
        found[day] = await world.has(bojan.line.number)

    assert list(found.values()) == [OPEN, OUTGOING_BARRED, OUTGOING_BARRED, OUTGOING_BARRED, ALL_BARRED]


async def test_the_sms_name_the_last_day_and_the_fee(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, issued=ISSUED, due=DUE)

    await live_through(DUE, date(2026, 11, 30))

    reminder, notice, outgoing, second = await texts(bojan.line.number)
    assert "86,45 EUR" in reminder
    assert "Še 3 dni:" in notice
    assert "23. 11. 2026" in notice
    assert "20,98 EUR" in outgoing
    assert "29. 11. 2026" in outgoing, "the day before the 28th from issue"
    assert "34,99 EUR" in second
    assert "20. 12. 2026" in second, "the day before the 49th from issue"


async def test_nothing_is_charged_until_the_lines_are_connected_again(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, issued=ISSUED, due=DUE)

    await live_through(DUE, date(2026, 12, 22))

    assert await Charge.count() == 0


async def test_flex_goes_the_same_way_to_the_contact_number(world: Exchange) -> None:
    flora = await a_person("Flora Zupan", package=PackageKind.FLEX)
    flora.customer.contact_number = "+38640123456"
    await flora.customer.save()
    await flora.bill(issued=ISSUED, due=DUE)

    await live_through(DUE, ISSUED + timedelta(days=49))

    assert list(await steps_of(flora)) == ["reminder", "notice", "outgoing", "outgoing_and_fixed", "incoming"]
    assert len(await texts("+38640123456")) == 4
    assert await texts(flora.line.number) == []


async def test_kombo_without_a_mobile_number_is_written_to_by_post(world: Exchange) -> None:
    cvetka = await a_person("Cvetka Novak", package=PackageKind.KOMBO)
    await cvetka.bill(issued=ISSUED, due=DUE)

    await live_through(DUE, ISSUED + timedelta(days=28))

    assert await steps_of(cvetka) == {
        "reminder": date(2026, 11, 18),
        "notice": ISSUED + timedelta(days=24),
        "all": ISSUED + timedelta(days=28),
    }
    assert await told(cvetka) == {
        date(2026, 11, 18): ["email reminder", "letter reminder"],
        date(2026, 11, 30): ["email suspended", "letter suspended"],
    }
    assert await world.has(cvetka.line.number) == ALL_BARRED


async def test_kombo_of_a_mobile_subscriber_is_warned_by_sms(world: Exchange) -> None:
    cvetka = await a_person("Cvetka Novak", package=PackageKind.KOMBO)
    await has_a_mobile_line(cvetka)
    await cvetka.bill(issued=ISSUED, due=DUE)

    await live_through(DUE, ISSUED + timedelta(days=28))

    by_day = await told(cvetka)
    assert by_day[ISSUED + timedelta(days=24)] == ["sms pre_suspension"]
    assert by_day[ISSUED + timedelta(days=28)] == ["email suspended", "sms suspended"]


async def test_thirty_days_after_the_fixed_services_went_off_the_contract_ends(world: Exchange) -> None:
    cvetka = await a_person("Cvetka Novak", package=PackageKind.KOMBO)
    await cvetka.bill(issued=ISSUED, due=DUE)

    await live_through(DUE, ISSUED + timedelta(days=59))

    steps = await steps_of(cvetka)
    assert steps["termination"] == steps["all"] + timedelta(days=30)
    assert steps["final_demand"] == steps["termination"] + timedelta(days=1)


async def test_legacy_fixed_is_reminded_twice_in_writing(world: Exchange) -> None:
    franc = await a_person("Franc Hribar", package=PackageKind.LEGACY_FIXED)
    await franc.bill(issued=date(2026, 10, 31), due=date(2026, 11, 15))

    await live_through(date(2026, 11, 15), date(2027, 1, 31))

    steps, letters = await steps_of(franc), await told(franc)
    assert steps["first_reminder"] == date(2026, 12, 15), "thirty days after the due day"
    assert letters[date(2026, 12, 15)] == ["letter first_reminder"]
    assert steps["second_reminder"] == date(2027, 1, 11), "not settled by the tenth"
    assert letters[date(2027, 1, 11)] == ["letter second_reminder"]
    assert steps["all"] > date(2027, 1, 19), "eight days in the post's time, and never on a day off"
    assert await world.has(franc.line.number) == ALL_BARRED


@pytest.mark.parametrize("package", PackageKind)
async def test_a_company_goes_the_way_of_its_package(world: Exchange, package: PackageKind) -> None:
    firm = await a_person("Modri kozolec d.o.o.", kind=CustomerKind.COMPANY, package=package)
    await firm.bill(issued=ISSUED, due=DUE)

    await live_through(DUE, ISSUED + timedelta(days=100))

    assert {"outgoing", "all"} & set(await steps_of(firm))


@pytest.mark.parametrize(
    ("issued", "second"),
    [
        (date(2026, 12, 10), date(2027, 1, 7)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2027, 2, 1), date(2027, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 29)),
        (date(2026, 9, 27), date(2026, 10, 25)),
    ],
    ids=["year end", "leap day", "no leap day", "clocks go forward", "clocks go back"],
)
async def test_the_twenty_eighth_day_is_a_day_of_the_calendar(world: Exchange, issued: date, second: date) -> None:
    bojan = await a_person("Bojan Kralj")
    due = issued + timedelta(days=15)
    await bojan.bill(issued=issued, due=due)

    await live_through(due, second)

    assert (await steps_of(bojan))["outgoing_and_fixed"] == second


async def has_a_mobile_line(person: Person) -> None:
    """On another account of the same customer."""
    mobile = await a_person("Cvetka Novak")
    mobile.account.customer = person.customer.id
    await mobile.account.save()
