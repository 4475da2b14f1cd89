"""Showing an e-mail as mail programs do: in a frame that runs no script, fetches nothing and has an origin of its own.

So a mail can do nothing to the portal beside it.
"""

from __future__ import annotations

from litestar import Response

from portal.settings import settings
from portal.web.pages import HTML
from portal.web.protection import POLICY, security_headers

ALONE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def holding_frames(answer: Response[bytes]) -> Response[bytes]:
    """A page that may hold frames of ours, which no other page may."""
    answer.headers[POLICY.decode()] = f"{dict(security_headers(settings()))[POLICY].decode()}; frame-src 'self'"
    return answer


def framed(html: str) -> Response[bytes]:
    """What stands in such a frame, and can be opened by itself."""
    headers = {POLICY.decode(): ALONE, "x-frame-options": "SAMEORIGIN"}
    return Response(html.encode(), media_type=HTML, headers=headers)
