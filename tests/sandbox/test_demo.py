"""The demo's people stand where the README says, and the books are right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal import reference
from portal.billing.tables import Bill, Charge
from portal.clock import day_of
from portal.customers.tables import Account, Contract, Customer
from portal.database import connection
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened
from portal.dunning.cases import course_of, open_case, policy_of
from portal.dunning.endings.tables import EndedContract, Termination
from portal.dunning.planning import plan
from portal.dunning.policy import Avoidable
from portal.dunning.relief_tables import Deferral
from portal.dunning.schedule import avoidable
from portal.dunning.view.standing import standing_of
from portal.identity.tables import Login
from portal.messaging.tables import Attachment, Channel, Message
from portal.money import ZERO, Money
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED
from portal.sandbox import crowd, demo
from portal.sandbox.stories import PEOPLE
from portal.settings import settings
from tests.people import NOON, TODAY
from tests.world import texts

REMINDED = ["reminder email", "reminder sms", "pre_suspension email", "pre_suspension sms"]
SUSPENDED = ["suspended email", "suspended sms"]
WARNED = {"reminder", "notice"}
BARRED = {"outgoing", "outgoing_and_fixed", "incoming"}


pytestmark = pytest.mark.usefixtures("demo_clock")


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


async def case_of(name: str) -> DunningCase:
    case = await open_case((await account_of(name)).id)
    assert case is not None
    return case


@pytest.mark.usefixtures("seeded")
async def test_bojan_is_barred_for_two_bills_and_can_still_avoid_the_next_fee() -> None:
    account, case = await account_of("Bojan Kralj"), await case_of("Bojan Kralj")
    first, second = await overdue_of(account)
    standing = await standing_of(account, TODAY)

    assert first.open + second.open == Money(8645)
    assert [line.profile for line in standing.lines] == [OUTGOING_BARRED]
    assert course_of(case).taken["outgoing"] == TODAY - timedelta(days=3)
    assert (case.next_step, case.next_on) == ("outgoing_and_fixed", TODAY + timedelta(days=4))
    assert avoidable(policy_of(case), course_of(case), TODAY) == Avoidable(Money(2098), TODAY + timedelta(days=3))


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("name", "policy", "steps", "following"),
    [
        ("Bojan Kralj", "mobile-2", WARNED | {"outgoing"}, "outgoing_and_fixed"),
        ("Cvetka Mlakar", "kombo-2", {"reminder", "notice", "all"}, "termination"),
        ("Dejan Hribar", "mobile-2", WARNED, "outgoing"),
        ("Franc Oblak", "mobile-2", WARNED, "outgoing"),
        ("Gabrijela Kos", "mobile-2", WARNED | BARRED | {"termination", "final_demand"}, "agency"),
        ("Helena Golob", "mobile-2", WARNED | BARRED, "termination"),
    ],
)
async def test_each_stands_on_a_step_of_the_ladder(name: str, policy: str, steps: set[str], following: str) -> None:
    case = await case_of(name)
    told = await CaseEvent.objects().where(CaseEvent.dunning_case == case.id).order_by(CaseEvent.at)

    assert (case.policy, set(course_of(case).taken), case.next_step) == (policy, steps, following)
    assert case.next_on is not None
    assert {event.step for event in told if event.kind == Happened.STEP} == steps
    assert {event.outcome for event in told if event.kind == Happened.STEP} == {"done"}
    assert {event.kind for event in told} >= {Happened.OPENED, Happened.DELIVERED}
    assert all(event.at < NOON for event in told)


@pytest.mark.usefixtures("seeded")
async def test_nobody_else_has_a_case_and_nobody_moves_today() -> None:
    assert await DunningCase.count() == 6
    assert not (await plan(TODAY)).moving


@pytest.mark.usefixtures("seeded")
async def test_franc_has_put_the_suspension_off_and_everything_works() -> None:
    account = await account_of("Franc Oblak")
    [deferral] = await Deferral.of(account).where(Deferral.ended_at.is_null())
    [charge] = await Charge.waiting(account)

    assert deferral.until == TODAY + timedelta(days=6)
    assert charge.amount == Money(299)
    assert not [line for line in (await standing_of(account, TODAY)).lines if line.off]
    [*_, answer] = await texts("+38640000108")
    assert f"{deferral.until.day}. " in answer


@pytest.mark.usefixtures("seeded")
async def test_gabrijela_s_contract_has_ended_and_the_benefit_is_asked_back() -> None:
    account = await account_of("Gabrijela Kos")
    [termination] = await Termination.objects().where(Termination.account == account.id)
    [ended] = await EndedContract.objects().where(EndedContract.termination == termination.id)
    claim = await Bill.objects().get(Bill.id == termination.claim)

    assert claim is not None
    assert ended.received_cents == 24_000
    assert ZERO < ended.back < Money(24_000)
    assert claim.total == claim.open == ended.back
    assert TODAY - timedelta(days=20) < termination.ended_on < TODAY


@pytest.mark.usefixtures("seeded")
async def test_helena_is_bound_so_that_the_end_of_her_contract_asks_a_benefit_back() -> None:
    [contract] = await Contract.objects().where(Contract.account == (await account_of("Helena Golob")).id)

    assert contract.committed_until is not None
    assert contract.committed_until > TODAY + timedelta(days=365)
    assert contract.benefit_cents == 18_000


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
        ("Bojan Kralj", [*REMINDED, *SUSPENDED, "open_items sms"]),
        ("Cvetka Mlakar", ["reminder email", "reminder letter", "suspended email", "suspended letter"]),
        ("Dejan Hribar", REMINDED),
        ("Franc Oblak", [*REMINDED, "deferral_granted sms"]),
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
    assert all(message.created_at <= message.sent_at < NOON for message in messages)


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
