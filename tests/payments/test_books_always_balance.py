"""Whatever is billed, paid, taken back and given again, in any order, every cent is in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.billing.tables import Bill
from portal.database import connection
from portal.money import Money
from portal.payments.booking import Received, book
from portal.payments.reversing import reinstate, reverse
from portal.payments.sharing import Share, fill, take_back
from portal.payments.tables import AttemptBill, Method, Payment, PaymentAttempt, Reversal, ReversalKind
from tests.payments.books import books_balance
from tests.people import TODAY, Person, a_person, saved

CENTS = st.integers(1, 20_000)
BILL = st.tuples(st.just("bill"), CENTS, st.booleans())
PAY = st.tuples(st.just("pay"), CENTS, st.integers(0, 7))
REVERSE = st.tuples(st.just("reverse"), CENTS, st.integers(0, 9))
REINSTATE = st.tuples(st.just("reinstate"), CENTS, st.integers(0, 9))
STORY = st.lists(st.one_of(BILL, PAY, REVERSE, REINSTATE), max_size=14)


@dataclass
class Story:
    """What happened so far to one account."""

    person: Person
    payments: list[Payment] = field(default_factory=list)
    reversals: list[tuple[Payment, str]] = field(default_factory=list)

    async def bill(self, cents: int, is_overdue: bool) -> None:
        await self.person.bill(cents, due=TODAY + timedelta(days=-10 if is_overdue else 9000))

    async def pay(self, cents: int, which: int) -> None:
        """`which`: a bit for each of the first bills, which are meant."""
        meant = [bill for place, bill in enumerate(self.person.bills) if which >> place & 1]
        attempt = await saved(
            PaymentAttempt(
                account=self.person.account.id,
                bill_set=uuid4().hex,
                amount_cents=cents,
                created_at=clock.now(),
                updated_at=clock.now(),
            )
        )
        for bill in meant:
            await saved(AttemptBill(attempt=attempt.id, bill=bill.id, amount_cents=bill.total_cents))
        received = Received(f"pi_{attempt.id}", Money(cents), Method.CARD)
        assert await book(attempt, received, at=clock.now())
        assert not await book(attempt, received, at=clock.now())
        payment = await Payment.objects().get(Payment.attempt == attempt.id)
        assert payment is not None
        self.payments.append(payment)

    async def reverse(self, cents: int, which: int) -> None:
        if self.payments:
            payment, name = self.payments[which % len(self.payments)], f"re_{uuid4()}"
            for _ in range(2):
                await reverse(payment, ReversalKind.REFUND, name, Money(cents), at=clock.now())
            self.reversals.append((payment, name))

    async def reinstate(self, _: int, which: int) -> None:
        if self.reversals:
            payment, name = self.reversals[which % len(self.reversals)]
            for _ in range(2):
                await reinstate(payment, name, at=clock.now())

    async def kept(self) -> int:
        """The money that is with us, by the account's payments and reversals."""
        async with connection() as connected:
            return int(await connected.fetchval(KEPT, self.person.account.id))

    async def accounted_for(self) -> int:
        """The same by what is settled and to whose credit it stands."""
        async with connection() as connected:
            return int(await connected.fetchval(ACCOUNTED_FOR, self.person.account.id))


@given(STORY)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_story_keeps_the_books_balanced(database: str, story: list[tuple[str, int, int]]) -> None:
    told = Story(await a_person(registered=False))

    for what, cents, which in story:
        await getattr(told, what)(cents, which)

        assert await books_balance()
        assert await told.kept() == await told.accounted_for()
        bills = await Bill.objects().where(Bill.account == told.person.account.id)
        assert all(0 <= bill.open_cents <= bill.total_cents for bill in bills)


SHARES = st.lists(st.builds(Share, st.uuids(), st.integers(0, 10_000).map(Money)), max_size=10)


@given(CENTS, SHARES)
def test_what_is_shared_out_is_all_there(cents: int, wanted: list[Share]) -> None:
    shares, rest = fill(Money(cents), wanted)

    assert Money.sum(share.amount for share in shares) + rest == Money(cents)
    assert all(share.amount.is_positive for share in shares)
    assert not rest or Money.sum(share.amount for share in shares) == Money.sum(share.amount for share in wanted)


@given(CENTS, CENTS, SHARES)
def test_what_is_taken_back_comes_from_the_credit_first(cents: int, credit: int, settled: list[Share]) -> None:
    from_credit, opened = take_back(Money(cents), Money(credit), settled)

    assert from_credit == min(Money(cents), Money(credit))
    assert not opened or from_credit == Money(credit)
    assert Money.sum(share.amount for share in opened) + from_credit <= Money(cents)


async def test_reversals_of_nothing_leave_no_trace(database: str) -> None:
    told = Story(await a_person(registered=False))
    await told.bill(1_000, True)
    await told.pay(1_000, 1)
    await told.reverse(1_000, 0)

    await reverse(told.payments[0], ReversalKind.DISPUTE, "dp_1", Money(500), at=clock.now())
    await reinstate(told.payments[0], "dp_1", at=clock.now())

    assert await Reversal.count() == 1


KEPT = """
    SELECT COALESCE((SELECT sum(amount_cents) FROM payments WHERE account = $1), 0)
         - COALESCE((SELECT sum(r.amount_cents) FROM reversals r JOIN payments p ON p.id = r.payment
                     WHERE p.account = $1), 0)
"""
ACCOUNTED_FOR = """
    SELECT COALESCE((SELECT sum(total_cents - open_cents) FROM bills WHERE account = $1), 0)
         + COALESCE((SELECT sum(amount_cents) FROM credits WHERE account = $1), 0)
"""
