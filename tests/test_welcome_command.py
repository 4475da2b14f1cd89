"""`portal welcome letters`: who gets a letter, and that nobody gets two."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from portal.audit import AuditEntry, Event
from portal.identity.tables import WelcomeKey
from portal.messaging.tables import Message, MessageState
from portal.settings import ROOT
from tests.identity.registering.walking import somebody


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal.cli", "welcome", "letters", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def portal(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database)
    return database


async def said(*arguments: str) -> str:
    finished = await asyncio.to_thread(run, *arguments)
    return " ".join((finished.stdout + finished.stderr).split())


async def test_letters_for_all_who_are_new(portal: str) -> None:
    marija = await somebody("Marija Kralj")
    await somebody("Ana Kovač", registered=True, tax_number="87654321")

    listed = await said("--all-new", "--dry-run")
    assert marija.customer.number in listed
    assert "Would get a letter: 1" in listed
    assert not await Message.exists()
    assert "wait for printing now: 1" in await said("--all-new")
    assert "wait for printing now: 0" in await said("--all-new")

    (letter,) = await Message.objects()
    assert (letter.template, letter.state, letter.is_secret) == ("welcome", MessageState.QUEUED, True)
    assert letter.recipient.splitlines() == ["Marija Kralj", "Glavna ulica 1", "1000 Ljubljana"]
    assert await AuditEntry.count().where(AuditEntry.event == Event.WELCOME_LETTER_MADE) == 1


async def test_one_customer_can_have_another_and_a_stranger_none(portal: str) -> None:
    marija = await somebody("Marija Kralj")
    for _ in range(2):
        assert "wait for printing now: 1" in await said("--customer", marija.customer.number)

    assert await WelcomeKey.count() == 2
    assert "has no fixed contract, signs in already, or is unknown" in await said("--customer", "9999999")
    assert "Say either --customer NUMBER or --all-new" in await said()
