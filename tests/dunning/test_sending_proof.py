"""A customer sends a proof of payment from the page: a real file is kept, once, out of everybody else's reach."""

from __future__ import annotations

import asyncio

import pytest

from portal.audit import AuditEntry, Event
from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.proofs.refusals import AlreadySent
from portal.dunning.proofs.sending import SENT
from portal.dunning.relief_tables import Proof, ProofState
from portal.identity.tables import Access
from tests.dunning.case_rows import a_case
from tests.dunning.papers import JPEG, PNG, WHOLE, a_pdf, a_sent_proof, kept, upload, upload_by
from tests.dunning.sent_proofs import bojan, folder
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import Visitor

__all__ = ["bojan", "folder"]


@pytest.mark.parametrize("media_type", WHOLE)
async def test_a_proof_is_sent_and_its_state_seen(visit: Visitor, bojan: Person, media_type: str) -> None:
    page = await upload(visit, WHOLE[media_type], "Plačilo.bin")

    [proof] = await Proof.objects()
    assert bojan.login is not None
    assert (proof.account, proof.login_id, proof.media_type) == (bojan.account.id, bojan.login.id, media_type)
    assert (proof.state, proof.size) == (ProofState.WAITING, len(WHOLE[media_type]))
    assert kept() == {str(proof.id): WHOLE[media_type]}
    assert "vaše potrdilo smo prejeli" in page.text
    assert proof.name in page.text
    assert "pregledujemo" in page.text
    assert await AuditEntry.exists().where(AuditEntry.event == Event.PROOF_SENT)


async def test_the_timeline_tells_of_it(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan)

    await upload(visit, PNG)

    [event] = await CaseEvent.objects().where(CaseEvent.kind == Happened.PROOF_SENT)
    [proof] = await Proof.objects()
    assert event.dunning_case == proof.dunning_case == case.id


async def test_customers_save_their_own_file_again(visit: Visitor, bojan: Person) -> None:
    await upload(visit, a_pdf(), "Plačilo & več.pdf")
    [proof] = await Proof.objects()

    saved_again = await visit.get(f"/overdue/proof/{proof.id}")

    headers = saved_again.response.headers
    assert saved_again.response.content == a_pdf()
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith('attachment; filename="Placilo & vec.pdf"')
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_who_shares_the_account_sees_it_and_a_stranger_does_not(visit: Visitor, bojan: Person) -> None:
    proof = await a_sent_proof(bojan)
    maja, stranger = await a_person("Maja Kralj"), await a_person("Nihče Tretji")
    assert maja.login is not None
    await saved(Access(login=maja.login.id, customer=bojan.customer.id))

    await signed_in(visit, stranger)
    await visit.get(f"/overdue/proof/{proof.id}", status=404)
    assert proof.name not in (await visit.get("/overdue/proof")).text

    await signed_in(visit, maja)
    chosen = (await visit.get("/account")).form_to("/account/choice")
    await visit.submit(chosen, account=str(bojan.account.id))
    assert proof.name in (await visit.get("/overdue/proof")).text


async def test_the_same_file_again_is_one_proof_and_told_kindly(visit: Visitor, bojan: Person) -> None:
    await upload(visit, JPEG, "prvi.jpg")

    page = await upload(visit, JPEG + b"\0", "drugi.jpg", status=409)

    assert "To datoteko smo že prejeli" in page.text
    assert not page.all("[role=alert]")
    assert [proof.name for proof in await Proof.objects()] == ["prvi.jpg"]
    assert len(kept()) == 1


async def test_pressed_twice_at_once_it_is_one_proof(visit: Visitor, bojan: Person) -> None:
    sent = await asyncio.gather(*(a_sent_proof(bojan) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(one, AlreadySent) for one in sent) == 4
    assert await Proof.count() == 1
    assert len(kept()) == 1


async def test_two_customers_may_send_the_same_file(visit: Visitor, bojan: Person) -> None:
    other = await a_person("Ana Kovač")
    await other.bill()

    await a_sent_proof(bojan)
    await a_sent_proof(other)

    assert await Proof.count() == 2


async def test_so_many_in_a_day_and_no_more(visit: Visitor, bojan: Person) -> None:
    for n in range(SENT.most):
        await upload(visit, a_pdf(f"placilo {n}"))

    page = await upload(visit, a_pdf("one more"), status=429)

    assert "Danes ste poslali že več datotek" in page.text
    assert await Proof.count() == SENT.most


async def test_who_owes_nothing_has_nothing_to_prove(visit: Visitor, database: str) -> None:
    ana = await a_person("Ana Kovač")
    await ana.bill(open_cents=0)
    await signed_in(visit, ana)
    page = await visit.get("/overdue/proof")

    assert "Dokazovati ni treba ničesar" in page.text
    assert not page.all("main form")
    fields = (await visit.get("/account")).form_to("/sign-out").fields
    refused = await upload_by(visit, fields["csrf_token"], ("file", ("a.pdf", a_pdf(), "application/pdf")), status=409)
    assert "Vsi vaši računi so plačani" in refused.text


async def test_the_states_are_told_with_what_they_mean(visit: Visitor, bojan: Person) -> None:
    proof = await a_sent_proof(bojan)
    told = {}
    for state in ProofState:
        await Proof.update({Proof.state: state, Proof.reason: "Sklic ni viden.", Proof.holds_until: NOON.date()}).where(
            Proof.id == proof.id
        )
        told[state] = (await visit.get("/overdue/proof")).text

    assert "Sklic ni viden." in told[ProofState.REFUSED]
    assert "počakamo do 21. novembra" in told[ProofState.ACCEPTED]
    assert "plačilo knjiženo" in told[ProofState.BOOKED]
    assert "Plačila do 21. novembra ni bilo" in told[ProofState.LAPSED]
