"""`/sandbox/components`: every component in every example, by day and by night."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from litestar import Response, get

from portal.web.guards import anyone
from portal.web.pages import page
from portal.web.requests import PortalRequest
from portal.web.templating import COMPONENTS, environment

Examples = dict[str, Callable[[str], str]]


@get("/sandbox/components", guards=[anyone], sync_to_thread=False)
def components(request: PortalRequest) -> Response[bytes]:
    return page(request, "sandbox/components.html", gallery=gallery(request.language))


@cache
def gallery(language: str) -> dict[str, Examples]:
    """Component → name of the example → the macro that draws it."""
    return {path.stem: examples(language, path.name) for path in sorted(COMPONENTS.glob("*.html"))}


def examples(language: str, template: str) -> Examples:
    module = vars(environment(language).get_template(template).module)
    return {name: macro for name, macro in module.items() if name.startswith("example_")}


ROUTES = [components]
