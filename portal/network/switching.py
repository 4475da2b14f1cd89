"""Ordering how the services of a line are set: a desired state of each, the last wish counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import audit
from portal.database import connection
from portal.jobs import enqueue
from portal.network.aspects import Aspect, place
from portal.network.observing import look
from portal.network.orders import Order, OrderTable
from portal.network.port import network
from portal.network.service_states import note_services
from portal.network.tables import OFF, OrderState, ServiceOrder, Setting


@dataclass(frozen=True, slots=True)
class OrderedService(Order):
    service: str
    is_on: bool
    value: str | None

    @property
    def setting(self) -> Setting:
        return Setting(self.is_on, self.value)


async def switch(line: UUID, service: str, setting: Setting, *, then: str | None = None, at: datetime) -> UUID:
    """Ask the network to set one service of a line, in the running transaction. Returns the order's id.

    An open order of the same line and service is superseded. When the network has confirmed this one or refused it,
    the job named `then` is enqueued once with `order`; never when it was superseded itself.
    """
    is_on, value = setting if setting.is_on else OFF
    order = ServiceOrder(line=line, service=service, is_on=is_on, value=value, then_job=then, asked_at=at)
    await place(SERVICES, [order], service)
    return order.id


async def read_services(line: UUID, at: datetime) -> None:
    """Read how all services of a line are set, and note it. For a day it is then kept fresh. Raises NetworkTimeout.

    Pages enqueue `network.read` with `line`, which does this, where nothing was read yet or long ago.
    """
    await look(SERVICES, line, at)
    async with connection() as connected:
        await connected.execute("UPDATE services_read SET looked_at = $2 WHERE line = $1", line, at)


async def order_again(wish: OrderedService, at: datetime) -> None:
    is_on, value = wish.setting
    again = ServiceOrder(
        line=wish.line, service=wish.service, is_on=is_on, value=value, asked_at=at, is_correction=True
    )
    await place(SERVICES, [again], wish.service)


async def apply(ordered: OrderedService) -> str | None:
    return await network().switch(ordered.number, ordered.service, ordered.setting, str(ordered.id))


async def report_on(number: str) -> dict[str, Setting]:
    """Those that are on."""
    return {service: setting for service, setting in (await network().services_of(number)).items() if setting.is_on}


async def follow(ordered: OrderedService, end: OrderState) -> None:  # noqa: ARG001 - told of both ends alike
    if ordered.then_job:
        await enqueue(ordered.then_job, order=str(ordered.id))


SERVICES: Aspect[OrderedService, Mapping[str, Setting]] = Aspect(
    orders=OrderTable("service_orders", OrderedService, key=("line", "service")),
    sending="network.send_service",
    looking="network.read_again",
    refusal=audit.Event.SERVICE_ORDER_REFUSED,
    apply=apply,
    report_on=report_on,
    note=note_services,
    is_as_ordered=lambda on, ordered: on.get(ordered.service, OFF) == ordered.setting,
    order_again=order_again,
    follow=follow,
)
