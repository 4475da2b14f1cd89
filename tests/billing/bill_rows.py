"""Rows of bills for the stories of one bill."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

from portal import clock, reference
from portal.billing.tables import Bill, BillKind, BillLine, BillLineKind
from portal.customers.tables import Account
from portal.dunning.endings import claiming
from portal.dunning.endings.benefit import BenefitBack
from portal.dunning.endings.tables import Termination
from portal.money import Money
from portal.payments.tables import Allocation, Credit, Method, Payment
from tests.dunning.case_rows import a_case
from tests.people import NOON, Person, saved

_numbers = count(1)

Kind = BillLineKind


def line_of(
    kind: BillLineKind,
    description: str,
    cents: int,
    line: UUID | None = None,
    instalment: tuple[int, int] | None = None,
) -> BillLine:
    """A position of no bill yet. `instalment`: the seventh of 24."""
    number, count = instalment or (None, None)
    return BillLine(
        position=0,
        kind=kind,
        description=description,
        amount_cents=cents,
        line=line,
        instalment=number,
        instalments=count,
        _ignore_missing=True,
    )


async def a_bill_of(
    owner: Person | Account,
    *lines: BillLine,
    months_ago: int = 0,
    kind: BillKind = BillKind.BILL,
    corrects: Bill | None = None,
    is_open: bool = False,
) -> Bill:
    """A bill of these positions, issued five days ago or so many months of thirty days earlier."""
    n = next(_numbers)
    issued = clock.today() - timedelta(days=5 + 30 * months_ago)
    total = sum(line.amount_cents for line in lines)
    bill = await saved(
        Bill(
            account=(owner.account if isinstance(owner, Person) else owner).id,
            kind=kind,
            corrects=corrects.id if corrects else None,
            number=f"B{n:06d}",
            reference=reference.si12(700_000_000_000 + n),
            issued_on=issued,
            due_on=issued + timedelta(days=15),
            period_from=issued - timedelta(days=30),
            period_to=issued - timedelta(days=1),
            total_cents=total,
            open_cents=total if is_open else 0,
        )
    )
    for position, line in enumerate(lines, start=1):
        line.bill, line.position = bill.id, position
    await BillLine.insert(*lines)
    return bill


async def settled_by_note(note: Bill, bill: Bill, cents: int) -> None:
    """What a credit note gives back settles so much of a bill; the rest stays to the account's good."""
    payment = await saved(
        Payment(
            account=note.account,
            method=Method.CREDIT_NOTE,
            external_id=f"credit-note:{note.number}",
            amount_cents=-note.total_cents,
            booked_at=NOON,
        )
    )
    await saved(Allocation(payment=payment.id, bill=bill.id, amount_cents=cents, at=NOON))
    await saved(Credit(account=note.account, payment=payment.id, amount_cents=-note.total_cents - cents))


async def a_claim(person: Person) -> Bill:
    """Of a contract that ended for non-payment."""
    case = await a_case(person, "outgoing", today=clock.today(), cents=1_000)
    back = BenefitBack(person.contract.number, Money(24_000), bound_days=730, days_left=300)
    claim = await claiming.claim(
        person.account.id, [(person.contract, back)], issued_on=clock.today(), due_on=clock.today() + timedelta(days=15)
    )
    assert claim is not None
    await saved(
        Termination(
            account=person.account.id,
            dunning_case=case.id,
            ended_on=clock.today(),
            at=NOON,
            reason="test",
            decided_by="test",
            claim=claim.id,
        )
    )
    return claim
