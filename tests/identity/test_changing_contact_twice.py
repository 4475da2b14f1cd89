"""Two tabs, two taps, two values: the latest asking counts, and nobody's telephone rings all night."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity import caps, contact_adopting, contact_asking
from portal.identity.refusals import TooManyAttempts, TooSoon, WrongCode
from portal.identity.tables import ContactChange, ContactKind, Session
from portal.identity.viewers import Viewer, find_viewer
from portal.limits import Counter, Limit
from portal.messaging.tables import Message
from portal.web import tokens
from tests.identity.moving import ADDRESS, NEW, ask_for, ask_for_email, enter, login_of, proven
from tests.identity.phones import Mailboxes, Phones, wrong
from tests.people import NOON, Person, a_person, saved
from tests.visiting import Visitor
from tests.working import work_off

OTHER = "+38640111222"
HERE = "203.0.113.7"
GUESSES = 200


async def viewer_of(visit: Visitor, person: Person) -> Viewer:
    await proven(visit, person, NOON)
    viewer = await find_viewer(tokens.hashed(visit.client.cookies[tokens.SESSION]), NOON)
    assert viewer is not None
    return viewer


async def the_change() -> ContactChange:
    (change,) = await ContactChange.objects()
    return change


async def test_the_latest_of_two_tabs_counts(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        first = await ask_for(visit, OTHER)
        earlier = await phones.code_at(OTHER)
        await ask_for(visit, NEW)
        later = await phones.code_at(NEW)
        assert earlier != later

        page = await enter(visit, first, earlier, status=400)
        assert "040 777 888" in page.text
        await enter(visit, page, later)

    assert (await login_of(bojan)).contact_number == NEW


async def test_a_form_sent_twice_sends_one_sms(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        viewer = await viewer_of(visit, bojan)
        await asyncio.gather(*(contact_asking.ask(viewer, ContactKind.NUMBER, NEW, HERE, at=NOON) for _ in range(3)))
        await ask_for(visit, NEW)
        await work_off()

    assert len(phones.received[NEW]) == 1


async def test_two_taps_on_send_again_send_one_sms(visit: Visitor, bojan: Person, phones: Phones) -> None:
    later = NOON + timedelta(seconds=30)
    with stopped_at(NOON):
        viewer = await viewer_of(visit, bojan)
        await contact_asking.ask(viewer, ContactKind.NUMBER, NEW, HERE, at=NOON)
        await work_off()
    change = await the_change()

    with pytest.raises(TooSoon):
        await contact_asking.ask_again(change, "sl", HERE, at=later - timedelta(seconds=1))
    taps = [contact_asking.ask_again(change, "sl", HERE, at=later) for _ in range(2)]
    answers = await asyncio.gather(*taps, return_exceptions=True)

    assert [type(answer) for answer in answers if answer] == [TooSoon]
    with stopped_at(later):
        await work_off()
    assert len(phones.received[NEW]) == 2


async def test_a_resent_code_replaces_the_first(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for(visit)
        first = await phones.code_at(NEW)
        page = await visit.submit(page.form_to("/account/number/code/resend"))
        assert "Na voljo čez 30 sekund" in page.text
    with stopped_at(NOON + timedelta(seconds=30)):
        page = await visit.submit(page.form_to("/account/number/code/resend"))
        assert "Nova koda je na poti" in page.text
        page = await enter(visit, page, first, status=400)
        await enter(visit, page, await phones.code_at(NEW))

    assert len(phones.received[NEW]) == 2


async def test_the_right_code_entered_twice_at_once_changes_once(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await contact_asking.ask(await viewer_of(visit, bojan), ContactKind.NUMBER, NEW, HERE, at=NOON)
        change = await the_change()
        form = (await visit.get("/account/number/code")).form_to("/account/number/code").fill(code=change.digits)
        taps = [visit.submit(form, status=303, follow=False) for _ in range(2)]
        answers = await asyncio.gather(*taps)

    assert [answer.response.headers["location"] for answer in answers] == ["/account", "/account"]
    assert await AuditEntry.count().where(AuditEntry.event == Event.CONTACT_CHANGED) == 1
    assert await Message.count().where(Message.template == "contact_changed") == 1


async def test_of_two_changes_at_once_the_second_waits_a_day(
    visit: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    """Else whoever took a session over could change number and address in one go, and tell only themselves of it."""
    with stopped_at(NOON):
        viewer = await viewer_of(visit, bojan)
        await contact_asking.ask(viewer, ContactKind.NUMBER, NEW, HERE, at=NOON)
        await contact_asking.ask(viewer, ContactKind.EMAIL, ADDRESS, HERE, at=NOON)
        changes = await ContactChange.objects()

        answers = await asyncio.gather(
            *(contact_adopting.confirm(change, change.digits, viewer, HERE, at=NOON) for change in changes),
            return_exceptions=True,
        )

    assert sorted(type(answer).__name__ for answer in answers) == ["ContactChangedRecently", "str"]
    login = await login_of(bojan)
    assert (login.contact_number == NEW) != (login.email == ADDRESS)


async def test_an_address_asked_for_before_the_number_changed_waits_too(
    visit: Visitor, bojan: Person, phones: Phones, mailboxes: Mailboxes
) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        mail_page = await ask_for_email(visit)
        await enter(visit, await ask_for(visit), await phones.code_at(NEW))

        again = await visit.get("/account/email/code")
        page = await enter(visit, again, await mailboxes.code_at(ADDRESS), status=403)

    assert mail_page.path == again.path
    assert "22. 11. 2026 ob 12.00" in page.text
    assert (await login_of(bojan)).email is None


async def test_of_two_hundred_codes_at_once_five_are_looked_at(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        viewer = await viewer_of(visit, bojan)
        await contact_asking.ask(viewer, ContactKind.NUMBER, NEW, HERE, at=NOON)
        change = await the_change()

        guesses = [
            contact_adopting.confirm(change, wrong(change.digits), viewer, HERE, at=NOON) for _ in range(GUESSES)
        ]
        answers = [type(answer) for answer in await asyncio.gather(*guesses, return_exceptions=True)]

        assert answers.count(WrongCode) == 5
        assert answers.count(TooManyAttempts) == GUESSES - 5
        assert await AuditEntry.count().where(AuditEntry.event == Event.CONTACT_CHANGE_REFUSED) == 5
        with pytest.raises(TooManyAttempts):
            await contact_adopting.confirm(change, change.digits, viewer, HERE, at=NOON)
        with pytest.raises(TooManyAttempts):
            await contact_asking.ask(viewer, ContactKind.NUMBER, OTHER, HERE, at=NOON)


async def test_the_pause_is_told_and_ends_after_a_quarter_of_an_hour(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for(visit)
        for _ in range(5):
            page = await enter(visit, page, wrong(await phones.code_at(NEW)), status=400)
        paused = await enter(visit, page, await phones.code_at(NEW), status=429)
        await ask_for(visit, OTHER, status=429)
    with stopped_at(NOON + timedelta(minutes=15)):
        await Session.update({Session.stepped_up_at: NOON + timedelta(minutes=15)}, force=True)
        await enter(visit, await ask_for(visit), await phones.code_at(NEW))

    assert "Znova lahko poskusite 21. 11. 2026 ob 12.15" in paused.text


async def exhausted(limit: Limit, key: str) -> None:
    await saved(Counter(key=limit.key(key), began_at=NOON, times=limit.most))


async def test_a_login_asks_five_times_an_hour(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        for n in range(5):
            await ask_for(visit, f"0407770{n:02d}")

        page = await ask_for(visit, "040777099", status=429)
        await work_off()

    assert "Naslednja bo na voljo 21. 11. 2026 ob 13.00" in page.text
    assert len(phones.received) == 5


async def test_a_strangers_telephone_rings_five_times_a_day_whoever_asks(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await exhausted(caps.CHANGES_TO_ONE, caps.key_of(NEW, None))
        for browser, person in ((visit, bojan), (stranger, await a_person("Maja Strmec"))):
            await proven(browser, person, NOON)
            await ask_for(browser, NEW, status=429)
        await work_off()

    assert not phones.received


async def test_a_range_of_numbers_gets_no_more_than_an_honest_hour_needs(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await exhausted(caps.CHANGES_TO_A_PREFIX, caps.prefix_key(NEW))
        await proven(visit, bojan, NOON)

        await ask_for(visit, NEW, status=429)
        await ask_for(visit, OTHER)


async def test_half_an_hour_later_the_code_page_leads_back_to_the_form(
    visit: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        page = await ask_for(visit)
    with stopped_at(NOON + timedelta(minutes=29)):
        assert (await visit.get("/account/number/code")).path == page.path
    with stopped_at(NOON + timedelta(minutes=30)):
        turned = await visit.get("/account/number/code", status=303, follow=False)

    assert turned.response.headers["location"] == "/account/number"
