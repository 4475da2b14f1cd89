"""A day is chosen, and the moments that lie until then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.sandbox.nights import moments, of_day
from portal.sandbox.passing import PassingAlready, latest, let_pass
from tests.visiting import Visitor

DAY = timedelta(days=1)
NOON = 12

pytestmark = pytest.mark.usefixtures("demo_clock")


async def test_a_day_is_chosen(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/clock")
    chosen = clock.today() + timedelta(days=20)

    await sandbox.submit(page.form_to("/sandbox/clock/day"), day=chosen.isoformat())

    begun = await latest()
    assert begun is not None
    assert clock.day_of(begun.until) == chosen
    assert begun.days == 20


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "čas teče samo naprej"),
        (-1, "čas teče samo naprej"),
        (366, "v naslednjih 12"),
    ],
)
async def test_time_goes_forward_and_a_year_at_most(sandbox: Visitor, days: int, said: str) -> None:
    page = await sandbox.get("/sandbox/clock")
    wished = (clock.today() + timedelta(days=days)).isoformat()

    page = await sandbox.submit(page.form_to("/sandbox/clock/day"), day=wished, status=400)

    assert said in page.text
    assert page.form_to("/sandbox/clock/day").fields["day"] == wished
    assert await latest() is None


@pytest.mark.parametrize(
    "typed", ["", "jutri", "2026-13-01", "2027-02-29", "20270301", "2027-03-01T10:00", " 2027-03-01"]
)
async def test_what_is_no_day_is_asked_for_again(sandbox: Visitor, typed: str) -> None:
    page = await sandbox.get("/sandbox/clock")

    page = await sandbox.submit(page.form_to("/sandbox/clock/day"), day=typed, status=400)

    assert page.one("#day").get("aria-invalid") == "true"
    assert await latest() is None


@pytest.mark.parametrize("days", ["", "0", "2", "-7", "1000"])
async def test_only_a_day_or_a_week_has_a_button(sandbox: Visitor, days: str) -> None:
    form = (await sandbox.get("/sandbox/clock")).form_to("/sandbox/clock/days")

    await sandbox.post(form.action, form.fields | {"days": days}, status=400)

    assert await latest() is None


def test_the_moments_of_a_stretch_lie_within_it() -> None:
    since = datetime(2027, 3, 27, 6, 15, tzinfo=UTC)

    found = [moment.at for moment in moments(since, since + 2 * DAY)]

    assert found[0] > since
    assert found[-1] == since + 2 * DAY
    assert found == sorted(found)
    assert len(found) == 2 * len(list(of_day(since.date())))


async def test_over_the_change_of_clocks_it_is_the_same_hour() -> None:
    """Summer time begins on 28 March 2027."""
    noon = datetime(2027, 3, 27, 11, tzinfo=UTC)

    await let_pass(noon.date() + DAY, noon)

    begun = await latest()
    assert begun is not None
    assert begun.until == datetime(2027, 3, 28, 10, tzinfo=UTC)
    with pytest.raises(PassingAlready):
        await let_pass(noon.date() + DAY, noon)


async def test_a_day_that_is_reached_has_had_its_morning() -> None:
    """Who clicks before dawn comes to tomorrow, and not to a tomorrow on which nothing has happened yet."""
    night = datetime(2027, 7, 1, 2, tzinfo=UTC)

    await let_pass(night.date() + DAY, night)

    begun = await latest()
    assert begun is not None
    morning = [moment.at for moment in of_day(night.date() + DAY) if moment.at.hour < NOON]
    assert [moment.at for moment in moments(night, begun.until)][-len(morning) :] == morning
