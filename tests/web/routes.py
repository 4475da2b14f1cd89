"""Every route of the portal, as the application itself knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from litestar import Litestar
from litestar.routes import HTTPRoute

from portal.web.guards import machine
from tests.visiting import portal_app


@dataclass(frozen=True)
class Route:
    """`parameters`: each name of the path with whether it is a UUID."""

    method: str
    path: str
    parameters: tuple[tuple[str, bool], ...]
    guards: tuple[Any, ...]

    @property
    def is_for_machines(self) -> bool:
        return self.guards == (machine,)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, **values: str) -> str:
        """Its address; what no value is given for is made up."""
        made_up = {name: str(UUID(int=7)) if is_uuid else "7" for name, is_uuid in self.parameters}
        return self.path.format(**made_up | values)


@lru_cache(maxsize=1)
def every_route() -> tuple[Route, ...]:
    return tuple(
        Route(method, str(route.path_format), parameters_of(route), tuple(handler.resolve_guards()))
        for route in litestar(portal_app()).routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"OPTIONS"})
    )


def parameters_of(route: HTTPRoute) -> tuple[tuple[str, bool], ...]:
    return tuple((name, definition.parser is UUID) for name, definition in route.path_parameters.items())


def litestar(application: Any) -> Litestar:
    """The application within what is wrapped around it."""
    return next(layer for layer in layers(application) if isinstance(layer, Litestar))


def layers(application: Any) -> Iterator[Any]:
    while application is not None:
        yield application
        application = getattr(application, "app", None)


def named(routes: Iterator[Route]) -> dict[str, Any]:
    """Arguments for parametrize: the routes under their names."""
    chosen = list(routes)
    return {"argvalues": chosen, "ids": [str(route) for route in chosen]}
