"""Days pass in the demo: each with its night, its messages and its letters, one stretch at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from portal import clock, jobs
from portal.customers.tables import PackageKind
from portal.database import connection, transaction
from portal.dunning.case_tables import CaseEvent, Happened
from portal.messaging import gateways
from portal.messaging.tables import LetterBatch, Message, MessageState
from portal.sandbox import jobs as _sandbox
from portal.sandbox import nights
from portal.sandbox.nights import moments
from portal.sandbox.offset import Offset
from portal.sandbox.passing import Passing, latest, let_pass, pass_days
from portal.sandbox.phone import SandboxPhone
from portal.settings import settings
from tests.people import a_person
from tests.visiting import Page, Visitor
from tests.working import PATIENCE, a_worker, waiting
from tests.world import exchange, mailbox

__all__ = ["exchange", "mailbox"]

REGISTERED = _sandbox  # the worker of a portal without the sandbox knows nothing of its jobs

DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("demo_clock", "exchange", "mailbox")


@pytest.fixture(autouse=True)
def phones() -> Iterator[None]:
    """As in the demo: whatever is sent is received."""
    gateways.use_sms(SandboxPhone(gives_receipts=True))
    yield
    gateways.use_sms(None)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where letters are laid out."""
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


async def days_go_by(sandbox: Visitor, days: str) -> Page:
    """Click, and look again until they have passed."""
    page = await sandbox.get("/sandbox/clock")
    form = page.form_to("/sandbox/clock/days")
    async with a_worker():
        page = await sandbox.post(form.action, form.fields | {"days": days})
        await asyncio.wait_for(all_have_passed(), PATIENCE)
    return await sandbox.get("/sandbox/clock")


async def all_have_passed() -> None:
    while await Passing.exists().where(Passing.ended_at.is_null()):  # noqa: ASYNC110 - the worker tells nobody
        await asyncio.sleep(0.02)


async def test_a_day_goes_by_and_the_page_says_what_happened(sandbox: Visitor) -> None:
    today = clock.today()
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(due=today)

    page = await days_go_by(sandbox, "1")

    assert clock.today() == today + DAY
    assert "Bojan Kralj Opomin" in page.text
    links = [link.get("href") for link in page.all("main .rows a")]
    assert f"/sandbox/phone/{bojan.line.number[1:]}" in links
    assert f"/sandbox/mail/{bojan.customer.email}" in links


async def test_a_week_has_every_night_of_it(sandbox: Visitor) -> None:
    """Reminded on its first day, warned on its third, barred when the three days of the notice are over."""
    today = clock.today()
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(due=today)

    await days_go_by(sandbox, "7")

    taken = await CaseEvent.objects().where(CaseEvent.kind == Happened.STEP).order_by(CaseEvent.on_day)
    assert [(event.step, (event.on_day - today).days) for event in taken] == [
        ("reminder", 1),
        ("notice", 3),
        ("outgoing", 7),
    ]
    assert {event.outcome for event in taken} == {"done"}
    told = await Message.objects().order_by(Message.created_at)
    assert [clock.day_of(message.created_at) for message in told] == [
        today + timedelta(days=days) for days in (1, 1, 3, 3, 7, 7)
    ]


@jobs.job("tests.dawdle")
async def dawdle(day: str) -> None:
    await asyncio.sleep(0.2)
    DAWDLED.append((day, clock.today().isoformat()))


DAWDLED: list[tuple[str, str]] = []


async def test_the_next_day_waits_for_what_is_under_way(sandbox: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    async def order(at: datetime, _: object = None) -> None:
        async with transaction():
            await jobs.enqueue("tests.dawdle", day=clock.day_of(at).isoformat())

    DAWDLED.clear()
    monkeypatch.setattr(nights, "BY_HOUR", ((time(6), order),))

    await days_go_by(sandbox, "7")

    assert len(DAWDLED) >= 7
    assert [day for day, _ in DAWDLED] == [done_on for _, done_on in DAWDLED]


async def test_letters_are_printed_and_posted_on_the_next_day(sandbox: Visitor) -> None:
    today = clock.today()
    cvetka = await a_person("Cvetka Mlakar", package=PackageKind.KOMBO)
    await cvetka.bill(due=today - DAY)

    page = await days_go_by(sandbox, "7")

    [letter] = await Message.objects().where(Message.channel == "letter")
    [batch] = await LetterBatch.objects()
    assert letter.state == MessageState.HANDED_OVER
    assert clock.day_of(batch.made_at) == clock.day_of(letter.created_at) + DAY
    assert "1 pismo je natisnjeno" in page.text


async def test_a_quiet_day_says_so(sandbox: Visitor) -> None:
    page = await days_go_by(sandbox, "1")

    assert "Nič se ni zgodilo" in page.text


async def test_while_days_pass_the_page_looks_again_by_itself(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/clock")
    form = page.form_to("/sandbox/clock/days")

    page = await sandbox.post(form.action, form.fields | {"days": "7"})

    assert "Dnevi minevajo" in page.text
    assert "Minilo jih je 0 od 7" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.html
    assert page.one("#clock").get("hx-trigger") == "every 1s"
    assert not page.all("main form")


async def test_of_two_clicks_one_lets_days_pass_and_the_other_is_told(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/clock")
    form = page.form_to("/sandbox/clock/days")

    answers = await asyncio.gather(
        *(sandbox.client.post(form.action, data=form.fields | {"days": "1"}, headers=HEADERS) for _ in range(2))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert any("Dnevi že minevajo" in answer.text for answer in answers)
    assert await Passing.count() == 1
    assert await waiting("sandbox.pass_days") == ["sandbox.pass_days"]


HEADERS = {"sec-fetch-site": "same-origin", "origin": "https://moj.test"}


async def test_a_worker_that_takes_over_goes_on_where_the_first_had_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    await let_pass(clock.today() + 3 * DAY, now)
    begun = await latest()
    assert begun is not None
    [_, second, *_] = wanted = list(moments(now, begun.until))
    begun.reached = second.at
    await begun.save()
    done: list[datetime] = []

    async def noted(at: datetime, _: object = None) -> None:
        done.append(at)

    monkeypatch.setattr(nights, "BY_HOUR", tuple((hour, noted) for hour, _ in nights.BY_HOUR))
    await let_the_queue_be()
    await pass_days(begun.id)

    assert done == [moment.at for moment in wanted[2:]]
    assert clock.now() >= begun.until


async def let_the_queue_be() -> None:
    async with connection() as connected:
        await connected.execute("TRUNCATE pgqueuer")


async def test_what_fails_ends_it_and_is_said(sandbox: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(at: datetime, _: object = None) -> None:
        raise RuntimeError("no paper")

    monkeypatch.setattr(nights, "BY_HOUR", ((time(1, 30), broken),))
    await let_pass(clock.today() + 3 * DAY, clock.now())
    begun = await latest()
    assert begun is not None

    with pytest.raises(RuntimeError):
        await pass_days(begun.id)

    page = await sandbox.get("/sandbox/clock")
    assert "Dnevi so se ustavili" in page.text
    assert page.form_to("/sandbox/clock/days")


async def test_days_pass_once_however_often_the_job_comes(demo_clock: Offset) -> None:
    await let_pass(clock.today() + DAY, clock.now())
    begun = await latest()
    assert begun is not None
    await let_the_queue_be()
    await pass_days(begun.id)
    ahead = demo_clock.ahead

    await pass_days(begun.id)

    assert demo_clock.ahead == ahead
    await let_pass(clock.today() + DAY, clock.now())
