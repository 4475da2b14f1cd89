"""Who is told that an allowance is nearly or wholly used: once a period, by day, and only of what is so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.customers.quantities import AllowanceKind
from portal.customers.tables import CustomerKind, PackageKind
from portal.messaging.tables import Channel, Message
from portal.usage.tables import UsageWarning
from tests.people import NOON, TODAY, Person, a_person
from tests.usage.meters import MORNING, NEW_PERIOD, NIGHT, a_second_line, told, uses, work
from tests.working import waiting


@pytest.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


async def test_at_eighty_percent_the_line_is_told_what_is_used_and_where_to_look(bojan: Person) -> None:
    await uses(bojan.line, 8.1)
    await work()

    assert await told(bojan.line.number) == [
        "Porabili ste 8,1 GB od 10 GB podatkov, ki so na voljo do 30. 11. 2026. Poraba: https://moj.test/usage Moj A1"
    ]


async def test_just_below_nobody_is_told(bojan: Person) -> None:
    await uses(bojan.line, 7.999_999_999)
    await work()

    assert await told(bojan.line.number) == []


async def test_used_up_is_told_with_what_to_do(bojan: Person) -> None:
    await uses(bojan.line, 10)
    await work()

    (text,) = await told(bojan.line.number)
    assert text.startswith("Porabili ste vseh 10 GB podatkov")
    assert "Kaj lahko storite: https://moj.test/usage" in text


async def test_who_leaps_from_ten_to_a_hundred_gets_one_message_and_no_late_one(bojan: Person) -> None:
    await uses(bojan.line, 1)
    await uses(bojan.line, 10.4)
    await work()
    await uses(bojan.line, 8.5)
    await work()

    assert len(await told(bojan.line.number)) == 1
    assert await UsageWarning.select(UsageWarning.percent).order_by(UsageWarning.percent) == [
        {"percent": 80},
        {"percent": 100},
    ]


async def test_repeated_and_growing_measurements_tell_each_percentage_once(bojan: Person) -> None:
    for used in (8, 8, 8.5, 9, 10, 10, 12):
        await uses(bojan.line, used)
        await work()

    assert [text.split(" podatkov")[0] for text in await told(bojan.line.number)] == [
        "Porabili ste 8 GB od 10 GB",
        "Porabili ste vseh 10 GB",
    ]


async def test_a_correction_below_and_above_again_tells_once(bojan: Person) -> None:
    for used in (8.2, 3, 8.2):
        await uses(bojan.line, used)
        await work()

    assert len(await told(bojan.line.number)) == 1


async def test_a_correction_before_anybody_was_told_takes_the_warning_back(bojan: Person) -> None:
    await uses(bojan.line, 8.2)
    await uses(bojan.line, 3)
    await work()
    assert await told(bojan.line.number) == []

    await uses(bojan.line, 8.3)
    await work()

    (text,) = await told(bojan.line.number)
    assert text.startswith("Porabili ste 8,3 GB")


async def test_a_leap_that_was_half_corrected_tells_the_half_that_is_so(bojan: Person) -> None:
    await uses(bojan.line, 10)
    await uses(bojan.line, 8.2)
    await work()

    (text,) = await told(bojan.line.number)
    assert text.startswith("Porabili ste 8,2 GB od 10 GB")


async def test_a_new_period_warns_anew(bojan: Person) -> None:
    await uses(bojan.line, 8.1)
    await work()
    await uses(bojan.line, 8.1, since=NEW_PERIOD.date(), at=NEW_PERIOD)
    await work(NEW_PERIOD)

    assert len(await told(bojan.line.number)) == 2


async def test_what_is_without_a_limit_is_never_warned_of(bojan: Person) -> None:
    await uses(bojan.line, 900, of=None)
    await uses(bojan.line, 1, of=0, code="none")
    await work()

    assert await told(bojan.line.number) == []


@pytest.mark.parametrize("age", [timedelta(hours=25), timedelta(days=40)])
async def test_old_measurements_warn_nobody(bojan: Person, age: timedelta) -> None:
    await uses(bojan.line, 10, measured_at=NOON - age)
    await work()

    assert not await UsageWarning.exists()


async def test_where_the_contract_has_ended_nobody_is_told(bojan: Person) -> None:
    bojan.contract.ended_on = TODAY
    await bojan.contract.save()
    await uses(bojan.line, 10)
    await work()

    assert not await Message.exists()


async def test_a_late_row_of_a_period_that_is_over_warns_nobody(bojan: Person) -> None:
    await uses(bojan.line, 10, at=NEW_PERIOD)
    await work(NEW_PERIOD)

    assert not await UsageWarning.exists()


async def test_at_night_eighty_percent_waits_for_the_morning(bojan: Person) -> None:
    await uses(bojan.line, 8.1, at=NIGHT)
    await work(NIGHT)
    assert await waiting() == ["usage.tell"]
    assert await told(bojan.line.number) == []

    await work(MORNING, later=True)

    assert len(await told(bojan.line.number)) == 1


async def test_a_job_that_runs_into_the_night_waits_too(bojan: Person) -> None:
    await uses(bojan.line, 8.1)
    await work(NIGHT)
    assert await told(bojan.line.number) == []

    await work(MORNING, later=True)

    assert len(await told(bojan.line.number)) == 1


async def test_at_night_the_end_is_told_at_once_and_the_morning_adds_nothing(bojan: Person) -> None:
    await uses(bojan.line, 8.1, at=NIGHT)
    await uses(bojan.line, 10, at=NIGHT)
    await work(NIGHT)
    assert len(await told(bojan.line.number)) == 1

    await work(MORNING, later=True)

    assert len(await told(bojan.line.number)) == 1


async def test_data_abroad_is_told_at_once_at_any_hour(bojan: Person) -> None:
    await uses(bojan.line, 8.1, code="eu", kind=AllowanceKind.ROAMING_DATA, at=NIGHT)
    await work(NIGHT)

    (text,) = await told(bojan.line.number)
    assert "podatkov v gostovanju" in text


async def test_each_line_that_shares_is_told_once_at_its_own_number(bojan: Person) -> None:
    second = await a_second_line(bojan)
    for line in (bojan.line, second):
        await uses(line, 8.1, code="family", shared_by=2)
    await work()

    for line in (bojan.line, second):
        (text,) = await told(line.number)
        assert text.startswith("Skupaj ste porabili 8,1 GB od 10 GB")


async def test_calls_and_data_are_two_warnings(bojan: Person) -> None:
    await uses(bojan.line, 8.1)
    await uses(bojan.line, 10, code="calls", kind=AllowanceKind.CALLS)
    await work()

    assert len(await told(bojan.line.number)) == 2


async def test_a_connection_without_a_display_is_told_at_the_contact_number(database: str) -> None:
    marija = await a_person("Marija Hribar", package=PackageKind.KOMBO)
    await uses(marija.line, 10)
    await work()

    assert marija.customer.contact_number is not None
    (text,) = await told(marija.customer.contact_number)
    assert text.startswith(f"{marija.line.number}: Porabili ste vseh 10 GB")


async def test_without_a_mobile_contact_number_it_goes_by_email(database: str) -> None:
    marija = await a_person("Marija Hribar", package=PackageKind.KOMBO)
    marija.customer.contact_number = "+38612345678"
    await marija.customer.save()
    await uses(marija.line, 10)
    await work()

    message = await Message.objects().get(Message.template == "usage_warning")
    assert message is not None
    assert (message.channel, message.recipient) == (Channel.EMAIL, marija.customer.email)


async def test_a_companys_employee_is_told_and_the_company_is_spared(database: str) -> None:
    company = await a_person("Cvetka Novak s. p.", kind=CustomerKind.COMPANY)
    second = await a_second_line(company)
    await uses(second, 10)
    await work()

    assert len(await told(second.number)) == 1
    assert await Message.count() == 1


async def test_amounts_at_the_edge_of_what_a_feed_can_hold_stop_no_import(bojan: Person) -> None:
    await uses(bojan.line, 9_000_000_000, of=9_000_000_000)

    assert await UsageWarning.count() == 2
