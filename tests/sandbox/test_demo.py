"""The demo's people stand where the README says, and the books are right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal import reference
from portal.billing.tables import Bill
from portal.clock import day_of
from portal.customers.tables import Account, Customer
from portal.database import connection
from portal.dunning.policy import Policy
from portal.dunning.standing import standing_of
from portal.identity.tables import Login
from portal.messaging.tables import Attachment, Channel, Message
from portal.money import Money
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED
from portal.sandbox import crowd, demo
from portal.sandbox.stories import PEOPLE
from portal.settings import settings
from tests.people import NOON, TODAY
from tests.world import texts

SUSPENDED = ("suspended email", "suspended sms")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the people's letters are laid out, and an operator that money can go to."""
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    monkeypatch.setenv("PAYEE_IBAN", "SI56191000000123438")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
async def seeded(database: str) -> str:
    await demo.seed(TODAY)
    return database


async def account_of(name: str) -> Account:
    customer = await Customer.objects().where(Customer.name == name).first()
    assert customer is not None
    found = await Account.objects().where(Account.customer == customer.id).order_by(Account.number).first()
    assert found is not None
    return found


async def overdue_of(account: Account) -> list[Bill]:
    return [bill for bill in await Bill.of(account).order_by(Bill.issued_on) if bill.is_overdue(TODAY)]


@pytest.mark.usefixtures("seeded")
async def test_ana_owes_nothing() -> None:
    bills = await Bill.of(await account_of("Ana Zupan"))

    assert len(bills) == 36
    assert not [bill for bill in bills if bill.open]


@pytest.mark.usefixtures("seeded")
async def test_bojan_is_barred_for_two_bills_and_can_still_avoid_the_next_fee() -> None:
    account = await account_of("Bojan Kralj")
    first, second = await overdue_of(account)
    standing = await standing_of(account, TODAY)

    assert first.open + second.open == Money(8645)
    assert [line.profile for line in standing.lines] == [OUTGOING_BARRED]
    step = Policy.named("mobile-1").step_after(1)
    assert step is not None
    assert step.day(first.issued_on) == TODAY + timedelta(days=4)


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("name", ["Cvetka Mlakar", "Helena Golob"])
async def test_cvetka_and_helena_can_neither_call_nor_be_called(name: str) -> None:
    standing = await standing_of(await account_of(name), TODAY)

    assert {line.profile for line in standing.lines} == {ALL_BARRED}


@pytest.mark.usefixtures("seeded")
async def test_dejan_was_warned_yesterday_and_everything_works() -> None:
    account = await account_of("Dejan Hribar")
    standing = await standing_of(account, TODAY)

    assert len(await overdue_of(account)) == 1
    assert not [line for line in standing.lines if line.off]
    async with connection() as connected:
        assert day_of(
            await connected.fetchval("SELECT max(at) FROM sandbox.phone_texts WHERE number = '+38640000104'")
        ) == (TODAY - timedelta(days=1))


@pytest.mark.usefixtures("seeded")
async def test_eva_has_no_login_and_the_others_have() -> None:
    numbers = {login.contact_number for login in await Login.objects()}

    assert numbers == {person.mobile for person in PEOPLE if person.name != "Eva Novak"}


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
        ("Bojan Kralj", ["pre_suspension email", "pre_suspension sms", *SUSPENDED, "open_items sms"]),
        ("Cvetka Mlakar", ["suspended email", "suspended letter"]),
        ("Dejan Hribar", ["pre_suspension email", "pre_suspension sms"]),
        (
            "Helena Golob",
            [
                *("pre_suspension email", "pre_suspension sms", *SUSPENDED, *SUSPENDED),
                *("termination_notice email", "termination_notice letter"),
            ],
        ),
    ],
)
async def test_their_messages_tell_what_became_of_them(name: str, told: list[str]) -> None:
    customer = await Customer.objects().get(Customer.name == name)
    assert customer is not None

    messages = await Message.objects().where(Message.customer == customer.id).order_by("created_at", "channel")

    assert [f"{message.template} {message.channel}" for message in messages] == told
    assert all(message.created_at <= message.sent_at < NOON for message in messages)


@pytest.mark.usefixtures("seeded")
async def test_letters_are_kept_with_their_pdf_and_lie_with_the_print_house(folder: Path) -> None:
    letters = await Message.objects().where(Message.channel == Channel.LETTER)

    kept = await Attachment.objects().where(Attachment.message.is_in([letter.id for letter in letters]))
    assert len(kept) == 2
    assert all(file.content.startswith(b"%PDF") for file in kept)
    assert len(printed(folder)) == 2


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


async def everything() -> list[object]:
    async with connection() as connected:
        names = await connected.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [(name[0], await connected.fetchval(f"SELECT count(*) FROM {name[0]}")) for name in names]


async def the_books_are_right() -> None:
    """Every bill's lines make its total, and what is open of it is what no payment settled."""
    async with connection() as connected:
        assert await connected.fetch(WRONG) == []


WRONG = """
    SELECT b.number FROM bills b
    WHERE b.total_cents <> (SELECT sum(amount_cents) FROM bill_lines WHERE bill = b.id)
       OR b.open_cents <> b.total_cents - coalesce((SELECT sum(amount_cents) FROM allocations WHERE bill = b.id), 0)
       OR (b.open_cents = 0) <> (b.settled_at IS NOT NULL)
"""
