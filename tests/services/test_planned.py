"""Put off to a day: until then it can be cancelled, and on it nothing happens on other terms than were shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.network.tables import OFF, OUTGOING_BARRED
from portal.services import beginning, catalogue, switching
from portal.services.refusals import (
    BarredForDebts,
    BeginNotAsked,
    NotToBePlanned,
    PlannedAlready,
    StartOutOfRange,
    TooLateToCancel,
)
from portal.services.switching import Outcome
from tests.people import NOON, TODAY, Person, saved
from tests.services.asking import (
    ON,
    ask,
    barred,
    count,
    dearer,
    has,
    line,
    network_has,
    orders,
    read,
    standing,
    states,
)
from tests.working import work_off
from tests.world import Exchange, mails

FIRST_OF_DECEMBER = date(2026, 12, 1)
MIDNIGHT = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
"""Of Slovenia's first of December."""


async def come(moment: datetime) -> None:
    """The worker looks for what is due, and does it."""
    with clock.stopped_at(moment):
        await beginning.find_due(moment)
        await work_off()


async def test_it_begins_with_its_day_in_slovenia_and_not_before(ana: Person) -> None:
    asked = await ask(ana, "data_abroad", starts_on=FIRST_OF_DECEMBER)
    await come(MIDNIGHT - timedelta(seconds=1))
    before = await orders(ana)

    await come(MIDNIGHT)

    assert asked.outcome == Outcome.SCHEDULED
    assert before == []
    assert await states(ana) == ["roaming on done", "data_abroad on done"]


async def test_in_summer_midnight_is_an_hour_earlier(ana: Person) -> None:
    spring = datetime(2027, 3, 20, 11, 0, tzinfo=UTC)
    await ask(ana, "roaming", starts_on=date(2027, 3, 29), at=spring)

    await come(datetime(2027, 3, 28, 21, 59, tzinfo=UTC))
    before = await orders(ana)
    await come(datetime(2027, 3, 28, 22, 0, tzinfo=UTC))

    assert before == []
    assert await states(ana) == ["roaming on done"]


async def test_a_worker_that_was_away_for_days_makes_up_for_it(ana: Person) -> None:
    await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)

    await come(MIDNIGHT + timedelta(days=9))

    assert await states(ana) == ["roaming on done"]


async def test_looking_twice_for_what_is_due_orders_once(ana: Person) -> None:
    await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)

    await come(MIDNIGHT)
    await come(MIDNIGHT + timedelta(minutes=5))

    assert len(await orders(ana)) == 1


async def test_what_is_planned_is_shown_beside_what_is(ana: Person) -> None:
    await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)

    shown = await standing(ana, "roaming")

    assert shown.planned is not None
    assert (shown.planned.setting, shown.planned.starts_on) == (ON, FIRST_OF_DECEMBER)
    assert (shown.network, shown.under_way) == (OFF, None)


@pytest.mark.parametrize("day", [TODAY, date(2026, 12, 22), date(2020, 1, 1)])
async def test_it_is_a_day_from_tomorrow_to_a_month_ahead(ana: Person, day: date) -> None:
    with pytest.raises(StartOutOfRange) as refused:
        await ask(ana, "roaming", starts_on=day)

    assert refused.value.values == {"first": date(2026, 11, 22), "last": date(2026, 12, 21)}


async def test_a_month_after_the_31st_of_january_is_the_end_of_february(ana: Person) -> None:
    end_of_january = datetime(2027, 1, 31, 11, 0, tzinfo=UTC)

    asked = await ask(ana, "roaming", starts_on=date(2027, 2, 28), at=end_of_january)

    assert asked.outcome == Outcome.SCHEDULED


async def test_a_package_is_not_planned(ana: Person) -> None:
    with pytest.raises(NotToBePlanned):
        await ask(ana, "data_5gb", count(1), starts_on=FIRST_OF_DECEMBER)


async def test_a_purchase_planned_past_the_fourteen_days_need_not_begin_at_once(ana: Person) -> None:
    with pytest.raises(BeginNotAsked):
        await ask(ana, "security", starts_on=TODAY + timedelta(days=14), begins_at_once=False)

    asked = await ask(ana, "security", starts_on=TODAY + timedelta(days=15), begins_at_once=False)

    assert asked.outcome == Outcome.SCHEDULED


