"""A form counts only when we made it for this very session, and when it comes from a page of ours."""

from __future__ import annotations

import base64

import pytest

from portal.audit import AuditEntry, Event
from portal.identity.tables import Login
from portal.web import csrf, tokens
from tests.people import Person, a_person, signed_in
from tests.visiting import ORIGIN, FormOnPage, Visitor, portal_app


@pytest.fixture
async def bojan(database: str) -> Person:
    return await a_person()


async def form_of(visit: Visitor) -> FormOnPage:
    """The form of the account page that ends all other sessions: without fields of its own."""
    return FormOnPage("/account/sessions/end", "post", (await visit.get("/account")).form_to("/sign-out").fields)


async def test_a_form_of_ours_is_taken(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)

    await visit.submit(await form_of(visit), status=303, follow=False)


async def test_a_token_of_another_session_is_refused(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    async with Visitor(portal_app()) as mallory:
        await signed_in(mallory, await a_person("Mallory"))
        theirs = await form_of(mallory)

    await visit.submit(theirs, status=403)


async def test_a_token_of_the_same_persons_other_session_is_refused(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    async with Visitor(portal_app()) as phone:
        await signed_in(phone, bojan)
        elsewhere = await form_of(phone)

    await visit.submit(elsewhere, status=403)


async def test_a_visitors_token_is_worth_nothing_once_signed_in(visit: Visitor, bojan: Person) -> None:
    before = (await visit.get("/sign-in")).form.fields["csrf_token"]
    await signed_in(visit, bojan)

    await visit.post("/account/sessions/end", {"csrf_token": before}, status=403)


async def test_a_token_is_worth_nothing_after_signing_out(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    kept = await form_of(visit)
    session = visit.client.cookies[tokens.SESSION]
    await visit.submit((await visit.get("/account")).form_to("/sign-out"))

    await visit.post("/sign-out", kept.fields, status=403)
    visit.client.cookies.set(tokens.SESSION, session, domain="moj.test", path="/")
    await visit.post("/sign-out", kept.fields, status=403)


@pytest.mark.parametrize(
    "token", ["", "x", "é", "A" * 44, "A" * 10_000, base64.urlsafe_b64encode(bytes(32)).decode(), "....", "%00"]
)
async def test_a_made_up_token_is_refused(visit: Visitor, bojan: Person, token: str) -> None:
    await signed_in(visit, bojan)

    await visit.post("/account/sessions/end", {"csrf_token": token}, status=403)


async def test_a_token_changed_in_one_bit_is_refused(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    raw = bytearray(base64.urlsafe_b64decode((await form_of(visit)).fields["csrf_token"]))
    raw[-1] ^= 1

    await visit.post("/account/sessions/end", {"csrf_token": base64.urlsafe_b64encode(raw).decode()}, status=403)


async def test_the_same_token_never_stands_on_two_pages(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)

    first, second = [(await form_of(visit)).fields["csrf_token"] for _ in range(2)]

    assert first != second
    await visit.post("/account/sessions/end", {"csrf_token": first}, status=303, follow=False)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
async def test_a_form_from_another_site_is_refused(visit: Visitor, bojan: Person, site: str) -> None:
    await signed_in(visit, bojan)
    form = await form_of(visit)

    await visit.post(form.action, form.fields, headers={"sec-fetch-site": site}, status=403)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://moj.test", "https://moj.test.evil.example", ""]
)
@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_a_foreign_origin_is_refused_whatever_else_is_said(
    visit: Visitor, bojan: Person, origin: str, site: str
) -> None:
    await signed_in(visit, bojan)
    form = await form_of(visit)

    await visit.post(form.action, form.fields, headers={"origin": origin, "sec-fetch-site": site}, status=403)


@pytest.mark.parametrize(
    ("site", "origin", "is_ours"),
    [
        ("same-origin", ORIGIN, True),
        ("same-origin", None, True),
        ("none", None, True),
        (None, ORIGIN, True),
        (None, None, False),
        (None, "https://evil.example", False),
    ],
)
def test_what_browsers_say_of_where_a_form_stood(site: str | None, origin: str | None, is_ours: bool) -> None:
    assert csrf.comes_from_us(site, origin) is is_ours


async def test_signing_in_for_somebody_else_is_forgery_too(visit: Visitor, bojan: Person) -> None:
    async with Visitor(portal_app()) as mallory:
        theirs = (await mallory.get("/sign-in")).form
    await visit.get("/sign-in")

    await visit.submit(theirs, identifier="041 123 456", status=403)


async def test_forgeries_stand_on_the_trail(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    await visit.post("/language", {"csrf_token": "forged", "language": "en"}, status=403)

    (entry,) = await AuditEntry.objects()
    assert bojan.login is not None
    assert (entry.event, entry.login_id, entry.address) == (Event.DENIED, bojan.login.id, "203.0.113.7")
    assert "/language" in entry.details
    assert "forged" not in entry.details
    assert not await Login.exists().where(Login.language == "en")
