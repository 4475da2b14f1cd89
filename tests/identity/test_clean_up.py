"""Every night what nobody can sign in with any more is deleted, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from portal.audit import AuditEntry
from portal.clock import stopped_at
from portal.identity.jobs import clean_up
from portal.identity.tables import ContactChange, Device, Session, SignInCode
from portal.limits import Counter
from tests.identity.moving import ask_for, proven
from tests.identity.phones import Phones, is_signed_in, sign_in
from tests.people import NOON, Person
from tests.visiting import Visitor


async def test_dead_sessions_codes_and_counters_go_and_the_trail_stays(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
        await sign_in(stranger, bojan, phones, remember="yes")
    with stopped_at(NOON + timedelta(days=1)):
        await clean_up()
        assert (await Session.count(), await SignInCode.count()) == (2, 2)
    with stopped_at(NOON + timedelta(days=3)):
        await clean_up()

        (kept,) = await Session.objects()
        assert kept.is_remembered
        assert await is_signed_in(stranger)
    assert not await SignInCode.exists()
    assert not await Counter.exists()
    assert await AuditEntry.count() == 5


async def test_changes_of_contact_data_go_too_made_or_not(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await proven(visit, bojan, NOON)
        await ask_for(visit)
        await clean_up()
        assert await ContactChange.count() == 1
    with stopped_at(NOON + timedelta(days=3)):
        await clean_up()

    assert not await ContactChange.exists()


async def test_a_browser_is_known_until_its_cookie_ends(visit: Visitor, bojan: Person, phones: Phones) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
    with stopped_at(NOON + timedelta(days=399)):
        await clean_up()
        assert await Device.count() == 1
    with stopped_at(NOON + timedelta(days=401)):
        await clean_up()
        assert not await Device.exists()
