"""What is no proof of payment is refused in words, and a form that is none never crashes anything."""

from __future__ import annotations

import pytest

from portal.dunning.proofs.pages import LARGEST_BODY
from portal.dunning.proofs.sending import LARGEST
from portal.dunning.relief_tables import Proof
from tests.dunning.papers import HEIC, JPEG, PNG, a_pdf, kept, upload, upload_by
from tests.dunning.sent_proofs import bojan, folder
from tests.people import Person
from tests.visiting import ORIGIN, Page, Visitor

__all__ = ["bojan", "folder"]


async def token(visit: Visitor) -> str:
    return (await visit.get("/overdue/proof")).form.fields["csrf_token"]


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
