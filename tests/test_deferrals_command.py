"""`portal dunning deferrals`: what an adviser sees of the requests, and decides."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from portal import clock
from portal.customers.tables import Customer
from portal.dunning.deferrals import requesting
from portal.dunning.deferrals.requesting import Wish
from portal.dunning.relief_tables import AskedBy, DeferralKind, DeferralRequest, RequestState
from portal.settings import ROOT, settings
from tests.dunning.deferrals import deferrals_of, fees_of, warned
from tests.people import Person, a_person

BECAUSE = ("--because", "agreed on by telephone", "--by", "Nada")


@pytest.fixture(autouse=True)
def commands(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", database)
    settings.cache_clear()
    yield
    settings.cache_clear()


async def portal(*arguments: str, fails: bool = False) -> str:
    command = [sys.executable, "-m", "portal.cli", "dunning", "deferrals", *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert (done.returncode != 0) is fails, done.stdout
    return " ".join(done.stdout.split())


async def asked_today(name: str = "Bojan Kralj") -> tuple[Person, DeferralRequest]:
    person, today = await warned(name, today=clock.today()), clock.today()
    wish = Wish("+38641123456", "50223054", today + timedelta(days=30), "Plača pride pozneje.")
    return person, await requesting.ask(person.account, wish, login=None, today=today, at=clock.now())


async def test_a_request_is_listed_and_granted(commands: None) -> None:
    bojan, request = await asked_today()
    day = clock.today() + timedelta(days=20)

    listed = await portal("list")
    assert str(request.id) in listed
    assert f"account {bojan.account.number}, Bojan Kralj" in listed
    assert "86.45 EUR" in listed
    assert "50223054 (we have none to compare it with)" in listed

    said = await portal("grant-request", str(request.id), "--until", f"{day}", *BECAUSE)
    assert f"Granted until {day}." in said
    [deferral] = await deferrals_of(bojan)
    assert (deferral.kind, deferral.until, deferral.decided_by) == (DeferralKind.AGREED, day, "Nada")
    assert "No request waits." in await portal("list")


async def test_a_tax_number_that_is_not_the_customer_s_is_marked(commands: None) -> None:
    bojan, _ = await asked_today()
    await Customer.update({Customer.tax_number: "15012557"}).where(Customer.id == bojan.customer.id)

    assert "50223054 (not the one that we have)" in await portal("list")


async def test_refused_with_words_for_the_customer_and_only_once(commands: None) -> None:
    _, request = await asked_today()

    long = await portal("refuse", str(request.id), "--because", "a" * 201, fails=True)
    assert "a reason has 1 to 200 characters" in long
    await portal("refuse", str(request.id), "--because", " Prosimo, pokličite nas. ", "--by", "Nada")

    [refused] = await DeferralRequest.objects()
    assert (refused.state, refused.reason) == (RequestState.REFUSED, "Prosimo, pokličite nas.")
    again = await portal("refuse", str(request.id), "--because", "Ne.", fails=True)
    assert "This request is not waiting any more." in again


async def test_one_that_was_agreed_on_by_telephone(commands: None) -> None:
    bojan = await warned(today=clock.today())
    day = clock.today() + timedelta(days=45)

    said = await portal("grant", bojan.account.number, "--until", f"{day}", "--with-fee", *BECAUSE)

    assert f"Account {bojan.account.number} has a deferral until {day}." in said
    [deferral] = await deferrals_of(bojan)
    assert deferral.asked_by == AskedBy.ADVISER
    assert await fees_of(bojan) == [299]


async def test_what_cannot_be_done_is_said(commands: None) -> None:
    calm, bojan = await a_person("Ana Zupan"), await warned(today=clock.today())
    far, soon = clock.today() + timedelta(days=200), clock.today() + timedelta(days=5)

    nothing = await portal("grant", calm.account.number, "--until", f"{soon}", *BECAUSE, fails=True)
    assert "Nothing of yours is overdue" in nothing
    outside = await portal("grant", bojan.account.number, "--until", f"{far}", *BECAUSE, fails=True)
    assert re.search(r"The day has to lie between \d{4}-\d\d-\d\d and \d{4}-\d\d-\d\d\.", outside)
    assert "There is no account 77." in await portal("grant", "77", "--until", f"{soon}", *BECAUSE, fails=True)
    nobody_s = await portal("grant-request", str(uuid4()), "--until", f"{soon}", *BECAUSE, fails=True)
    assert "There is no such request." in nobody_s
