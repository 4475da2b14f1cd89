"""Whatever is billed, paid, taken back and given again, in any order, every cent is in its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.billing.tables import Bill
from portal.database import connection
from portal.money import Money
from portal.payments import refunding
from portal.payments.booking import Received, book
from portal.payments.credit import use_credit_alone
from portal.payments.reversing import reinstate, reverse
from portal.payments.sharing import Share, fill, take_back
from portal.payments.tables import Allocation, AttemptBill, Method, Payment, PaymentAttempt, Reversal, ReversalKind
from portal.refusals import Refusal
from tests.payments.books import books_balance, credit_of, open_of
from tests.payments.money import by_bank, hold_back, refund_asked
from tests.people import TODAY, Person, a_person, saved

CENTS = st.integers(1, 200).map(lambda tens: tens * 10)
BILL = st.tuples(st.just("bill"), CENTS, st.booleans())
PAY = st.tuples(st.just("pay"), CENTS, st.integers(0, 7))
TRANSFER = st.tuples(st.just("transfer"), CENTS, st.integers(0, 7))
CREDIT_NOTE = st.tuples(st.just("credit_note"), CENTS, st.integers(0, 7))
DISPUTE = st.tuples(st.just("dispute"), CENTS, st.integers(0, 9))
DECIDE = st.tuples(st.just("decide"), CENTS, st.integers(0, 9))
REVERSE = st.tuples(st.just("reverse"), CENTS, st.integers(0, 9))
REINSTATE = st.tuples(st.just("reinstate"), CENTS, st.integers(0, 9))
REFUND = st.tuples(st.just("refund"), CENTS, st.integers(0, 3))
ANSWER = st.tuples(st.just("answer"), CENTS, st.integers(0, 2))
STORY = st.lists(
    st.one_of(BILL, PAY, TRANSFER, CREDIT_NOTE, DISPUTE, DECIDE, REVERSE, REINSTATE, REFUND, ANSWER),
    min_size=6,
    max_size=20,
)


@dataclass
class Story:
    """What happened so far to one account."""

    person: Person
    payments: list[Payment] = field(default_factory=list)
    reversals: list[tuple[Payment, str]] = field(default_factory=list)

    async def bill(self, cents: int, is_overdue: bool) -> None:
        """It arrives, and with it goes what the arrival of a bill does with credit."""
        await self.person.bill(cents, due=TODAY + timedelta(days=-10 if is_overdue else 9000))
        await use_credit_alone(self.person.account.id, at=clock.now())

    async def pay(self, cents: int, which: int) -> None:
        """By card: a part of each of the first bills that `which` has a bit for, and the rest ahead."""
        attempt = await saved(
            PaymentAttempt(
                account=self.person.account.id,
                bill_set=uuid4().hex,
                amount_cents=cents,
                created_at=clock.now(),
                updated_at=clock.now(),
            )
        )
        left = cents
        for bill in self.meant(which):
            part = min(left, max(1, bill.total_cents // 2))
            left -= part
            if part:
                await saved(AttemptBill(attempt=attempt.id, bill=bill.id, amount_cents=part))
        received = Received(f"pi_{attempt.id}", Money(cents), Method.CARD)
        assert await book(attempt, received, at=clock.now())
        assert not await book(attempt, received, at=clock.now())
        payment = await Payment.objects().get(Payment.attempt == attempt.id)
        assert payment is not None
        self.payments.append(payment)

    def meant(self, which: int) -> list[Bill]:
        return [bill for place, bill in enumerate(self.person.bills) if which >> place & 1]

    async def transfer(self, cents: int, which: int) -> None:
        """What it was meant for is settled first."""
        meant = self.meant(which)
        payment = await by_bank(self.person, cents, *meant)
        self.payments.append(payment)
        to_meant = [row for bill in meant for row in await settled(payment, bill)]
        if sum(row.amount_cents for row in to_meant) < cents:
            assert not any([await open_of(bill) for bill in meant])

    async def credit_note(self, cents: int, which: int) -> None:
        self.payments.append(await by_bank(self.person, cents, *self.meant(which)[:1], method=Method.CREDIT_NOTE))

    async def dispute(self, cents: int, which: int) -> None:
        if self.person.bills:
            bill = self.person.bills[which % len(self.person.bills)]
            await hold_back(bill, min(cents, bill.total_cents))

    async def decide(self, _: int, which: int) -> None:
        """An objection is rejected."""
        if self.person.bills:
            await hold_back(self.person.bills[which % len(self.person.bills)], 0)
            await use_credit_alone(self.person.account.id, at=clock.now())

    async def refund(self, cents: int, which: int) -> None:
        """`which` 0: all of the credit."""
        with suppress(Refusal):
            await refund_asked(self.person, cents if which else None)

    async def answer(self, _: int, which: int) -> None:
        request = await refunding.waiting(self.person.account)
        if request is None:
            return
        if which == 0:
            await refunding.withdraw(self.person.account, login=None, at=clock.now())
        elif which == 1:
            await refunding.refuse(request.id, reason="Ne.", decided_by="Nada", at=clock.now())
        else:
            await refunding.mark_paid(request.id, decided_by="Nada", at=clock.now())

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

    async def held_back(self) -> dict[UUID, int]:
        """What is open and objected to, by bill."""
        bills = await Bill.objects().where(Bill.account == self.person.account.id)
        return {bill.id: min(bill.open_cents, bill.disputed_cents) for bill in bills}

    def may_settle_disputed(self, what: str, which: int) -> set[UUID]:
        """The bills whose objection ends here, or that the money is meant for."""
        if what in ("dispute", "decide", "reinstate"):
            return {bill.id for bill in self.person.bills}
        return {bill.id for bill in self.meant(which)} if what in ("pay", "transfer", "credit_note") else set()

    async def kept(self) -> int:
        """The money that is with us, by the account's payments and reversals."""
        async with connection() as connected:
            return int(await connected.fetchval(KEPT, self.person.account.id))

    async def set_aside(self) -> int:
        """What was taken from the credit for requests that wait or were carried out, less what these ask for."""
        async with connection() as connected:
            return int(await connected.fetchval(SET_ASIDE, self.person.account.id))

    async def accounted_for(self) -> int:
        """The same by what is settled and to whose credit it stands."""
        async with connection() as connected:
            return int(await connected.fetchval(ACCOUNTED_FOR, self.person.account.id))