async def test_cancelled_it_never_begins(ana: Person) -> None:
    asked = await ask(ana, "data_abroad", starts_on=FIRST_OF_DECEMBER)
    assert asked.switch is not None

    await switching.cancel(await line(ana), asked.switch, NOON)
    await switching.cancel(await line(ana), asked.switch, NOON)
    await come(MIDNIGHT)

    assert await states(ana) == ["roaming on cancelled", "data_abroad on cancelled"]
    assert await orders(ana) == []


async def test_what_has_begun_is_not_cancelled(ana: Person) -> None:
    asked = await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)
    assert asked.switch is not None
    await come(MIDNIGHT)

    with pytest.raises(TooLateToCancel):
        await switching.cancel(await line(ana), asked.switch, MIDNIGHT)


async def test_cancelling_in_the_moment_it_begins_has_one_outcome(ana: Person) -> None:
    """Either it was in time and nothing was ordered, or it was too late and said so."""
    asked = await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)
    assert asked.switch is not None
    seen = await line(ana)
    with clock.stopped_at(MIDNIGHT):
        await beginning.find_due(MIDNIGHT)
        told, _ = await asyncio.gather(
            switching.cancel(seen, asked.switch, MIDNIGHT), work_off(), return_exceptions=True
        )
        await work_off()

    expected = ["roaming on done"] if isinstance(told, TooLateToCancel) else ["roaming on cancelled"]
    assert await states(ana) == expected
    assert len(await orders(ana)) == len([one for one in expected if one.endswith("done")])


async def test_a_planned_change_is_cancelled_before_another_wish(ana: Person) -> None:
    await ask(ana, "data_abroad", starts_on=FIRST_OF_DECEMBER)

    for code in ("roaming", "data_abroad"):
        with pytest.raises(PlannedAlready):
            await ask(ana, code)
        with pytest.raises(PlannedAlready):
            await ask(ana, code, starts_on=FIRST_OF_DECEMBER)


async def test_what_was_barred_meanwhile_is_given_up_and_told(ana: Person) -> None:
    await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)
    await barred(ana, OUTGOING_BARRED)

    await come(MIDNIGHT)

    assert await states(ana) == ["roaming on refused"]
    [mail] = await mails(ana.customer.email)
    assert "zaradi neplačanih računov" in mail.text


async def test_switching_off_goes_on_also_where_the_line_was_barred_meanwhile(ana: Person) -> None:
    await has(ana, "roaming")
    await ask(ana, "roaming", OFF, starts_on=FIRST_OF_DECEMBER)
    await barred(ana, OUTGOING_BARRED)

    await come(MIDNIGHT)

    assert await network_has(ana, "roaming") == OFF


async def test_a_line_that_ended_meanwhile_is_not_switched(ana: Person) -> None:
    await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)
    ana.contract.ended_on = date(2026, 11, 28)
    await saved(ana.contract)

    await come(MIDNIGHT)

    assert await states(ana) == ["roaming on refused"]
    assert (await standing(ana, "roaming")).refused.code == "ended"  # type: ignore[union-attr]


async def test_at_another_price_nothing_is_bought(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    await ask(ana, "security", starts_on=FIRST_OF_DECEMBER)
    monkeypatch.setattr(catalogue, "editions", lambda: {"1": dearer("security", "2.49")})

    await come(MIDNIGHT)

    assert await states(ana) == ["security on refused"]
    [mail] = await mails(ana.customer.email)
    assert "Cena ali pogoji so se" in mail.text


async def test_what_is_on_by_then_anyway_is_not_bought(ana: Person, exchange: Exchange) -> None:
    await ask(ana, "data_abroad", starts_on=FIRST_OF_DECEMBER)
    await exchange.has_on(ana.line.number, roaming=ON, data_abroad=ON)
    await read(ana)

    await come(MIDNIGHT)

    assert await states(ana) == ["roaming on overtaken", "data_abroad on overtaken"]
    assert await orders(ana) == []


async def test_while_barred_nothing_is_planned_to_go_on(ana: Person) -> None:
    await barred(ana, OUTGOING_BARRED)

    with pytest.raises(BarredForDebts):
        await ask(ana, "roaming", starts_on=FIRST_OF_DECEMBER)
