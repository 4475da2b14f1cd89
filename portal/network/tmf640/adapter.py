"""The port by TMF640: desired states go out as PATCH of a Service, what a line has comes back by GET."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Self

from portal.network.port import Became, NetworkTimeout, OrderForgotten
from portal.network.tables import Profile, Setting
from portal.network.tmf640 import monitors
from portal.network.tmf640.api import Answer, Api
from portal.network.tmf640.judging import judge, unknown
from portal.network.tmf640.mapping import (
    barring_update,
    profile_in,
    service_id,
    service_update,
    settings_in,
)
from portal.settings import Settings

SERVICE = "service"
OF_LINE = "serviceRelationship.service.id"
"""By which a list is narrowed to the Services of a line (attribute filtering, TMF630 part 1)."""
PAGE = 100
MOST_PAGES = 10
LISTS = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)


class Tmf640Network:
    """Of all that the API says nothing is taken for done: whoever orders reads back."""

    def __init__(self, api: Api) -> None:
        self.api = api

    @classmethod
    def from_settings(cls, ours: Settings) -> Self | None:
        """None where no network is named."""
        api = Api.from_settings(ours)
        return cls(api) if api is not None else None

    async def apply(self, line: str, profile: Profile, reference: str) -> str | None:
        return await self.order(line, barring_update(profile), reference)

    async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:
        return await self.order(service_id(line, service), service_update(setting), reference)

    async def order(self, service: str, update: dict[str, Any], reference: str) -> str | None:
        answer = await self.api.patch(SERVICE, service, body=update, reference=reference)
        if answer.status == HTTPStatus.ACCEPTED:
            return monitors.monitor_of(answer, self.api.base)
        if answer.status != HTTPStatus.OK:
            await self.is_about_the_service(answer)
            judge(answer)
        if not isinstance(answer.document, dict) or answer.document.get("id", service) != service:
            raise NetworkTimeout("an order was answered by no Service of its own")
        return None

    async def is_about_the_service(self, answer: Answer) -> None:
        """Raises NetworkTimeout where 404 may mean the API: with a wrong NETWORK_URL no Service is ever found."""
        if answer.status == HTTPStatus.NOT_FOUND and not listed(await self.api.get(SERVICE, fields="id", limit="1")):
            raise unknown(answer.status)

    async def profile_of(self, line: str) -> Profile:
        answer = await self.api.get(SERVICE, line)
        if answer.status != HTTPStatus.OK:
            raise unknown(answer.status)
        return profile_in(answer.document, line)

    async def services_of(self, line: str) -> dict[str, Setting]:
        return settings_in(await self.services_listed(line), line)

    async def services_listed(self, line: str) -> list[Any]:
        """All pages of them, for a server may give fewer at once than it is asked for."""
        found: list[Any] = []
        for _ in range(MOST_PAGES):
            asked = {OF_LINE: line, "fields": "id,state,serviceCharacteristic", "limit": str(PAGE)}
            answer = await self.api.get(SERVICE, **asked, offset=str(len(found)))
            page = listed(answer)
            found += page
            if is_last(answer, len(page), len(found)):
                return found
        raise NetworkTimeout("a list without an end")

    async def became(self, under_way: str) -> Became:
        if not monitors.ID.fullmatch(under_way):
            raise OrderForgotten
        return monitors.became(await self.api.get(monitors.RESOURCE, under_way))

    async def close(self) -> None:
        await self.api.close()


def listed(answer: Answer) -> list[Any]:
    if answer.status not in LISTS:
        raise unknown(answer.status)
    if not isinstance(answer.document, list):
        raise NetworkTimeout("no list of Services")
    return answer.document


def is_last(answer: Answer, given: int, seen: int) -> bool:
    """Raises NetworkTimeout where a list ends before its total."""
    if answer.total is not None and seen < answer.total and not given:
        raise NetworkTimeout("a list shorter than its total")
    if answer.total is not None:
        return seen >= answer.total
    return not given or (given < PAGE and answer.status == HTTPStatus.OK)
