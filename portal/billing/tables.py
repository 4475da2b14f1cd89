"""What was billed, what is still to be paid of it, and what waits for the next bill."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from piccolo.columns import UUID, BigInt, Bytea, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.query import Objects
from piccolo.table import Table

from portal.customers.quantities import AllowanceKind, CallKind
from portal.customers.tables import Account, Contract, Line
from portal.money import Money
from portal.rows import Identified, one_of


class BillState(StrEnum):
    """What a customer needs to know of a bill today."""

    SETTLED = "settled"
    DUE = "due"
    OVERDUE = "overdue"
    CREDITED = "credited"


class BillKind(StrEnum):
    """What is corrected is never changed: a document of its own says by how much.

    A credit note (dobropis) has a total below zero and nothing open: what it gives back is booked as a payment. A
    debit note (bremepis) is owed like a bill.
    """

    BILL = "bill"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"


class Bill(Identified, Table, tablename="bills"):
    """What one account owes for one billing period, or what corrects such a bill.

    `open_cents` is what allocations have not settled yet; it changes only by a guarded UPDATE in the transaction
    that writes the allocation.
    """

    account = ForeignKey(Account, null=False, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(12, default=BillKind.BILL)
    corrects: ForeignKey[Any] = ForeignKey("self", null=True, default=None, index=True, on_delete=OnDelete.restrict)
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
    digest = Bytea(null=True, default=None, help_text="SHA-256 of what was imported, by which a repetition is known")

    bills_kind_is_known = Check(one_of("kind", BillKind))
    bills_total_has_the_sign_of_its_kind = Check("(kind = 'credit_note') = (total_cents < 0)")
    bills_disputed_is_part_of_total = Check("disputed_cents BETWEEN 0 AND greatest(total_cents, 0)")
    bills_open_is_part_of_total = Check("open_cents BETWEEN 0 AND greatest(total_cents, 0)")

    @property
    def total(self) -> Money:
        return Money(self.total_cents)

    @property
    def open(self) -> Money:
        return Money(self.open_cents)

    @property
    def undisputed(self) -> Money:
        """What is asked for: of what is open, the part that nobody objects to."""
        return Money(max(0, self.open_cents - self.disputed_cents))

    @property
    def paid(self) -> Money:
        return self.total - self.open

    @property
    def is_credit_note(self) -> bool:
        return self.kind == BillKind.CREDIT_NOTE

    def is_overdue(self, today: date) -> bool:
        return self.open.is_positive and self.due_on < today

    def state(self, today: date) -> BillState:
        if self.is_credit_note:
            return BillState.CREDITED
        if not self.open.is_positive:
            return BillState.SETTLED
        return BillState.OVERDUE if self.is_overdue(today) else BillState.DUE

    @classmethod
    def of(cls, account: Account) -> Objects[Bill]:
        """Every query about a customer's bills starts here, so nobody reads another's."""
        return cls.objects().where(cls.account == account.id)


class BillLineKind(StrEnum):
    """Why something stands on a bill."""

    SUBSCRIPTION = "subscription"
    USAGE = "usage"
    ROAMING = "roaming"
    ONE_OFF = "one_off"
    INSTALMENT = "instalment"
    FEE = "fee"
    DISCOUNT = "discount"
    BENEFIT = "benefit"
    OTHER = "other"


class BillLine(Identified, Table, tablename="bill_lines"):
    """One position (postavka) of a bill, with its VAT."""

    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    position = SmallInt(default=None)
    contract = ForeignKey(Contract, null=True, default=None, on_delete=OnDelete.restrict)
    line = ForeignKey(Line, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(12, default=BillLineKind.OTHER)
    description = Varchar(200, default=None)
    amount_cents = BigInt(default=None, help_text="with VAT; negative for a discount")
    vat_percent_tenths = SmallInt(default=220, help_text="220 is 22 %, 95 is 9,5 %, 0 is exempt")
    instalment = SmallInt(null=True, default=None, help_text="7 of the 24 in `instalments`")
    instalments = SmallInt(null=True, default=None)

    bill_lines_stand_once = Unique([bill, position])
    bill_lines_kind_is_known = Check(one_of("kind", BillLineKind))
    bill_lines_instalment_is_one_of_them = Check(
        "(instalment IS NULL) = (instalments IS NULL) AND (instalment IS NULL OR instalment BETWEEN 1 AND instalments)"
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


class BillAllowance(Identified, Table, tablename="bill_allowances"):
    """What was used, in the bill's period, of what the package includes."""

    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    line = ForeignKey(Line, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(12, default=None)
    used = BigInt(default=None)
    included = BigInt(null=True, default=None, help_text="null: without a limit")

    bill_allowances_stand_once = Unique([bill, line, kind], nulls_distinct=False)
    bill_allowances_kind_is_known = Check(one_of("kind", AllowanceKind))
    bill_allowances_are_counted = Check("used >= 0 AND (included IS NULL OR included >= 0)")


class BilledCall(Identified, Table, tablename="billed_calls"):
    """One row of an itemised bill. The last three digits of the other number are not kept at all.

    Source: ZEKom-2, article on itemised bills and the General Act on them (AKOS): the called number is shown without
    its last three digits.
    """

    bill = ForeignKey(Bill, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    line = ForeignKey(Line, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(4, default=None)
    began_at = Timestamptz(default=None)
    other_party = Varchar(24, null=True, default=None, help_text="E.164 whose last three digits are `***`")
    place = Varchar(60, null=True, default=None, help_text="network or country")
    quantity = BigInt(default=None, help_text="seconds, messages or bytes")
    amount_cents = BigInt(default=None)

    billed_calls_kind_is_known = Check(one_of("kind", CallKind))
    billed_calls_hide_the_other_number = Check("other_party IS NULL OR right(other_party, 3) = '***'")

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


class BillPdf(Identified, Table, tablename="bill_pdfs"):
    """A bill as a PDF, kept as it was first made."""

    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    language = Varchar(2, default=None)
    content = Bytea(default=None)
    made_at = Timestamptz(default=None)

    bill_pdfs_are_made_once = Unique([bill, language])


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
