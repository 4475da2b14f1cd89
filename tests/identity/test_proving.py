"""A code once more before a sensitive act; the session goes on under a new token."""

from __future__ import annotations

from datetime import timedelta

from litestar import get

from app import create_app
from portal.clock import stopped_at
from portal.identity.proving import freshly_proven
from portal.identity.tables import Session
from portal.web import tokens
from tests.identity.phones import Phones, is_signed_in, sign_in
from tests.people import NOON, Person, signed_in
from tests.visiting import Visitor
from tests.web.routes import litestar


async def test_a_session_goes_on_under_a_new_token(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await signed_in(visit, bojan, at=NOON)
        before = visit.client.cookies[tokens.SESSION]
        page = await visit.get("/account/proof?next=/bills")

        page = await visit.submit(page.form_to("/account/proof"))
        answer = await visit.submit(
            page.form_to("/sign-in/code"), code=await phones.code_of(bojan), status=303, follow=False
        )

        assert answer.response.headers["location"] == "/bills"
        (session,) = await Session.objects()
        assert session.stepped_up_at == NOON
        assert visit.client.cookies[tokens.SESSION] != before
        assert await is_signed_in(visit)
        visit.client.cookies.set(tokens.SESSION, before, domain="moj.test", path="/")
        assert not await is_signed_in(visit)


async def test_who_entered_a_code_a_moment_ago_is_not_asked(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
    with stopped_at(NOON + timedelta(minutes=9)):
        await visit.get("/account/proof?next=/bills", status=303, follow=False)
    with stopped_at(NOON + timedelta(minutes=10)):
        await visit.get("/account/proof?next=/bills", follow=False)


@get("/sensitive", guards=[freshly_proven])
async def sensitive() -> str:
    return "done"


async def test_a_sensitive_page_asks_for_a_code_and_comes_back(bojan: Person, phones: Phones) -> None:
    application = create_app()
    litestar(application).register(sensitive)
    async with Visitor(application) as visit:
        with stopped_at(NOON):
            nobody = await visit.get("/sensitive", status=303, follow=False)
            await sign_in(visit, bojan, phones)
            assert (await visit.get("/sensitive")).html == "done"
        with stopped_at(NOON + timedelta(minutes=10)):
            turned = await visit.get("/sensitive", status=303, follow=False)

    assert nobody.response.headers["location"] == "/sign-in?next=%2Fsensitive"
    assert turned.response.headers["location"] == "/account/proof?next=%2Fsensitive"
