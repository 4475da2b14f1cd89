"""Two tabs, many fingers: with real transactions at the same time, one outcome, and everybody is told it."""

from __future__ import annotations

import asyncio

from portal.audit import AuditEntry, Event
from portal.database import connection
from portal.network.tables import OFF, OrderState, ServiceOrder
from portal.services import ending
from portal.services.switching import Asked, Outcome
from tests.people import NOON, Person
from tests.services.asking import ON, ask, count, has, network_has, orders, services, states
from tests.working import work_off


async def test_the_same_asked_in_two_tabs_is_one_order(ana: Person) -> None:
    told = await asyncio.gather(*(ask(ana, "roaming") for _ in range(5)))
    await work_off()

    assert sorted(one.outcome for one in told) == [Outcome.ORDERED] + [Outcome.UNDER_WAY] * 4
    assert await states(ana) == ["roaming on done"]


async def test_one_package_bought_in_two_tabs_is_bought_once(ana: Person) -> None:
    told = await asyncio.gather(*(ask(ana, "data_5gb", count(1)) for _ in range(3)))
    await work_off()

    assert sorted(one.outcome for one in told) == [Outcome.ORDERED, Outcome.UNDER_WAY, Outcome.UNDER_WAY]
    assert await network_has(ana, "data_5gb") == count(1)


async def test_opposite_wishes_at_once_end_in_the_one_that_came_last(franc: Person) -> None:
    for _ in range(3):
        on, off = await asyncio.gather(ask(franc, "static_address"), ask(franc, "static_address", OFF, agreed=0))
        await work_off()

        last = OFF if off.outcome == Outcome.ORDERED else ON
        assert on.outcome == Outcome.ORDERED
        assert await network_has(franc, "static_address") == last
        await has(franc, "static_address", OFF)


async def test_two_services_that_exclude_each_other_end_as_one(franc: Person) -> None:
    """Who came second saw a price that is still right; what was first goes off again."""
    basic, plus = await asyncio.gather(ask(franc, "tv_basic"), ask(franc, "tv_plus"))
    await work_off()

    assert {basic.outcome, plus.outcome} == {Outcome.ORDERED}
    assert len((await services(franc)).has) == 1
    assert [await network_has(franc, code) for code in ("tv_basic", "tv_plus")].count(ON) == 1


async def test_ten_targets_at_once_lose_no_order_and_double_none(ana: Person) -> None:
    told: list[Asked] = await asyncio.gather(*(ask(ana, "data_abroad", OFF if turn % 2 else ON) for turn in range(10)))
    await work_off()

    assert all(isinstance(one, Asked) for one in told)
    assert {order.state for order in await orders(ana)} <= {OrderState.CONFIRMED, OrderState.SUPERSEDED}
    assert not [one for one in await states(ana) if not one.endswith(("done", "overtaken"))]
    now = await services(ana)
    assert all(one.under_way is None and one.network == one.desired for one in now.services)
    await switches_belong_to_one_order_each()


async def switches_belong_to_one_order_each() -> None:
    async with connection() as connected:
        assert await connected.fetchval(
            'SELECT count(*) = count(DISTINCT "order") FROM switches WHERE "order" IS NOT NULL'
        )


async def test_workers_at_once_note_the_end_once(franc: Person) -> None:
    await ask(franc, "tv_sport")

    await asyncio.gather(work_off(), work_off(), work_off())
    await work_off()

    assert await states(franc) == ["tv_plus on done", "tv_sport on done"]


async def test_two_workers_with_the_same_end_note_it_once(ana: Person) -> None:
    await ask(ana, "roaming")
    [order] = await orders(ana)
    await ServiceOrder.update({ServiceOrder.state: OrderState.CONFIRMED}).where(ServiceOrder.id == order.id)

    await asyncio.gather(*(ending.go_on(order.id, NOON) for _ in range(4)))

    assert await states(ana) == ["roaming on done"]
    assert await AuditEntry.count().where(AuditEntry.event == Event.SERVICE_DONE) == 1
