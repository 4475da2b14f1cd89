"""What the deferral's page shows of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.billing.open_items import IS_OWED
from portal.customers.tables import Account
from portal.dunning.deferrals.deferring import facts_of
from portal.dunning.deferrals.refusals import AlreadyRuns, NothingOverdue
from portal.dunning.deferrals.requesting import latest_request
from portal.dunning.deferrals.rules import Agreement, Possibility, longer, short
from portal.dunning.relief_tables import DeferralRequest
from portal.money import Money
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class OwedBill:
    """An overdue bill, as far as it is not disputed."""

    id: UUID
    number: str
    due_on: date
    cents: int

    @property
    def amount(self) -> Money:
        return Money(self.cents)


@dataclass(frozen=True, slots=True)
class View:
    """`request`: the last one of this case for a longer deferral."""

    possibility: Possibility
    agreement: Agreement
    bills: list[OwedBill]
    request: DeferralRequest | None

    @property
    def total(self) -> Money:
        return Money.sum(bill.amount for bill in self.bills)

    @property
    def running(self) -> AlreadyRuns | None:
        refusal = self.possibility.refusal
        return refusal if isinstance(refusal, AlreadyRuns) else None

    @property
    def is_calm(self) -> bool:
        return isinstance(self.possibility.refusal, NothingOverdue)


async def view_of(account: Account, today: date) -> View:
    facts = await facts_of(account.id, today)
    return View(
        short(facts, today),
        longer(facts, today),
        await OWED.all(account=account.id, today=today),
        await latest_request(account),
    )


OWED = Statement(
    f"""
    SELECT id, number, due_on, open_cents - disputed_cents AS cents FROM bills
    WHERE account = $1 AND {IS_OWED} AND due_on < $2 ORDER BY due_on, number
    """,  # noqa: S608 - our own words
    OwedBill,
    ("account", "today"),
)
