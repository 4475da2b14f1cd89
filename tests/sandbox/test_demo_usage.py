"""What the demo's people have used, and how their services are set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.customers.quantities import GIGABYTE, AllowanceKind
from portal.customers.tables import Customer, Line
from portal.database import connection
from portal.identity.tables import Access, Login
from portal.money import Money
from portal.network.lines import LineSeen, lines_of
from portal.network.tables import Setting
from portal.sandbox.stories import PEOPLE
from portal.services.standing import LineServices, standing_of
from portal.services.tables import Switch, SwitchState
from portal.usage.pace import Pace
from portal.usage.policy import policy
from portal.usage.reading import LineUsage, usage_of
from tests.people import NOON, TODAY
from tests.sandbox.demo_people import account_of, folder, seed_only, seeded

__all__ = ["folder", "seeded"]

pytestmark = pytest.mark.usefixtures("database", "demo_clock")


async def line_of(number: str) -> Line:
    line = await Line.objects().get(Line.number == number)
    assert line is not None
    return line


async def usage(number: str) -> LineUsage:
    return await usage_of((await line_of(number)).id, TODAY)


async def services(number: str) -> LineServices:
    line = await line_of(number)
    [seen] = [one for one in await lines_of([line.account]) if one.id == line.id]
    return await standing_of(seen, NOON)


async def test_ana_has_thirteen_periods_in_which_something_was_used() -> None:
    await seed_only("Ana")

    used = await usage("+38640000101")

    assert len(used.known_periods) == len(used.periods) == 13
    assert used.current == used.periods[-1]
    assert {one.kind: one.included for one in used.allowances} == {
        AllowanceKind.CALLS: None,
        AllowanceKind.MESSAGES: None,
        AllowanceKind.DATA: 20 * GIGABYTE,
        AllowanceKind.ROAMING_DATA: 6 * GIGABYTE,
    }
    assert {one.measured_at for one in used.allowances} == {NOON}


@pytest.mark.usefixtures("seeded")
async def test_what_was_used_is_what_was_billed_of_it() -> None:
    async with connection() as connected:
        assert await connected.fetch(BILLED_OTHERWISE) == []
        assert await connected.fetch(RECORDED_OTHERWISE) == []


async def test_dejans_data_does_not_last() -> None:
    await seed_only("Dejan")

    [data] = [one for one in (await usage("+38640000104")).allowances if one.kind == AllowanceKind.DATA]

    assert data.percent_left < 10
    assert data.pace is not None
    assert data.pace != Pace(None)


async def test_anas_mother_used_all_her_data_and_has_bought_more() -> None:
    await seed_only("Ana", "Marija")

    data = [one for one in (await usage("+38640000110")).allowances if one.kind == AllowanceKind.DATA]

    assert sorted(one.is_used_up for one in data) == [False, True]
    assert (await services("+38640000110")).of("data_5gb").count == 1


async def test_helenas_measurement_is_out_of_date() -> None:
    await seed_only("Helena")

    [measured_at] = {one.measured_at for one in (await usage("+38640000106")).allowances}

    assert NOON - measured_at > policy().measured.stale_after


async def test_of_some_lines_nothing_is_known() -> None:
    await seed_only("Eva", "Irena")

    for number in ("+38640000105", "+38640000715"):
        assert not (await usage(number)).is_known


async def test_since_a_line_was_barred_nothing_of_this_period_went_out() -> None:
    await seed_only("Bojan", "Cvetka", "Helena")

    async with connection() as connected:
        assert await connected.fetch(USED_ALTHOUGH_BARRED, TODAY) == []


async def test_franc_is_blocked_at_the_limit_he_set() -> None:
    await seed_only("Franc")

    used = await usage("+38640000108")

    assert used.is_blocked
    assert used.limited is not None
    assert used.spending is not None
    assert used.spending.amount > used.limited.amount == Money(2000)


async def test_franc_was_refused_and_told_why() -> None:
    await seed_only("Franc")

    premium = (await services("+38640000108")).of("premium_090")

    assert premium.is_on is False
    assert premium.refused is not None
    assert premium.refused.code == "not_supported"
    assert await Switch.count().where(Switch.state == SwitchState.REFUSED) == 1


async def test_one_of_irenas_salespeople_has_nearly_reached_the_limit_of_roaming() -> None:
    await seed_only("Irena")

    spending = (await usage("+38640000711")).spending

    assert spending is not None
    assert policy().roaming.limit.cents * 8 // 10 < spending.roaming_cents < policy().roaming.limit.cents


async def test_her_salespeople_share_their_data() -> None:
    await seed_only("Irena")

    shared = [
        one for n in range(1, 5) for one in (await usage(f"+3864000071{n}")).allowances if one.shared_by is not None
    ]

    assert [one.shared_by for one in shared] == [4] * 4
    assert {one.used for one in shared} == {sum(one.own_used or 0 for one in shared)}


async def test_gabrijela_has_a_past_and_no_present() -> None:
    await seed_only("Gabrijela")

    used = await usage("+38640000109")

    assert used.known_periods
    assert used.current is None


async def test_ana_has_put_roaming_off_by_five_days() -> None:
    await seed_only("Ana")

    roaming = (await services("+38640000101")).of("roaming")

    assert roaming.is_on is False
    assert roaming.planned is not None
    assert roaming.planned.starts_on == TODAY + timedelta(days=5)


@pytest.mark.usefixtures("seeded")
async def test_every_registered_person_has_a_line_whose_services_were_read() -> None:
    for person in PEOPLE:
        lines = await lines_of([(await account_of(name_of(person.name))).id])
        read = [await is_read(line) for line in lines]
        assert any(read) == (person.name != "Eva Novak"), person.name


def name_of(person: str) -> str:
    return "Modri kozolec d.o.o." if person == "Irena Vidmar" else person


async def is_read(line: LineSeen) -> bool:
    return (await standing_of(line, NOON)).read_at is not None


async def test_the_portal_and_the_network_agree_about_services() -> None:
    await seed_only("Cvetka")

    cvetka = await services("F00320417")

    assert cvetka.of("tv_basic").network == Setting(is_on=True)
    async with connection() as connected:
        assert await connected.fetch(SET_OTHERWISE) == []


async def test_ana_sees_two_customers() -> None:
    await seed_only("Ana", "Marija")

    ana = await Login.objects().get(Login.contact_number == "+38640000101")
    assert ana is not None

    customers = await Access.select(Access.customer).where(Access.login == ana.id)
    names = await Customer.select(Customer.name).where(Customer.id.is_in([row["customer"] for row in customers]))

    assert {row["name"] for row in names} == {"Ana Zupan", "Marija Zupan"}


BILLED_OTHERWISE = """
    SELECT b.number, a.kind FROM bill_allowances a JOIN bills b ON b.id = a.bill
    LEFT JOIN usage_allowances u ON u.line = a.line AND u.code = a.kind AND u.period_from = b.period_from
    WHERE u.used IS DISTINCT FROM a.used AND EXISTS (SELECT FROM usage_allowances e WHERE e.line = a.line)
