"""The demo's people are made the same on any day, with what they were told; and the books are right."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from portal import reference
from portal.billing.tables import Bill
from portal.customers.tables import Customer
from portal.database import connection
from portal.dunning.case_tables import DunningCase
from portal.dunning.planning import plan
from portal.identity.tables import Login
from portal.messaging.tables import Attachment, Channel, Message
from portal.sandbox import crowd, crowd_usage, demo
from portal.sandbox.stories import PEOPLE
from tests.people import NOON, TODAY
from tests.sandbox.demo_people import account_of, folder, seeded
from tests.world import texts

__all__ = ["folder", "seeded"]

REMINDED = ["reminder email", "reminder sms", "pre_suspension email", "pre_suspension sms"]
SUSPENDED = ["suspended email", "suspended sms"]

pytestmark = pytest.mark.usefixtures("demo_clock")


@pytest.mark.usefixtures("seeded")
async def test_eva_and_anas_mother_have_no_login_and_the_others_have() -> None:
    numbers = {login.contact_number for login in await Login.objects()}

    assert numbers == {person.mobile for person in PEOPLE if person.name not in ("Eva Novak", "Marija Zupan")}


@pytest.mark.usefixtures("seeded")
async def test_the_past_leaves_no_work_for_today() -> None:
    async with connection() as connected:
        assert await connected.fetchval("SELECT count(*) FROM pgqueuer") == 0
        assert {tuple(row) for row in await connected.fetch("SELECT DISTINCT channel, state FROM messages")} == {
            ("sms", "delivered"),
            ("sms", "sent"),
            ("email", "sent"),
            ("letter", "handed_over"),
        }


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ana Zupan", []),
        ("Bojan Kralj", [*REMINDED, *SUSPENDED, "open_items sms"]),
        ("Cvetka Mlakar", ["reminder email", "reminder letter", "suspended email", "suspended letter"]),
        ("Dejan Hribar", [*REMINDED, "usage_warning sms"]),
        ("Franc Oblak", [*REMINDED, "deferral_granted sms", "spending_blocked sms"]),
        (
            "Gabrijela Kos",
            [
                *(*REMINDED, *SUSPENDED, *SUSPENDED, "termination_notice email", "termination_notice letter"),
                *("payment_call email", "payment_call letter"),
            ],
        ),
        (
            "Helena Golob",
            [*REMINDED, *SUSPENDED, *SUSPENDED, "termination_notice email", "termination_notice letter"],
        ),
    ],
)
async def test_their_messages_tell_what_became_of_them(name: str, told: list[str]) -> None:
    customer = await Customer.objects().get(Customer.name == name)
    assert customer is not None

    messages = await Message.objects().where(Message.customer == customer.id).order_by("created_at", "channel")

    assert [f"{message.template} {message.channel}" for message in messages] == told
    assert all(message.created_at <= message.sent_at <= NOON for message in messages)


@pytest.mark.usefixtures("seeded")
async def test_letters_are_kept_with_their_pdf_and_lie_with_the_print_house(folder: Path) -> None:
    letters = await Message.objects().where(Message.channel == Channel.LETTER)

    kept = await Attachment.objects().where(Attachment.message.is_in([letter.id for letter in letters]))
    assert len(kept) == 5
    assert all(file.content.startswith(b"%PDF") for file in kept)
    assert len(printed(folder)) == 5


def printed(folder: Path) -> list[Path]:
    return list(folder.glob("*/*.pdf"))


@pytest.mark.usefixtures("seeded")
async def test_bojan_asked_what_is_open_and_his_phone_has_the_answer() -> None:
    [*_, answer] = await texts("+38640000102")

    assert answer.startswith("Odprte postavke, skupaj 86,45 EUR: 61,46 EUR, rok")


@pytest.mark.usefixtures("seeded")
async def test_seeding_again_changes_nothing() -> None:
    before = await everything()

    assert await demo.seed(TODAY + timedelta(days=3)) == 0
    assert await everything() == before
    assert await demo.made_on() == TODAY


@pytest.mark.parametrize("today", [date(2026, 3, 31), date(2026, 5, 30), date(2028, 2, 29), date(2026, 1, 1)])
async def test_every_day_makes_the_same_people(database: str, today: date) -> None:
    assert await demo.seed(today) == len(PEOPLE)

    helena = await account_of("Helena Golob")
    assert [bill.is_overdue(today) for bill in await Bill.of(helena) if bill.open] == [True, True, True]
    assert {case.next_step for case in await DunningCase.objects()} == {
        *("outgoing_and_fixed", "termination", "outgoing", "agency")
    }
    assert not (await plan(today)).moving
    assert await demo.made_on() == today
    await the_books_are_right()


async def test_a_crowd_is_made_once_and_its_books_are_right(database: str) -> None:
    for _ in range(2):
        assert [made async for made in crowd.fill(66, TODAY)] == [66]

    async with connection() as connected:
        assert await connected.fetchval("SELECT count(*) FROM bills") == 66 * 36
        assert await connected.fetchval("SELECT count(*) FROM bills WHERE open_cents > 0") == 8
        references = await connected.fetch("SELECT reference FROM bills")
    assert all(reference.read_si12(row["reference"]) == row["reference"] for row in references)
    await the_books_are_right()


async def test_what_a_crowd_uses_is_measured_once_and_lies_in_the_period_that_runs(database: str) -> None:
    for _ in range(2):
        assert [known async for known in crowd_usage.measure(56, TODAY, NOON, periods=2)] == [56]

    async with connection() as connected:
        assert await connected.fetchval("SELECT count(*) FROM usage_allowances") == 56 * 4 * 2
        current = "SELECT count(*) FROM usage_allowances WHERE $1 BETWEEN period_from AND period_to"
        assert await connected.fetchval(current, TODAY) == 56 * 4


async def everything() -> list[object]:
    async with connection() as connected:
        names = await connected.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [(name[0], await connected.fetchval(f"SELECT count(*) FROM {name[0]}")) for name in names]


async def the_books_are_right() -> None:
    """Every bill's lines make its total, what is open of it is what no payment settled, and no cent of one is lost."""
    async with connection() as connected:
        assert await connected.fetch(WRONG) == []


WRONG = """
    SELECT b.number FROM bills b
    WHERE b.total_cents <> (SELECT sum(amount_cents) FROM bill_lines WHERE bill = b.id)
       OR b.open_cents <> greatest(b.total_cents, 0)
                          - coalesce((SELECT sum(amount_cents) FROM allocations WHERE bill = b.id), 0)
       OR (b.open_cents = 0) <> (b.settled_at IS NOT NULL)
    UNION ALL
    SELECT p.external_id FROM payments p
    WHERE p.amount_cents <> coalesce((SELECT sum(amount_cents) FROM allocations WHERE payment = p.id), 0)
                            + coalesce((SELECT sum(amount_cents) FROM credits WHERE payment = p.id), 0)
"""
