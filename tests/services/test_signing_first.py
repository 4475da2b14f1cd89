"""What binds for months or comes with equipment: first it is signed for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app import connect_world
from portal import clock
from portal.services import beginning, documents, switching
from portal.services.refusals import CallUsForDocuments
from portal.services.switching import Outcome
from portal.settings import settings
from tests.people import NOON, Person
from tests.services.asking import ask, line, orders, standing, states
from tests.services.papers import Papers
from tests.working import work_off
from tests.world import mails


async def test_without_document_signing_a_person_prepares_the_documents(franc: Person) -> None:
    with pytest.raises(CallUsForDocuments) as refused:
        await ask(franc, "tv_box")

    assert refused.value.values == {"number": "040 40 40 40"}
    assert await states(franc) == []


async def test_it_waits_for_the_signature_and_shows_where(franc: Person, papers: Papers) -> None:
    asked = await ask(franc, "tv_box")

    shown = (await standing(franc, "tv_box")).planned
    assert asked.outcome == Outcome.TO_SIGN
    assert asked.documents == f"/sign/{asked.switch}"
    assert shown is not None
    assert (shown.documents, papers.prepared) == (asked.documents, [asked.switch])
    assert await orders(franc) == []


async def test_the_documents_ask_whether_to_begin_at_once(franc: Person, papers: Papers) -> None:
    asked = await ask(franc, "tv_box", begins_at_once=False)

    assert asked.outcome == Outcome.TO_SIGN


async def test_signed_it_is_ordered_once(franc: Person, papers: Papers) -> None:
    asked = await ask(franc, "tv_box")
    assert asked.switch is not None

    told = [await beginning.signed(asked.switch, NOON), await beginning.signed(asked.switch, NOON)]
    await work_off()

    assert told == [True, False]
    assert await states(franc) == ["tv_box on done"]


async def test_signed_for_a_later_day_it_waits_for_that(franc: Person, papers: Papers) -> None:
    asked = await ask(franc, "tv_box", starts_on=date(2026, 12, 1))
    assert asked.switch is not None

    await beginning.signed(asked.switch, NOON)
    waits = await states(franc)
    midnight = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    with clock.stopped_at(midnight):
        await beginning.find_due(midnight)
        await work_off()

    assert waits == ["tv_box on scheduled"]
    assert await states(franc) == ["tv_box on done"]


async def test_cancelled_before_it_is_signed_a_signature_changes_nothing(franc: Person, papers: Papers) -> None:
    asked = await ask(franc, "tv_box")
    assert asked.switch is not None
    await switching.cancel(await line(franc), asked.switch, NOON)

    assert await beginning.signed(asked.switch, NOON) is False
    assert await states(franc) == ["tv_box on cancelled"]


async def test_documents_that_lapse_are_told(franc: Person, papers: Papers) -> None:
    asked = await ask(franc, "tv_box")
    assert asked.switch is not None

    with clock.stopped_at(NOON + timedelta(days=1)):
        assert await beginning.lapsed(asked.switch, NOON + timedelta(days=1))
        await work_off()

    assert await states(franc) == ["tv_box on refused"]
    [mail] = await mails(franc.customer.email)
    assert "niso bili podpisani" in mail.text


async def test_a_portal_without_keys_starts_and_says_to_call_before_anybody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SIGNING_KEYS_DIR", "SIGNING_KEYS_PASSPHRASE"):
        monkeypatch.delenv(name)
    settings.cache_clear()

    await connect_world()

    with pytest.raises(CallUsForDocuments):
        documents.connected()
    settings.cache_clear()
