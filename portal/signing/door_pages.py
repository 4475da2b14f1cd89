"""`/sign/{token}`: where the link of the e-mail leads. It is only the door: nothing is written, nothing is sent, and
who is not signed in learns nothing, because nothing is looked up for them.
"""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath

from portal.identity.pages import leading_on
from portal.signing.envelopes.reading import envelope_behind
from portal.signing.pages import PATH
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest


@get("/sign/{link:str}", guards=[anyone])
async def door(request: PortalRequest, link: FromPath[str]) -> Response[bytes]:
    """A link that is unknown, old or somebody else's leads to the same page as any."""
    if request.viewer is None:
        return door_page(request, link)
    behind = await envelope_behind(link)
    if behind is not None and behind[1] in request.viewer.customers:
        return see_other(request, f"{PATH}/{behind[0]}")
    return page(request, "signing/not_yours.html", status=404, nav="more")


def door_page(request: PortalRequest, link: str) -> Response[bytes]:
    here = f"/sign/{quote(link, safe='')}"
    return page(
        request, "signing/door.html", sign_in=leading_on("/sign-in", here), register=leading_on("/register", here)
    )


ROUTES = [door]
