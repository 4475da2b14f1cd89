"""Reading the books in a story, and the rule that they always keep."""

from __future__ import annotations

from uuid import UUID

from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import connection
from portal.payments.tables import Allocation, Credit, Payment, PaymentAttempt
from tests.payments.stand_in import StandIn
from tests.visiting import Page, Visitor


async def start(visit: Visitor, *bills: Bill, status: int = 303) -> Page:
    """Press «pay» as the pages' forms do: for these bills, or for all that is overdue. Stops before Stripe."""
    token = (await visit.get("/bills")).all("input[name=csrf_token]")[0].get("value") or ""
    fields = [("csrf_token", token), *(("bill", str(bill.id)) for bill in bills)]
    return await visit.post("/bills/payment", fields, status=status, follow=False)


async def pay(visit: Visitor, stripe: StandIn, *bills: Bill, outcome: str = "paid") -> Page:
    """The whole way: to Stripe, a choice there, and back to the portal."""
    away = await start(visit, *bills)
    back = await stripe.choose(away.response.headers["location"], outcome)
    return await visit.get(back)


async def attempts() -> list[PaymentAttempt]:
    return await PaymentAttempt.objects().order_by(PaymentAttempt.created_at)


async def payments() -> list[Payment]:
    return await Payment.objects().order_by(Payment.booked_at)


async def open_of(bill: Bill) -> int:
    fresh = await Bill.objects().get(Bill.id == bill.id)
    assert fresh is not None
    return fresh.open_cents


async def credit_of(account: Account) -> int:
    return sum(row.amount_cents for row in await Credit.objects().where(Credit.account == account.id))


async def allocated(payment: UUID) -> int:
    return sum(row.amount_cents for row in await Allocation.objects().where(Allocation.payment == payment))


async def books_balance() -> bool:
    """Every payment is allocated or credit, less what went back; every bill is open less what settled it."""
    async with connection() as connected:
        payments = await connected.fetch(PAYMENTS_OFF)
        bills = await connected.fetch(BILLS_OFF)
    assert not payments, f"payments do not add up: {payments}"
    assert not bills, f"bills do not add up: {bills}"
    return True


PAYMENTS_OFF = """
    SELECT p.id, p.amount_cents FROM payments p
    WHERE p.amount_cents - COALESCE((SELECT sum(amount_cents) FROM reversals WHERE payment = p.id), 0)
        <> COALESCE((SELECT sum(amount_cents) FROM allocations WHERE payment = p.id), 0)
         + COALESCE((SELECT sum(amount_cents) FROM credits WHERE payment = p.id), 0)
"""
BILLS_OFF = """
    SELECT b.id, b.number FROM bills b
    WHERE greatest(b.total_cents, 0) - b.open_cents
        <> COALESCE((SELECT sum(amount_cents) FROM allocations WHERE bill = b.id), 0)
       OR (b.open_cents = 0) <> (b.settled_at IS NOT NULL)
"""
