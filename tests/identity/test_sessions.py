"""How a session begins, lasts and ends."""

from __future__ import annotations

from datetime import timedelta

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity.tables import Session
from portal.web import tokens
from tests.identity.phones import Phones, is_signed_in, sign_in
from tests.people import NOON, Person, a_person, signed_in
from tests.visiting import Page, Visitor


def cookies_of(page: Page) -> dict[str, str]:
    lines = page.response.headers.get_list("set-cookie")
    return {line.split("=")[0]: line.partition("; ")[2] for line in lines}


async def test_the_session_cookie_is_for_this_host_alone_and_out_of_scripts_reach(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    answer = await sign_in(visit, bojan, phones)

    kept = {part.strip().lower() for part in cookies_of(answer)[tokens.SESSION].split(";")}
    assert {"secure", "httponly", "samesite=lax", "path=/"} == kept
    (session,) = await Session.objects()
    token = visit.client.cookies[tokens.SESSION]
    assert len(token) == 43  # 256 bits
    assert token.encode() not in bytes(session.token_hash)
    assert bytes(session.token_hash) == tokens.hashed(token)


async def test_a_planted_cookie_never_becomes_a_session(visit: Visitor, bojan: Person, phones: Phones) -> None:
    planted = tokens.new_token()
    visit.client.cookies.set(tokens.SESSION, planted, domain="moj.test", path="/")

    await sign_in(visit, bojan, phones)

    assert visit.client.cookies[tokens.SESSION] != planted
    assert not await Session.exists().where(Session.token_hash == tokens.hashed(planted))


async def test_who_signs_in_over_another_session_ends_it(visit: Visitor, bojan: Person, phones: Phones) -> None:
    ana = await a_person("Ana Kovač")
    await sign_in(visit, bojan, phones)
    bojans = visit.client.cookies[tokens.SESSION]
    form = (await visit.get("/account")).form_to("/sign-out")

    page = await visit.post("/sign-in", form.fields | {"identifier": str(ana.customer.contact_number)})
    await visit.submit(page.form_to("/sign-in/code"), code=await phones.code_of(ana), status=303, follow=False)

    assert "Ana Kovač" in (await visit.get("/account")).text
    visit.client.cookies.set(tokens.SESSION, bojans, domain="moj.test", path="/")
    assert not await is_signed_in(visit)


async def test_after_half_an_hour_without_a_page_one_signs_in_again(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
    with stopped_at(NOON + timedelta(minutes=29)):
        assert await is_signed_in(visit)
    with stopped_at(NOON + timedelta(minutes=58)):
        assert await is_signed_in(visit)
    with stopped_at(NOON + timedelta(minutes=88)):
        assert not await is_signed_in(visit)


async def test_after_twelve_hours_one_signs_in_again_however_busy(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
    for half_hours in range(1, 25):
        with stopped_at(NOON + half_hours * timedelta(minutes=29, seconds=58)):
            assert await is_signed_in(visit)
    with stopped_at(NOON + timedelta(hours=12)):
        assert not await is_signed_in(visit)


async def test_a_remembered_device_stays_signed_in_for_thirty_idle_and_ninety_days_in_all(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        answer = await sign_in(visit, bojan, phones, remember="yes")
    assert f"Max-Age={90 * 24 * 3600}" in cookies_of(answer)[tokens.SESSION]
    for days in (29, 58, 87):
        with stopped_at(NOON + timedelta(days=days)):
            assert await is_signed_in(visit)
    with stopped_at(NOON + timedelta(days=90)):
        assert not await is_signed_in(visit)


async def test_a_remembered_device_left_alone_for_thirty_days_is_asked_again(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones, remember="yes")
    with stopped_at(NOON + timedelta(days=30)):
        assert not await is_signed_in(visit)


async def test_use_is_written_down_at_most_once_a_minute(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
    seen = []
    for seconds in (59, 60, 119, 120):
        with stopped_at(NOON + timedelta(seconds=seconds)):
            assert await is_signed_in(visit)
        (session,) = await Session.objects()
        seen.append((session.seen_at - NOON).total_seconds())

    assert seen == [0, 60, 60, 120]


async def test_a_session_that_ended_is_not_written_down_again(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan, at=NOON)
    await Session.update({Session.ended_at: NOON}, force=True)

    with stopped_at(NOON + timedelta(minutes=2)):
        assert not await is_signed_in(visit)

    (session,) = await Session.objects()
    assert session.seen_at == NOON


async def test_signing_out_ends_the_session_itself(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await sign_in(visit, bojan, phones)
    kept = visit.client.cookies[tokens.SESSION]
    page = await visit.get("/account")

    answer = await visit.submit(page.form_to("/sign-out"), status=303, follow=False)

    assert answer.response.headers["location"] == "/signed-out"
    assert answer.response.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in cookies_of(answer)[tokens.SESSION]
    visit.client.cookies.set(tokens.SESSION, kept, domain="moj.test", path="/")
    assert not await is_signed_in(visit)
    assert (await visit.get("/signed-out")).one("h1").text == "Odjavljeni ste"


async def test_the_back_button_finds_nothing_kept(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await sign_in(visit, bojan, phones)

    for path in ("/account", "/bills"):
        assert (await visit.get(path)).response.headers["cache-control"] == "no-store"


async def test_signing_out_twice_is_no_error(visit: Visitor, bojan: Person, phones: Phones) -> None:
    await sign_in(visit, bojan, phones)
    page = await visit.get("/account")
    await visit.submit(page.form_to("/sign-out"))

    fresh = await visit.get("/sign-in")
    await visit.post("/sign-out", {"csrf_token": fresh.form.fields["csrf_token"]}, status=303, follow=False)

    assert await AuditEntry.count().where(AuditEntry.event == Event.SIGNED_OUT) == 1
