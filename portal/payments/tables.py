"""Money: what was tried, what came, what it settled, and what went back."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import BigInt, BigSerial, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.query import Objects
from piccolo.table import Table

from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.identity.tables import Login
from portal.money import Money
from portal.rows import Identified, one_of


class AttemptState(StrEnum):
    """`created` → `open` (at Stripe) → `paid`; `pending` waits for the customer's bank (SEPA); the others are ends.

    `held`: money came that is not what we asked for; nothing is booked until a person has looked.
    """

    CREATED = "created"
    OPEN = "open"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    HELD = "held"


class PaymentAttempt(Identified, Table, tablename="payment_attempts"):
    """A wish to pay bills, parts of them or ahead, by card, committed before Stripe hears of it.

    Its id is the idempotency key. One attempt is live per account and set of bills (a partial unique index). Without
    a login it is a guest's, who has the account's payment link.
    """

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    login = ForeignKey(Login, null=True, default=None, on_delete=OnDelete.restrict)
    bill_set = Varchar(64, default=None, help_text="SHA-256 of the bills' ids; of none where only ahead is paid")
    amount_cents = BigInt(default=None, help_text="of its bills and ahead together")
    advance_cents = BigInt(default=0, help_text="of the amount: what is paid ahead")
    receipt_email = Varchar(254, null=True, default=None, help_text="where the receipt goes, if somebody wants one")
    language = Varchar(2, default="sl", help_text="of the payment page; a repeated call to Stripe must not differ")
    state = Varchar(10, default=AttemptState.CREATED)
    stripe_session = Varchar(255, null=True, unique=True, default=None)
    checkout_url = Text(null=True, default=None)
    failure = Varchar(80, null=True, default=None)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)

    payment_attempts_state_is_known = Check(one_of("state", AttemptState))
    payment_attempts_amount_is_positive = Check(amount_cents > 0)
    payment_attempts_advance_is_within_amount = Check("advance_cents BETWEEN 0 AND amount_cents")

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)

    @property
    def advance(self) -> Money:
        return Money(self.advance_cents)

    @classmethod
    def of(cls, account: Account) -> Objects[PaymentAttempt]:
        return cls.objects().where(cls.account == account.id)


class AttemptBill(Identified, Table, tablename="attempt_bills"):
    """What an attempt means to pay of a bill."""

    attempt = ForeignKey(PaymentAttempt, null=False, default=None, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    amount_cents = BigInt(default=None)

    attempt_bills_stand_once = Unique([attempt, bill])
    attempt_bills_amount_is_positive = Check(amount_cents > 0)


class Method(StrEnum):
    """How money came. A credit note brings none, and settles bills all the same."""

    CARD = "card"
    SEPA = "sepa"
    BANK = "bank"
    CREDIT_NOTE = "credit_note"
    OTHER = "other"


class Payment(Identified, Table, tablename="payments"):
    """Money received and booked, once per `external_id` (Stripe's payment intent, the bank's entry, a credit note)."""

    number = BigSerial()
    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    attempt = ForeignKey(PaymentAttempt, null=True, unique=True, default=None, on_delete=OnDelete.restrict)
    method = Varchar(12, default=None)
    card = Varchar(40, null=True, default=None, help_text="brand and last four digits")
    external_id = Varchar(255, unique=True, default=None)
    amount_cents = BigInt(default=None)
    booked_at = Timestamptz(default=None)

    payments_amount_is_positive = Check(amount_cents > 0)
    payments_method_is_one_of_ours = Check(one_of("method", Method))

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)

    @classmethod
    def of(cls, account: Account) -> Objects[Payment]:
        return cls.objects().where(cls.account == account.id)


class RefundState(StrEnum):
    ASKED = "asked"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RefundRequest(Identified, Table, tablename="refund_requests"):
    """A customer asks credit back to a bank account. It is taken from the credit at once, by reversals that name it."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    login = ForeignKey(Login, null=True, default=None, on_delete=OnDelete.restrict)
    amount_cents = BigInt(default=None)
    iban = Varchar(34, default=None)
    holder = Varchar(70, default=None)
    state = Varchar(10, default=RefundState.ASKED)
    asked_at = Timestamptz(default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Varchar(60, null=True, default=None)
    reason = Varchar(200, null=True, default=None)

    refund_requests_amount_is_positive = Check(amount_cents > 0)
    refund_requests_state_is_known = Check(one_of("state", RefundState))

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


class ReversalKind(StrEnum):
    """`paid_out`: credit that its customer asked back; `returned`: a transfer that the bank took back."""

    REFUND = "refund"
    DISPUTE = "dispute"
    PAID_OUT = "paid_out"
    RETURNED = "returned"
    REINSTATED = "reinstated"


class Reversal(Identified, Table, tablename="reversals"):
    """Money of a payment that went back to the payer; negative where it came to us again (a dispute won)."""

    payment = ForeignKey(Payment, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    refund_request = ForeignKey(RefundRequest, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(10, default=None)
    external_id = Varchar(255, unique=True, default=None)
    amount_cents = BigInt(default=None)
    at = Timestamptz(default=None)

    reversals_sign_says_the_direction = Check("(kind = 'reinstated') = (amount_cents < 0) AND amount_cents <> 0")
    reversals_kind_is_one_of_ours = Check(one_of("kind", ReversalKind))


class Allocation(Identified, Table, tablename="allocations"):
    """Which bill a payment settled and how much of it (razknjižba); negative where a reversal opened it again.

    A payment's allocations and credit are together its amount without what was reversed. Each is written once and
    never changed: credit that is used later on a bill is a row of its own, with the moment of its use.
    """

    payment = ForeignKey(Payment, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    reversal = ForeignKey(Reversal, null=True, default=None, on_delete=OnDelete.restrict)
    amount_cents = BigInt(default=None)
    at = Timestamptz(default=None)

    allocations_are_not_empty = Check(amount_cents != 0)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


class Credit(Identified, Table, tablename="credits"):
    """Money of a payment that no bill needed: it stands to the account's good."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    payment = ForeignKey(Payment, null=False, unique=True, default=None, on_delete=OnDelete.restrict)
    amount_cents = BigInt(default=None)

    credits_amount_is_not_negative = Check(amount_cents >= 0)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


class StripeEvent(Table, tablename="stripe_events"):
    """An event that Stripe told us, once however often it is told."""

    id = Varchar(255, primary_key=True, default=None)
    kind = Varchar(80, default=None)
    object_id = Varchar(255, default=None)
    received_at = Timestamptz(default=None)
