"""`/documents`: what waits for a signature, what was signed, and how one envelope stands."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from portal.signing.envelopes.names import is_same_name
from portal.signing.envelopes.reading import EnvelopeSeen, Standing, envelope_of, envelopes_of
from portal.signing.envelopes.refusals import Stopped
from portal.signing.showing import IN_FORCE, NAMES, in_places, look_again_seconds, seconds_left
from portal.signing.tables import Blocked
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest

PATH = "/documents"


@get(PATH, guards=[signed_in])
async def documents(request: PortalRequest) -> Response[bytes]:
    """Of all customers of the login."""
    envelopes = await envelopes_of(request.viewer.customers)
    return page(
        request,
        "signing/documents.html",
        nav="more",
        at=request.at,
        names=NAMES,
        places=in_places(envelopes, request.at),
        is_of_several=len({seen.customer_id for seen in envelopes}) > 1,
    )


@get(f"{PATH}/{{envelope_id:uuid}}", guards=[signed_in])
async def envelope(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    return envelope_page(request, await seen_by(request, envelope_id))


async def seen_by(request: PortalRequest, envelope_id: UUID) -> EnvelopeSeen:
    """Raises NotFound for a stranger's as for a missing one."""
    return await envelope_of(request.viewer.customers, envelope_id)


def envelope_page(request: PortalRequest, seen: EnvelopeSeen) -> Response[bytes]:
    standing = seen.standing(request.at)
    return page(
        request,
        "signing/envelope.html",
        blocks=("envelope",),
        nav="more",
        seen=seen,
        name=NAMES[seen.kind],
        standing=standing,
        is_in_force=standing in IN_FORCE,
        is_signatory=is_same_name(request.viewer.name, seen.signatory),
        stopped=Stopped.because(Blocked(str(seen.blocked_as))) if standing == Standing.BLOCKED else None,
        seconds=seconds_left(seen, request.at),
        look_again=look_again_seconds(seen, request.at),
        here=path_of(seen),
    )


def path_of(seen: EnvelopeSeen) -> str:
    return f"{PATH}/{seen.id}"


ROUTES = [documents, envelope]
