"""A customer sends a proof of payment from the page: a real file is kept, once, out of everybody else's reach."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.audit import AuditEntry, Event
from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.proofs import files as proof_files
from portal.dunning.proofs import sending as sending_proof
from portal.dunning.proofs.pages import LARGEST_BODY
from portal.dunning.proofs.refusals import AlreadySent
from portal.dunning.proofs.sending import LARGEST, SENT, sweep
from portal.dunning.relief_tables import Proof, ProofState
from portal.identity.tables import Access
from portal.settings import settings
from tests.dunning.case_rows import a_case
from tests.dunning.papers import HEIC, JPEG, PNG, WHOLE, a_pdf, a_sent_proof, empty_folder, kept, upload, upload_by
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import ORIGIN, Page, Visitor


@pytest.fixture(autouse=True)
def folder() -> Iterator[Path]:
    yield Path(os.environ["PROOFS_DIR"])
    empty_folder()


@pytest.fixture
async def bojan(visit: Visitor) -> Person:
    """Signed in, with an overdue bill."""
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645)
    await signed_in(visit, bojan)
    return bojan


def modes(folder: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()]


def put(stranger: Path) -> None:
    stranger.write_bytes(b"")


async def token(visit: Visitor) -> str:
    return (await visit.get("/overdue/proof")).form.fields["csrf_token"]


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


async def test_only_the_portal_can_read_the_file(visit: Visitor, bojan: Person, folder: Path) -> None:
    await upload(visit, JPEG)

    assert modes(folder) == [0o600]


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


async def test_neither_its_name_nor_the_browsers_word_counts(visit: Visitor, bojan: Person) -> None:
    await upload(visit, JPEG, "racun.pdf", media_type="text/html")

    [proof] = await Proof.objects()
    assert (proof.media_type, proof.name) == ("image/jpeg", "racun.jpg")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "potrdilo.pdf"),
        (b"MZ\x90\x00" + bytes(200), "potrdilo.jpg"),
        (b"GIF89a" + bytes(20), "potrdilo.png"),
        (a_pdf()[:-30], "potrdilo.pdf"),
        (JPEG[:-2], "potrdilo.jpg"),
        (PNG[:-1], "potrdilo.png"),
        (HEIC[:200], "potrdilo.heic"),
        (b"<html>" + a_pdf(), "potrdilo.pdf"),
    ],
    ids=["html", "program", "gif", "cut pdf", "cut jpeg", "cut png", "cut heic", "html before"],
)
async def test_what_is_no_proof_is_refused_in_words(visit: Visitor, bojan: Person, content: bytes, name: str) -> None:
    page = await upload(visit, content, name, status=400)

    assert "Te datoteke ne moremo prebrati" in page.text
    assert page.one("input[type=file]").get("aria-invalid") == "true"
    assert await Proof.count() == 0
    assert kept() == {}


async def test_behind_the_end_of_a_photo_nothing_is_kept(visit: Visitor, bojan: Person) -> None:
    await upload(visit, JPEG + b"PK\x03\x04 and a moving picture")

    assert list(kept().values()) == [JPEG]


async def test_no_file_and_an_empty_one(visit: Visitor, bojan: Person) -> None:
    csrf = part('name="csrf_token"', (await token(visit)).encode())
    bare = await raw(
        visit, csrf + part('name="file"; filename=""', b"", "Content-Type: application/octet-stream") + END
    )
    empty = await upload(visit, b"", status=400)

    assert bare.status == 400
    assert "Najprej izberite datoteko" in bare.text
    assert "prazna" in empty.text


def of_size(size: int) -> bytes:
    """A photo with as many comments as it takes."""
    filled = JPEG[:2]
    while (left := size - len(filled) - len(JPEG) + 2) > 0:
        body = min(left, 65_000) if left - 65_000 > 10 or left <= 65_000 else left - 100
        filled += b"\xff\xfe" + (body - 2).to_bytes(2, "big") + bytes(body - 4)
    return filled + JPEG[2:]


async def test_as_large_as_allowed_and_one_byte_more(visit: Visitor, bojan: Person) -> None:
    assert len(of_size(LARGEST)) == LARGEST

    await upload(visit, of_size(LARGEST))
    refused = await upload(visit, of_size(LARGEST + 1), status=413)

    assert "največ 8 MB" in refused.text
    assert await Proof.count() == 1


async def test_far_too_large_is_not_even_read(visit: Visitor, bojan: Person) -> None:
    page = await upload(visit, bytes(LARGEST_BODY + 1), status=413)

    assert "prevelika" in page.text


async def test_nowhere_else_may_a_form_be_large_or_bring_files(visit: Visitor, bojan: Person) -> None:
    form = (await visit.get("/account")).form_to("/sign-out")
    headers = {"sec-fetch-site": "same-origin", "origin": ORIGIN}

    small = await visit.client.post("/sign-out", data=form.fields, files={"file": ("a", b"a")}, headers=headers)
    large = await visit.client.post("/sign-out", data=form.fields | {"x": "1" * 70_000}, headers=headers)

    assert (small.status_code, large.status_code) == (400, 413)


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\x.pdf", "/etc/shadow", "a\u202efdp.exe", "<b>x</b>.pdf", "č" * 300, "%00.pdf"],
)
async def test_no_name_leads_anywhere(visit: Visitor, bojan: Person, name: str) -> None:
    page = await upload(visit, a_pdf(), name)

    [proof] = await Proof.objects()
    assert set(kept()) == {str(proof.id)}
    assert "/" not in proof.name
    assert proof.name in page.text


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


# What no page of ours sends.


END = b"--x--\r\n"


async def raw(visit: Visitor, body: bytes, content_type: str = "multipart/form-data; boundary=x") -> Page:
    response = await visit.client.post(
        "/overdue/proof",
        content=body,
        headers={"content-type": content_type, "sec-fetch-site": "same-origin", "origin": ORIGIN},
    )
    return await visit.arrive(response, response.status_code, follow=False)


def part(disposition: str, body: bytes, *more: str) -> bytes:
    head = "\r\n".join([f"Content-Disposition: form-data; {disposition}", *more])
    return b"--x\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n"


async def test_a_form_that_is_none_is_refused_and_never_a_crash(visit: Visitor, bojan: Person) -> None:
    csrf = part('name="csrf_token"', (await token(visit)).encode())
    file = part('name="file"; filename="a.pdf"', a_pdf())
    for body in (
        csrf + file,
        csrf + b"--x\r\n\r\n" + END,
        csrf + part('name="file"', b"no file") + END,
        csrf + part('name="file"; filename="a"', JPEG) + file + END,
        csrf + part('name="other"; filename="a"', JPEG) + END,
        csrf + file + part('name="is_accepted"', b"1") + END,
        csrf + file + part('name="file"', b"a", "Content-Type: text/plain; charset=nonsense") + END,
        csrf + file + part('name="file"', b"\xff\xfe") + END,
        csrf + file + part('name="file"', b"\0") + END,
    ):
        assert (await raw(visit, body)).status == 400, body[-200:]
    assert (await raw(visit, csrf, "multipart/form-data")).status == 400
    assert await Proof.count() == 0
    assert kept() == {}


async def test_a_forged_form_is_refused_before_the_file_is_looked_at(visit: Visitor, bojan: Person) -> None:
    file = ("file", ("a.pdf", a_pdf(), "application/pdf"))
    mine = await token(visit)

    assert (await upload_by(visit, "forged", file, status=403)).status == 403
    assert (await raw(visit, part('name="file"; filename="a.pdf"', a_pdf()) + END)).status == 403
    twice = part('name="csrf_token"', mine.encode()) * 2
    assert (await raw(visit, twice + END)).status == 403
    assert await Proof.count() == 0


async def test_signed_out_nothing_is_taken(visit: Visitor, database: str) -> None:
    answer = await raw(visit, part('name="file"; filename="a.pdf"', a_pdf()) + END)

    assert answer.status == 303
    assert answer.response.headers["location"].startswith("/sign-in")


# Crashes, and what they leave behind.


class PowerCut(BaseException):
    pass


async def test_a_crash_between_file_and_row_leaves_a_file_that_is_swept(
    visit: Visitor, bojan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as broken:
        broken.setattr(sending_proof, "note_sent", cut)
        with pytest.raises(PowerCut):
            await a_sent_proof(bojan)
    assert len(kept()) == 1

    good = await a_sent_proof(bojan)
    assert await sweep(NOON + timedelta(hours=23)) == 0
    assert await sweep(NOON + timedelta(hours=25)) == 1
    assert kept() == {str(good.id): JPEG}


async def test_a_crash_while_writing_leaves_no_half_file_under_its_name(
    bojan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", cut)
        with pytest.raises(PowerCut):
            await a_sent_proof(bojan)

    assert await Proof.count() == 0
    assert all(re.fullmatch(r"\..+\.part", name) for name in kept())
    assert await sweep(datetime.now(UTC) + timedelta(days=2)) == 1
    assert kept() == {}


async def test_what_is_not_ours_in_the_folder_is_left_alone(bojan: Person, folder: Path) -> None:
    put(folder / ".nfs0001")

    assert await sweep(datetime.now(UTC) + timedelta(days=2)) == 0
    assert list(kept()) == [".nfs0001"]


async def test_a_folder_that_is_not_mounted_is_not_made(
    visit: Visitor, bojan: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFS_DIR", str(tmp_path / "mount"))
    settings.cache_clear()
    try:
        await upload(visit, JPEG, status=503)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert not (tmp_path / "mount").exists()
    assert await Proof.count() == 0


async def test_a_file_is_found_under_the_id_of_its_row_alone(bojan: Person) -> None:
    proof = await a_sent_proof(bojan)

    assert await proof_files.content_of(proof.id) == JPEG