async def settled(payment: Payment, bill: Bill) -> list[Allocation]:
    return await Allocation.objects().where(Allocation.payment == payment.id, Allocation.bill == bill.id)


@given(STORY)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_story_keeps_the_books_balanced(database: str, story: list[tuple[str, int, int]]) -> None:
    told = Story(await a_person(registered=False))

    for what, cents, which in story:
        held_back, free = await told.held_back(), told.may_settle_disputed(what, which)
        await getattr(told, what)(cents, which)

        now = await told.held_back()
        assert all(now[bill] >= cents for bill, cents in held_back.items() if bill not in free)
        assert await books_balance()
        assert await told.kept() == await told.accounted_for()
        assert await told.set_aside() == 0
        bills = await Bill.objects().where(Bill.account == told.person.account.id)
        assert all(0 <= bill.open_cents <= bill.total_cents for bill in bills)
        assert not await credit_of(told.person.account) or not any(bill.undisputed for bill in bills)


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
SET_ASIDE = """
    SELECT COALESCE((SELECT sum(r.amount_cents) FROM reversals r JOIN refund_requests q ON q.id = r.refund_request
                     WHERE q.account = $1), 0)
         - COALESCE((SELECT sum(amount_cents) FROM refund_requests
                     WHERE account = $1 AND state IN ('asked', 'paid')), 0)
"""
ACCOUNTED_FOR = """
    SELECT COALESCE((SELECT sum(total_cents - open_cents) FROM bills WHERE account = $1), 0)
         + COALESCE((SELECT sum(amount_cents) FROM credits WHERE account = $1), 0)
"""
