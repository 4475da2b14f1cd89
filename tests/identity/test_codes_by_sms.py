"""What is sent, to whom, how often, and where the code may not be found."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from portal.clock import stopped_at
from portal.database import connection
from portal.identity import asking, caps
from portal.identity.browsers import Browser
from portal.identity.refusals import TooSoon
from portal.identity.tables import Login, SignInCode
from portal.limits import Counter, Limit
from portal.messaging.segments import is_gsm7, segments
from portal.messaging.tables import Message
from portal.messaging.wording import sms_text
from tests.identity.phones import Phones, ask, sign_in
from tests.people import NOON, Person, a_person, saved
from tests.visiting import Visitor, portal_app
from tests.working import work_off


@pytest.mark.parametrize("language", ["sl", "en"])
def test_the_sms_is_one_segment_that_phones_can_read(language: str) -> None:
    text = sms_text("sign_in_code", language, {"code": "123456", "host": "samooskrba.operater-example.si"})

    assert is_gsm7(text)
    assert segments(text) == 1
    assert text.splitlines()[-1] == "@samooskrba.operater-example.si #123456"  # WebOTP: the last line, exactly so
    assert "123456" in text.splitlines()[0]


async def test_the_sms_is_in_the_logins_language_and_names_our_host(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    await Login.update({Login.language: "en"}, force=True)

    await ask(visit, bojan.customer.contact_number)
    code = await phones.code_of(bojan)

    (text,) = phones.received[bojan.customer.contact_number]
    assert text.startswith(f"{code} is your code for Moj A1.")
    assert text.endswith(f"\n@moj.test #{code}")


async def test_the_code_is_kept_nowhere_and_in_no_log(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with capture_logs() as logs:
        page = await ask(visit, bojan.customer.contact_number)
        code = await phones.code_of(bojan)
        await visit.submit(page.form_to("/sign-in/code"), code=code, status=303, follow=False)

    assert code not in str(logs)
    async with connection() as connected:
        names = await connected.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        for row in names:
            kept = await connected.fetchval(f'SELECT string_agg(t::text, chr(10)) FROM "{row["name"]}" t')
            assert f'"{code}"' not in (kept or ""), row["name"]
    (message,) = await Message.objects()
    assert message.is_secret
    assert message.values == "{}"
    assert not message.body


async def test_an_sms_that_could_not_be_sent_in_time_is_not_sent(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await ask(visit, bojan.customer.contact_number)
    with stopped_at(NOON + timedelta(minutes=5)):
        await work_off()

    assert not phones.received


async def test_only_the_latest_code_is_sent(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.contact_number)
    with stopped_at(NOON + timedelta(seconds=31)):
        await visit.submit(page.form_to("/sign-in/code/resend"))
        await work_off()

    assert len(phones.received[bojan.customer.contact_number]) == 1


async def test_two_taps_on_send_again_send_one_sms(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await ask(visit, bojan.customer.contact_number)
        await work_off()
    browser = Browser(address="203.0.113.7", user_agent="")
    (code,) = await SignInCode.objects()
    taps = [asking.ask_again(code, browser, at=NOON + timedelta(seconds=30)) for _ in range(2)]

    answers = await asyncio.gather(*taps, return_exceptions=True)

    assert [type(answer) for answer in answers if answer] == [TooSoon]
    with stopped_at(NOON + timedelta(seconds=31)):
        await work_off()
    assert len(phones.received[bojan.customer.contact_number]) == 2


async def test_tapping_too_soon_costs_nothing(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        page = await ask(visit, bojan.customer.contact_number)
        for _ in range(10):
            page = await visit.submit(page.form_to("/sign-in/code/resend"))
    with stopped_at(NOON + timedelta(seconds=30)):
        assert "Nova koda je na poti" in (await visit.submit(page.form_to("/sign-in/code/resend"))).text


async def test_the_sixth_asking_within_an_hour_waits(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        for _ in range(5):
            await ask(visit, bojan.customer.contact_number)
        paused = await ask(visit, bojan.customer.contact_number, status=429)
    with stopped_at(NOON + timedelta(hours=1)):
        await ask(visit, bojan.customer.contact_number)

    assert "Naslednja bo na voljo 21. 11. 2026 ob 13.00" in paused.text


async def test_the_sixteenth_asking_within_a_day_waits_for_tomorrow(visit: Visitor, bojan: Person) -> None:
    for hour in range(3):
        for _ in range(5):
            with stopped_at(NOON + timedelta(hours=hour)):
                await ask(visit, bojan.customer.contact_number)
    with stopped_at(NOON + timedelta(hours=4)):
        paused = await ask(visit, bojan.customer.contact_number, status=429)

    assert "22. 11. 2026 ob 12.00" in paused.text


async def test_a_stranger_who_asks_too_often_leaves_a_known_browser_its_codes(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
        await visit.submit((await visit.get("/account")).form_to("/sign-out"))
        for name, left in ((bojan.customer.contact_number, 4), (bojan.customer.number, 5)):
            for _ in range(left):
                await ask(stranger, name)
            await ask(stranger, name, status=429)

        await sign_in(visit, bojan, phones)


async def exhausted(limit: Limit, key: str) -> None:
    await saved(Counter(key=limit.key(key), began_at=NOON, times=limit.most))


async def test_an_address_has_its_share(visit: Visitor, stranger: Visitor, bojan: Person) -> None:
    await exhausted(caps.FROM_AN_ADDRESS, "203.0.113.7")
    with stopped_at(NOON + timedelta(minutes=1)):
        await ask(visit, bojan.customer.contact_number, status=429)
        await ask(stranger, bojan.customer.contact_number)


async def test_addresses_of_one_household_count_together(database: str, bojan: Person) -> None:
    await exhausted(caps.FROM_AN_ADDRESS, "2001:db8:1:2::/64")
    with stopped_at(NOON + timedelta(minutes=1)):
        async with Visitor(portal_app(), address="2001:db8:1:2:aaaa::1") as inside:
            await ask(inside, bojan.customer.contact_number, status=429)
        async with Visitor(portal_app(), address="2001:db8:1:3::1") as next_door:
            await ask(next_door, bojan.customer.contact_number)


def test_an_ipv4_address_in_ipv6_clothes_counts_alone() -> None:
    assert caps.address_key("::ffff:203.0.113.7") == "::ffff:203.0.113.7"


@pytest.mark.parametrize("limit", [caps.TO_A_NUMBER, caps.TO_A_PREFIX], ids=lambda limit: limit.name)
async def test_what_is_held_back_for_where_it_goes_is_not_told(
    visit: Visitor, bojan: Person, phones: Phones, limit: Limit
) -> None:
    number = bojan.customer.contact_number
    assert number is not None
    await exhausted(limit, number if limit is caps.TO_A_NUMBER else number[:-4])
    with stopped_at(NOON + timedelta(minutes=1)), capture_logs() as logs:
        page = await ask(visit, number)
        await work_off()

    assert "Vpišite kodo" in page.text
    assert not phones.received
    (told,) = [entry for entry in logs if entry["event"] == "sign-in code held back"]
    assert told["reason"] == limit.name
    assert number not in str(told)


async def test_when_all_codes_of_the_day_are_sent_everybody_is_told_alike(
    visit: Visitor, stranger: Visitor, bojan: Person
) -> None:
    await exhausted(caps.IN_ALL, caps.EVERYBODY)
    with stopped_at(NOON + timedelta(minutes=1)):
        known = await ask(visit, bojan.customer.contact_number, status=429)
        unknown = await ask(stranger, "041 999 999", status=429)

    assert known.text == unknown.text


async def test_codes_go_to_slovenian_mobile_numbers_only(visit: Visitor, phones: Phones, database: str) -> None:
    abroad = await a_person("Jan Novák")
    await Login.update({Login.contact_number: "+420601123456"}, force=True)

    await ask(visit, abroad.customer.number)
    await work_off()

    assert not phones.received
    assert await SignInCode.count() == 1
