"""Proofs of payment as customers send them: tiny, but whole, files of every kind, and sending them from the page."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path

from portal.dunning.proofs.sending import send
from portal.dunning.relief_tables import Proof
from tests.people import NOON, Person
from tests.visiting import ORIGIN, Page, Visitor


def a_pdf(words: str = "Placano 86,45 EUR") -> bytes:
    """One page with a line of text, its cross-reference right to the byte."""
    text = f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode()
    bodies = (
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(text), text),
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    )
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    trailer = b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


# Eight pixels by six, each written by the library that most programs use for its format.
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0o"
    "MCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wgARCAAGAAgD"
    "ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAVAQEBAAAAAAAAAAAAAAAAAAAAAf/aAAwDAQACEAMQAAABvwn/xAAVEAEBAAAAAAAA"
    "AAAAAAAAAAADBP/aAAgBAQABBQIJkOr/xAAWEQEBAQAAAAAAAAAAAAAAAAABABH/2gAIAQMBAT8BDL//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oA"
    "CAECAQE/AX//xAAaEAACAgMAAAAAAAAAAAAAAAABAgMRAAQx/9oACAEBAAY/ApJW2HdGukPBn//EABkQAAIDAQAAAAAAAAAAAAAAACExAAERQf/a"
    "AAgBAQABPyF/tSLeg8U//9oADAMBAAIAAwAAABDz/8QAFhEBAQEAAAAAAAAAAAAAAAAAAQAR/9oACAEDAQE/EAGF/8QAFBEBAAAAAAAAAAAAAAAA"
    "AAAAAP/aAAgBAgEBPxB//8QAGRABAQEAAwAAAAAAAAAAAAAAASERADFB/9oACAEBAAE/EJZ0eFFMgxgR865//9k="
)
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAKElEQVR4nGP8//8/AzbAwsDAoFgYCOff718PYTBhVY5PghGXHTh1AACdZwkHIxZw"
    "sgAAAABJRU5ErkJggg=="
)
WEBP = b64decode("UklGRkAAAABXRUJQVlA4IDQAAABwAQCdASoIAAYABABoJZQAAkqCgAD+Ctk419F8YRbb8g/UaG6CcJJscXvXIAGDrwCyAAAA")
WEBP_LOSSLESS = b64decode("UklGRiQAAABXRUJQVlA4TBcAAAAvB0ABAA/wuP+H/D/qf/7jAeMR0f9wAAA=")
HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABoAABAAAAAAAAACkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADc"
    "aXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAA"
    "AwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFw"
    "AAAACAAAAAEAAAAGAAAAAf///8gAAAAC////xgAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAMW1kYXQAAAAl"
    "KAGvC0hXkHD96MdR7GKIO/cqfCgF6a9M5tjLA4CbhwfshwAioA=="
)
WHOLE = {
    "application/pdf": a_pdf(),
    "image/jpeg": JPEG,
    "image/png": PNG,
    "image/webp": WEBP,
    "image/heic": HEIC,
}


async def a_sent_proof(person: Person, content: bytes = JPEG, name: str = "potrdilo.jpg") -> Proof:
    return await send(person.account, name, content, login=person.login.id if person.login else None, at=NOON)


async def upload(
    visit: Visitor, content: bytes, name: str = "potrdilo.pdf", *, status: int = 200, media_type: str = "image/x-any"
) -> Page:
    """Choose a file on the page and press the button, as a browser without JavaScript does."""
    form = (await visit.get("/overdue/proof")).form
    return await upload_by(visit, form.fields["csrf_token"], ("file", (name, content, media_type)), status=status)


async def upload_by(
    visit: Visitor, token: str, *files: tuple[str, tuple[str, bytes, str]], status: int = 200, **fields: str
) -> Page:
    """What a browser sends of a form with files; any files and fields."""
    response = await visit.client.post(
        "/overdue/proof",
        data={"csrf_token": token, **fields},
        files=list(files),
        headers={"sec-fetch-site": "same-origin", "origin": ORIGIN},
    )
    return await visit.arrive(response, status, follow=True)


def kept() -> dict[str, bytes]:
    """What lies in PROOFS_DIR."""
    return {path.name: path.read_bytes() for path in Path(os.environ["PROOFS_DIR"]).iterdir()}


def empty_folder() -> None:
    for path in Path(os.environ["PROOFS_DIR"]).iterdir():
        path.unlink()
