"""Answers: a page or one of its blocks, a redirect, a refusal. Every page goes through `page()`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from portal import phone
from portal.settings import settings
from portal.web import csrf, tokens
from portal.web.requests import PortalRequest
from portal.web.templating import environment, unbroken

HTML = "text/html"
LANGUAGE_YEARS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Operator:
    """How the operator is called and reached. Numbers do not break over two lines; the `call` ones are tel: links."""

    name: str
    care_number: str
    care_call: str
    collections_number: str
    collections_call: str


@cache
def operator() -> Operator:
    known = settings()
    care, collections = known.portal_care_number, known.portal_collections_number
    return Operator(known.portal_operator, unbroken(care), call(care), unbroken(collections), call(collections))


def call(number: str) -> str:
    return f"tel:{phone.read(number) or number.replace(' ', '')}"


def page(
    request: PortalRequest,
    template: str,
    *,
    status: int = 200,
    blocks: Collection[str] = (),
    nav: str | None = None,
    cookies: Collection[Cookie] = (),
    **context: Any,
) -> Response[bytes]:
    """The whole page, or the one block that htmx asks for if it is among `blocks`, which the page's author lists."""
    context |= shell(request, nav)
    loaded = environment(request.language).get_template(template)
    if (block := request.htmx_target) is not None and block in blocks:
        html = "".join(loaded.blocks[block](loaded.new_context(context)))
    else:
        html = loaded.render(context)
    return Response(
        html.encode(), status_code=status, media_type=HTML, headers=VARY, cookies=[*cookies, *visit(request)]
    )


VARY = {"vary": "Cookie, HX-Request, HX-Target"}


def shell(request: PortalRequest, nav: str | None) -> dict[str, Any]:
    """What the layouts need of any request."""
    return {
        "viewer": request.viewer,
        "csrf_token": csrf.token_for(request.csrf_binding),
        "nav": nav,
        "path": request.scope["path"],
        "operator": operator(),
        "environment_label": "Demo" if settings().portal_sandbox else None,
    }


def visit(request: PortalRequest) -> list[Cookie]:
    """A browser that is not signed in gets the token its forms are bound to."""
    if request.viewer is not None or request.cookies.get(tokens.VISIT) == request.visit:
        return []
    return [tokens.cookie(tokens.VISIT, request.visit)]


def see_other(request: PortalRequest, path: str, cookies: Collection[Cookie] = ()) -> Response[bytes]:
    """Go on at another page. htmx is told by a header, because its fetch cannot follow to another origin."""
    if request.is_htmx:
        return Response(b"", status_code=200, media_type=HTML, headers={"HX-Redirect": path}, cookies=list(cookies))
    return Response(b"", status_code=303, media_type=HTML, headers={"Location": path}, cookies=list(cookies))
