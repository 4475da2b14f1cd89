"""Proof of payment: sending it, what became of it, and one's own file again."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from portal.customers.tables import Account
from portal.dunning.proofs import files as proof_files
from portal.dunning.proofs.refusals import NoFile
from portal.dunning.proofs.sending import LARGEST, MEGABYTES, has_open_bill, send
from portal.dunning.relief_tables import Proof
from portal.refusals import NotFound, Refusal
from portal.web.files import download, sent_file
from portal.web.forms import Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.parts import SentFile
from portal.web.requests import TAKES_FILES, PortalRequest

LARGEST_BODY = 2 * LARGEST
"""So that who sends somewhat too much still reads on the page how much it may be."""
MOST_LISTED = 20


class ProofPages(Controller):
    path = "/overdue/proof"
    guards = (signed_in,)

    @get()
    async def proofs(self, request: PortalRequest) -> Response[bytes]:
        return await proof_page(request)

    @post(opt=TAKES_FILES, request_max_body_size=LARGEST_BODY)
    async def send_proof(self, request: PortalRequest) -> Response[bytes]:
        await fill(request, Form)
        file = await sent_file(request, "file")
        try:
            await take(request, file)
        except Refusal as refusal:
            return await proof_page(request, refusal)
        return see_other(request, "/overdue/proof?sent=1")

    @get("/{proof_id:uuid}")
    async def file(self, request: PortalRequest, proof_id: FromPath[UUID]) -> Response[bytes]:
        proof = await Proof.of(request.viewer.account).where(Proof.id == proof_id).first()
        if proof is None:
            raise NotFound
        return download(proof.name, proof.media_type, await proof_files.content_of(proof.id))


async def take(request: PortalRequest, file: SentFile | None) -> None:
    if file is None:
        raise NoFile
    await send(request.viewer.account, file.name, file.content, login=request.viewer.login_id, at=request.at)


async def proof_page(request: PortalRequest, refusal: Refusal | None = None) -> Response[bytes]:
    account: Account = request.viewer.account
    return page(
        request,
        "dunning/proof.html",
        status=refusal.status if refusal else 200,
        nav="bills",
        proofs=await Proof.of(account).order_by(Proof.sent_at, ascending=False).limit(MOST_LISTED),
        can_send=await has_open_bill(account),
        is_sent=request.query_params.get("sent") == "1",
        megabytes=MEGABYTES,
        refusal=refusal,
    )


ROUTES = [ProofPages]
