"""`/sandbox/clock`: the demo's day, and letting days pass."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from litestar import Response, get, post
from pydantic import AfterValidator, StringConstraints

from portal import clock
from portal.refusals import N_
from portal.sandbox.happened import happened
from portal.sandbox.offset import of_this_database
from portal.sandbox.passing import PassingAlready, latest, let_pass
from portal.web.forms import Filled, Form, fill, wrong
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

PATH = "/sandbox/clock"
FARTHEST = timedelta(days=365)


LOOK_AGAIN = 2
"""Seconds until a page without JavaScript looks how far the days have come."""


class DaysForm(Form):
    days: Literal["1", "7"]


def written_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise wrong(N_("Choose a day.")) from None
    return text


class DayForm(Form):
    """As a date field sends it: `2026-12-24`."""

    day: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(written_day)]


@get(PATH, guards=[anyone])
async def shown(request: PortalRequest) -> Response[bytes]:
    return await clock_page(request)


@post(f"{PATH}/days", guards=[anyone])
async def some_days(request: PortalRequest) -> Response[bytes]:
    """Tomorrow, or a week on."""
    filled = await fill(request, DaysForm)
    if filled.form is None:
        raise UnreadableForm
    return await begin(request, clock.day_of(request.at) + timedelta(days=int(filled.form.days)))


@post(f"{PATH}/day", guards=[anyone])
async def to_a_day(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, DayForm)
    day = date.fromisoformat(filled.form.day) if filled.form else None
    error = out_of_reach(day, clock.day_of(request.at)) if day else None
    if day is None or error:
        return await clock_page(request, filled=filled.with_error("day", error) if error else filled, status=400)
    return await begin(request, day)


async def begin(request: PortalRequest, until: date) -> Response[bytes]:
    try:
        await let_pass(until, request.at)
    except PassingAlready as already:
        return await clock_page(request, refusal=already, status=already.status)
    return see_other(request, PATH)


def out_of_reach(day: date, today: date) -> str | None:
    if day <= today:
        return N_("Choose a later day: time goes forward only.")
    return N_("Choose a day within a year.") if day - today > FARTHEST else None


async def clock_page(
    request: PortalRequest,
    *,
    filled: Filled[DayForm] | None = None,
    refusal: PassingAlready | None = None,
    status: int = 200,
) -> Response[bytes]:
    passing, offset = await latest(), await of_this_database()
    return page(
        request,
        "sandbox/clock.html",
        blocks=("clock",),
        status=status,
        at=request.at,
        today=clock.day_of(request.at),
        ahead=days_ahead(request.at, offset.ahead),
        passing=passing,
        look_again=LOOK_AGAIN,
        days=await happened(passing.began_at, passing.reached) if passing else [],
        filled=filled or Filled(None),
        refusal=refusal,
        soonest=clock.day_of(request.at) + timedelta(days=1),
        latest=clock.day_of(request.at) + FARTHEST,
    )


def days_ahead(at: datetime, ahead: timedelta) -> int:
    return (clock.day_of(at) - clock.day_of(at - ahead)).days


ROUTES = [shown, some_days, to_a_day]
