"""A form holds exactly its own fields, each once, in the one encoding that our pages send."""

from __future__ import annotations

import pytest

from portal.money import Money
from portal.web.requests import UnreadableForm, read_fields
from tests.visiting import ORIGIN, Visitor

FORM = "application/x-www-form-urlencoded"


async def send(visit: Visitor, body: bytes, content_type: str = FORM) -> int:
    headers = {"content-type": content_type, "sec-fetch-site": "same-origin", "origin": ORIGIN}
    return (await visit.client.post("/sign-in", content=body, headers=headers)).status_code


async def token(visit: Visitor) -> bytes:
    return f"csrf_token={(await visit.get('/sign-in')).form.fields['csrf_token']}".encode()


@pytest.mark.parametrize(
    "rest",
    [
        b"&identifier=041999999&is_admin=1",
        b"&identifier=041999999&identifier=041888888",
        b"&identifier=041999999&remember=yes&remember=yes",
        b"&identifier=04199%009999",
        b"&identifier=%ff%fe",
        b"&identifier=\xc4\x8d",
        b"&identifier",
        b"&=041999999",
        b"&identifier[]=041999999",
    ],
    ids=["unknown", "doubled", "doubled tick", "NUL", "not UTF-8", "raw bytes", "no value", "no name", "brackets"],
)
async def test_what_our_page_cannot_send_is_refused(visit: Visitor, database: str, rest: bytes) -> None:
    assert await send(visit, await token(visit) + rest) == 400


@pytest.mark.parametrize(
    "number", ["1e3", "-5", "+5", "0x10", "12345678901234567890123456", "１２３", "1_000", "NaN", ""]
)
async def test_numbers_are_digits_and_no_more(visit: Visitor, database: str, number: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(number)
    page = await visit.get("/sign-in")
    await visit.submit(page.form, identifier="041 999 999")

    code_page = await visit.get("/sign-in/code")
    await visit.submit(code_page.form_to("/sign-in/code"), code=number, status=400)


async def test_two_tokens_are_no_token(visit: Visitor, database: str) -> None:
    once = await token(visit)

    assert await send(visit, once + b"&" + once + b"&identifier=041999999") == 403


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", "x"])
async def test_another_content_type_is_refused(visit: Visitor, database: str, content_type: str) -> None:
    assert await send(visit, await token(visit) + b"&identifier=041999999", content_type) == 400


async def test_too_large_a_body_is_refused(visit: Visitor, database: str) -> None:
    assert await send(visit, await token(visit) + b"&identifier=" + b"1" * 70_000) == 413


async def test_too_many_fields_are_refused(visit: Visitor, database: str) -> None:
    assert await send(visit, b"&".join(b"a%d=1" % n for n in range(300))) == 400


def test_an_empty_body_is_an_empty_form() -> None:
    assert read_fields(FORM, b"") == []


def test_a_broken_form_is_refused_as_one() -> None:
    with pytest.raises(UnreadableForm):
        read_fields(FORM, b"a")
