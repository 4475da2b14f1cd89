"""Credit is used at once where something undisputed is open, and never for what is disputed."""

from __future__ import annotations

from portal import clock
from portal.dunning.disputing import decide
from portal.dunning.relief_tables import Dispute, DisputeOutcome
from portal.money import Money
from portal.payments import jobs
from portal.payments.credit import use_credit_alone
from portal.payments.reversing import reverse
from portal.payments.tables import Method, ReversalKind
from tests.payments.books import books_balance, credit_of, open_of
from tests.payments.money import LATER, by_bank, hold_back, old_credit
from tests.people import Person, a_person, saved
from tests.working import work_off


async def ana(*cents: int) -> Person:
    """Owes nothing, with so much to her credit from as many payments."""
    person = await a_person("Ana Kovač", registered=False)
    for amount in cents:
        await by_bank(person, amount)
    return person


async def used(person: Person) -> Money:
    return await use_credit_alone(person.account.id, at=clock.now())


async def test_the_longest_due_is_settled_first_from_the_oldest_credit(database: str) -> None:
    person = await ana(1_000, 700)
    later, late = await person.bill(1_000, due=LATER), await person.bill(900)

    assert await used(person) == Money(1_700)

    assert [await open_of(late), await open_of(later)] == [0, 200]
    assert await credit_of(person.account) == 0
    assert await books_balance()


async def test_what_is_disputed_keeps_its_money_away(database: str) -> None:
    person = await ana(5_000)
    bill = await person.bill(3_000)
    await hold_back(bill, 2_000)

    assert await used(person) == Money(1_000)

    assert await open_of(bill) == 2_000
    assert await credit_of(person.account) == 4_000


async def test_credit_is_used_when_an_objection_is_rejected(database: str) -> None:
    person = await ana(5_000)
    bill = await person.bill(3_000)
    await hold_back(bill, 3_000)
    dispute = await saved(
        Dispute(
            account=person.account.id,
            bill=bill.id,
            undisputed_cents=0,
            reason="Ni moje.",
            opened_at=clock.now(),
            opened_by="Nada",
        )
    )

    await decide(dispute.id, DisputeOutcome.REJECTED, because="Je vaše.", decided_by="Nada", at=clock.now())
    await work_off()

    assert await open_of(bill) == 0
    assert await credit_of(person.account) == 2_000


async def test_a_bill_that_opens_again_is_settled_from_other_credit(database: str) -> None:
    person = await ana()
    bill = await person.bill(1_000)
    payment = await by_bank(person, 1_000, bill)
    await by_bank(person, 600)

    await reverse(payment, ReversalKind.REFUND, "re_1", Money(1_000), at=clock.now())

    assert await open_of(bill) == 400
    assert await credit_of(person.account) == 0
    assert await books_balance()


async def test_one_payment_may_settle_a_bill_twice(database: str) -> None:
    person = await ana(1_000)
    bill = await person.bill(3_000)
    await hold_back(bill, 2_600)
    await used(person)
    await hold_back(bill, 2_000)

    await used(person)

    assert await open_of(bill) == 2_000
    assert await books_balance()


async def test_credit_from_before_is_used_with_the_next_payment(database: str) -> None:
    person = await ana()
    bill, other = await person.bill(1_000), await person.bill(2_000)
    await old_credit(person, 2_500)

    await by_bank(person, 1_000, other)

    assert [await open_of(bill), await open_of(other)] == [0, 0]
    assert await credit_of(person.account) == 500
    assert await books_balance()


async def test_credit_from_before_is_used_at_night(database: str) -> None:
    person, other = await ana(), await ana()
    bill, disputed = await person.bill(1_000), await other.bill(1_000)
    await hold_back(disputed, 1_000)
    await old_credit(person, 400)
    await old_credit(other, 400)

    await jobs.use_credits()

    assert [await open_of(bill), await open_of(disputed)] == [600, 1_000]
    assert await credit_of(other.account) == 400


async def test_a_credit_note_settles_what_it_corrects_and_then_the_rest(database: str) -> None:
    person = await ana()
    old, corrected = await person.bill(1_000), await person.bill(800, open_cents=800)
    await by_bank(person, 1_300, corrected, method=Method.CREDIT_NOTE)

    assert [await open_of(corrected), await open_of(old)] == [0, 500]
    assert await books_balance()
