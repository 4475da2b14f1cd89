"""`portal customers`: a record put right and a SIM card exchanged, and what they stop for a day."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from portal import clock
from portal.audit import AuditEntry
from portal.customers.tables import Customer, Line
from portal.refusals import Refusal
from portal.settings import ROOT
from portal.signing.tables import Blocked, Envelope
from tests.people import Person
from tests.signing import people
from tests.signing.envelopes.signing import asks, seen_by, viewer_of

MOMENT = "2026-11-20T08:00:00Z"


async def portal(*arguments: str, database: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "portal.cli", "customers", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "DATABASE_URL": database}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )
    return done.returncode, " ".join(f"{done.stdout} {done.stderr}".split())


@pytest.fixture
async def ana(database: str) -> Person:
    return await people.ana()


async def record_of(person: Person) -> Customer:
    customer = await Customer.objects().get(Customer.id == person.customer.id)
    assert customer is not None
    return customer


async def test_what_is_wrong_is_put_right_and_the_rest_stays(database: str, ana: Person) -> None:
    before = await record_of(ana)

    code, said = await portal("correct", before.number, "--street", "Nova ulica 3", "--by", "Maja", database=database)

    after = await record_of(ana)
    assert (code, said) == (0, "Corrected: street.")
    assert (after.street, after.email) == ("Nova ulica 3", before.email)
    assert not after.contact_number_since
    (entry,) = await AuditEntry.objects().where(AuditEntry.event == "customer_corrected")
    assert "Nova ulica" not in str(entry.details)
    assert await portal("correct", before.number, "--street", "Nova ulica 3", database=database) == (
        0,
        "It stood so already.",
    )


async def test_a_new_contact_number_is_on_record_since_now(database: str, ana: Person) -> None:
    await portal("correct", ana.customer.number, "--contact-number", "040 999 888", database=database)

    after = await record_of(ana)
    assert after.contact_number == "+38640999888"
    assert clock.now() - after.contact_number_since < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--contact-number", "01 234 56 78"), ("--email", "ana"), ("--tax-number", "1234"), ("--city", " ")],
)
async def test_what_cannot_be_is_refused(database: str, ana: Person, option: str, value: str) -> None:
    code, said = await portal("correct", ana.customer.number, option, value, database=database)

    assert code == 2
    assert option in said


async def test_nobody_s_record_cannot_be_put_right(database: str) -> None:
    assert await portal("correct", "9999999", "--city", "Celje", database=database) == (
        1,
        "Error: There is no customer of this number.",
    )


async def test_whoever_has_an_exchanged_sim_card_signs_nothing_for_a_day(database: str, ana: Person) -> None:
    envelope = await people.an_envelope(ana, at=clock.now())

    code, said = await portal("sim-exchanged", ana.line.number, database=database)

    assert (code, said[:5]) == (0, "Noted")
    with pytest.raises(Refusal):
        await asks(await seen_by(ana, envelope), await viewer_of(ana, clock.now()), clock.now())
    stopped = await Envelope.objects().get(Envelope.id == envelope.id)
    assert stopped is not None
    assert stopped.blocked_as == Blocked.SIM_CHANGED


async def test_the_newest_exchange_stays_whichever_is_told_last(database: str, ana: Person) -> None:
    number = ana.line.number
    await portal("sim-exchanged", number, "--at", MOMENT, database=database)

    await portal("sim-exchanged", number, "--at", "2026-11-19T08:00:00Z", database=database)

    line = await Line.objects().get(Line.id == ana.line.id)
    assert line is not None
    assert line.sim_changed_at.isoformat() == "2026-11-20T08:00:00+00:00"
