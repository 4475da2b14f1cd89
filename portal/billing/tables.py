"""What was billed, what is still to be paid of it, and what waits for the next bill."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from piccolo.columns import UUID, BigInt, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.query import Objects
from piccolo.table import Table

from portal.customers.tables import Account, Contract, Line
from portal.money import Money
from portal.rows import Identified, one_of


class BillState(StrEnum):
    """What a customer needs to know of a bill today."""

    SETTLED = "settled"
    DUE = "due"
    OVERDUE = "overdue"


class Bill(Identified, Table, tablename="bills"):
    """What one account owes for one billing period.

    `open_cents` is what allocations have not settled yet; it changes only by a guarded UPDATE in the transaction
    that writes the allocation.
    """

    account = ForeignKey(Account, null=False, default=None, on_delete=OnDelete.restrict)
    number = Varchar(20, unique=True, default=None)
    reference = Varchar(22, unique=True, default=None)
    issued_on = Date(default=None)
    due_on = Date(default=None)
    period_from = Date(default=None)
    period_to = Date(default=None)
    total_cents = BigInt(default=None)
    open_cents = BigInt(default=None)
    disputed_cents = BigInt(default=0, help_text="of the total; nothing is barred for it while the dispute is open")
    settled_at = Timestamptz(null=True, default=None)

    bills_total_is_not_negative = Check(total_cents >= 0)
    bills_disputed_is_within_total = Check('"disputed_cents" >= 0 AND "disputed_cents" <= "total_cents"')
    bills_open_is_within_total = Check('"open_cents" >= 0 AND "open_cents" <= "total_cents"')

    @property
    def total(self) -> Money:
        return Money(self.total_cents)

    @property
    def open(self) -> Money:
        return Money(self.open_cents)

    @property
    def paid(self) -> Money:
        return self.total - self.open

    def is_overdue(self, today: date) -> bool:
        return self.open.is_positive and self.due_on < today

    def state(self, today: date) -> BillState:
        if not self.open.is_positive:
            return BillState.SETTLED
        return BillState.OVERDUE if self.is_overdue(today) else BillState.DUE

    @classmethod
    def of(cls, account: Account) -> Objects[Bill]:
        """Every query about a customer's bills starts here, so nobody reads another's."""
        return cls.objects().where(cls.account == account.id)


class BillLine(Identified, Table, tablename="bill_lines"):
    """One position (postavka) of a bill, with its VAT."""

    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    position = SmallInt(default=None)
    contract = ForeignKey(Contract, null=True, default=None, on_delete=OnDelete.restrict)
    line = ForeignKey(Line, null=True, default=None, on_delete=OnDelete.restrict)
    description = Varchar(200, default=None)
    amount_cents = BigInt(default=None, help_text="with VAT; negative for a discount")
    vat_percent_tenths = SmallInt(default=220, help_text="220 is 22 %, 95 is 9,5 %, 0 is exempt")

    bill_lines_stand_once = Unique([bill, position])

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


class ChargeKind(StrEnum):
    RECONNECTION = "reconnection"
    SUSPENSION = "suspension"
    FINAL_SUSPENSION = "final_suspension"
    DEFERRAL = "deferral"


class Charge(Identified, Table, tablename="charges"):
    """A fee that waits for the next bill. One occasion makes each kind of fee once."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(20, default=None)
    amount_cents = BigInt(default=None)
    policy = Varchar(40, default=None, help_text="the version of the collections policy that names the fee")
    occasion = UUID(default=None, help_text="the case or deferral it follows from")
    incurred_on = Date(default=None)
    waived_at = Timestamptz(null=True, default=None)
    waived_by = Varchar(60, null=True, default=None)
    waived_because = Varchar(200, null=True, default=None)
    bill = ForeignKey(Bill, null=True, default=None, on_delete=OnDelete.restrict, help_text="where it was billed")

    charges_kind_is_known = Check(one_of("kind", ChargeKind))
    charges_amount_is_positive = Check(amount_cents > 0)
    charges_are_made_once = Unique([occasion, kind])

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)

    @classmethod
    def waiting(cls, account: Account) -> Objects[Charge]:
        """Charges of the account that no bill holds yet and nobody waived."""
        return cls.objects().where(cls.account == account.id, cls.bill.is_null(), cls.waived_at.is_null())
