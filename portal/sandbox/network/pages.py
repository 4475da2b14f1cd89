"""`/sandbox/network`: what the network has on each line, changed behind our back, and how it is to behave."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from litestar import Response, get, post
from litestar.params import FromPath
from pydantic import AfterValidator, StringConstraints

from portal import clock
from portal.customers.tables import LineKind
from portal.dunning.view.effects import OFF
from portal.network.tables import Profile, Setting
from portal.refusals import NotFound
from portal.sandbox.network.behaviours import (
    BEHAVIOURS,
    REFUSALS,
    Behaviour,
    behave,
    bring_up,
    is_down,
    take_down,
)
from portal.sandbox.network.later import catch_up
from portal.sandbox.network.lines import KnownLine, known_line, known_lines, names, services_of
from portal.sandbox.network.state import bar, set_service
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

F = TypeVar("F", bound=Form)

PATH = "/sandbox/network"
ServiceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def known_reason(code: str) -> str:
    if code not in REFUSALS:
        raise ValueError(code)
    return code


class OutageForm(Form):
    down: Literal["yes", "no"]


class BehaviourForm(Form):
    behaviour: Behaviour
    reason: Annotated[str, AfterValidator(known_reason)]


class BarringForm(Form):
    barred: Literal["voice_out", "voice_in", "sms_out", "data", "all"]
    on: Literal["yes", "no"]


class ServiceForm(Form):
    service: ServiceCode
    on: Literal["yes", "no"]
    value: Annotated[str, StringConstraints(max_length=40)] = ""


@get(PATH, guards=[anyone])
async def lines(request: PortalRequest) -> Response[bytes]:
    await catch_up(clock.now())
    return page(
        request,
        "sandbox/network.html",
        lines=await known_lines(),
        names=names(clock.day_of(request.at), request.language),
        behaviours=BEHAVIOURS,
        is_down=await is_down(),
    )


@post(PATH, guards=[anyone])
async def switch_network(request: PortalRequest) -> Response[bytes]:
    """The whole of it down, or up again."""
    form = await filled_in(request, OutageForm)
    await bring_up()
    if form.down == "yes":
        await take_down(request.at)
    return see_other(request, PATH)


@get(f"{PATH}/{{number:str}}", guards=[anyone])
async def one_line(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    await catch_up(clock.now())
    line = await found(number)
    return page(
        request,
        "sandbox/network_line.html",
        line=line,
        barrings=OFF if line.kind == LineKind.MOBILE else (),
        services=await services_of(line, clock.day_of(request.at)),
        names=names(clock.day_of(request.at), request.language),
        behaviours=BEHAVIOURS,
        reasons=REFUSALS,
    )


@post(f"{PATH}/{{number:str}}/behaviour", guards=[anyone])
async def choose_behaviour(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    line, form = await found(number), await filled_in(request, BehaviourForm)
    await behave(number, form.behaviour, form.reason)
    return see_other(request, line.path)


@post(f"{PATH}/{{number:str}}/barring", guards=[anyone])
async def drift_of_barring(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    """The network changes it by itself."""
    line, form = await found(number), await filled_in(request, BarringForm)
    is_barred = form.on == "yes"
    everything = Profile(is_barred, is_barred, is_barred, is_barred)
    await bar(number, everything if form.barred == "all" else line.profile._replace(**{form.barred: is_barred}))
    return see_other(request, line.path)


@post(f"{PATH}/{{number:str}}/services", guards=[anyone])
async def drift_of_service(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    line, form = await found(number), await filled_in(request, ServiceForm)
    await set_service(number, form.service, Setting(form.on == "yes", form.value or None))
    return see_other(request, line.path)


async def found(number: str) -> KnownLine:
    line = await known_line(number)
    if line is None:
        raise NotFound
    return line


async def filled_in(request: PortalRequest, form: type[F]) -> F:
    filled = await fill(request, form)
    if filled.form is None:
        raise UnreadableForm
    return filled.form


ROUTES = [lines, switch_network, one_line, choose_behaviour, drift_of_barring, drift_of_service]