"""
# Of the two periods whose calls are known; what several share is counted by each of them.
RECORDED_OTHERWISE = """
    SELECT u.line, u.code, u.period_from FROM usage_allowances u
    WHERE u.code = u.kind AND EXISTS (
        SELECT FROM usage_records r WHERE r.line = u.line AND r.began_at::date BETWEEN u.period_from AND u.period_to
    ) AND coalesce(u.own_used, u.used) <> coalesce((
        SELECT sum(r.quantity) FROM usage_records r
        WHERE r.line = u.line AND r.amount_cents = 0 AND r.began_at::date BETWEEN u.period_from AND u.period_to
          AND u.kind = CASE WHEN r.kind = 'call' THEN 'calls' WHEN r.kind = 'sms' THEN 'messages'
                            WHEN r.is_abroad THEN 'roaming_data' ELSE 'data' END
    ), 0)
"""
USED_ALTHOUGH_BARRED = """
    SELECT r.line, r.record FROM usage_records r JOIN barring_orders b ON b.line = r.line
    WHERE r.began_at > b.confirmed_at AND EXISTS (
        SELECT FROM usage_allowances u WHERE u.line = r.line AND $1 BETWEEN u.period_from AND u.period_to
            AND r.began_at >= u.period_from
    )
"""
SET_OTHERWISE = """
    SELECT n.number, n.service FROM sandbox.network_services n JOIN lines l ON l.number = n.number
    LEFT JOIN service_states s ON s.line = l.id AND s.service = n.service
    WHERE s.is_on IS DISTINCT FROM n.is_on OR s.value IS DISTINCT FROM n.value
"""
