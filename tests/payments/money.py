"""Money that comes and goes without a payment page, and objections that hold a part of a bill back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from portal import clock
from portal.billing.tables import Bill
from portal.identity.tables import Session
from portal.money import Money
from portal.payments.booking import Received, book_for
from portal.payments.refunding import ask
from portal.payments.tables import Credit, Method, Payment, RefundRequest
from tests.people import TODAY, Person
from tests.visiting import Page, Visitor

LATER = TODAY + timedelta(days=9000)
IBAN = "SI56191000000123438"


async def by_bank(person: Person, cents: int, *first: Bill, method: Method = Method.BANK) -> Payment:
    """A transfer of these cents, with the references of these bills if any."""
    received = Received(f"bank {uuid4()}", Money(cents), method)
    payment = await book_for(person.account.id, received, [bill.id for bill in first], at=clock.now())
    assert payment is not None
    return payment


async def hold_back(bill: Bill, cents: int) -> None:
    """Somebody objects to so much of it."""
    await Bill.update({Bill.disputed_cents: cents}).where(Bill.id == bill.id)


async def old_credit(person: Person, cents: int) -> Payment:
    """Credit as it stood beside open bills before it was used at once."""
    payment = Payment(
        account=person.account.id,
        method=Method.OTHER,
        external_id=f"old {uuid4()}",
        amount_cents=cents,
        booked_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    await payment.save()
    await Credit(account=person.account.id, payment=payment.id, amount_cents=cents).save()
    return payment


async def refund_asked(person: Person, cents: int | None = None) -> RefundRequest:
    login = person.login.id if person.login else None
    wished = Money(cents) if cents is not None else None
    return await ask(person.account, wished, iban=IBAN, holder="Bojan Kralj", login=login, at=clock.now())


async def proven() -> None:
    """Whoever is signed in entered a code a moment ago."""
    await Session.update({Session.stepped_up_at: clock.now()}, force=True)


async def choosing(
    visit: Visitor,
    bills: Sequence[Bill] = (),
    parts: dict[UUID, str] | None = None,
    ahead: str = "",
    *,
    recount: bool = False,
    status: int = 303,
) -> Page:
    """Fill in the page on which one chooses, as it stands, and send it. Stops before Stripe."""
    page = await visit.get("/payments/new")
    token = page.all("input[name=csrf_token]")[0].get("value") or ""
    shown = [node.get("value") or "" for node in page.all("input[name=of]")]
    written = {str(bill): words for bill, words in (parts or {}).items()}
    fields = [("csrf_token", token), *(("bill", str(bill.id)) for bill in bills)]
    for bill in shown:
        fields += [("of", bill), ("part", written.get(bill, ""))]
    fields += [("advance", ahead), *([("recount", "1")] if recount else [])]
    return await visit.post("/payments/new", fields, status=status, follow=False)


def summed(page: Page) -> str:
    """What the page says of the sum."""
    return " ".join("".join(page.one("#sum").itertext()).replace("\u202f", " ").replace("\xa0", " ").split())
