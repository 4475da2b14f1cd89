"""What the bank told us: its files, and of their entries each movement of money on our accounts."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.customers.tables import Account
from portal.money import Money
from portal.payments.tables import Payment
from portal.rows import Identified, one_of


class BankFile(Identified, Table, tablename="bank_files"):
    """A statement (camt.053) or notification (camt.054) that was imported, once by what it holds."""

    sha256 = Varchar(64, unique=True, default=None)
    name = Varchar(200, default=None)
    message = Varchar(30, default=None, help_text="camt.053.001.08")
    entries = Integer(default=0)
    imported_at = Timestamptz(default=None)
    imported_by = Varchar(60, default=None)


class EntryState(StrEnum):
    """`waiting` asks for a person, who assigns it to an account or sets it aside."""

    BOOKED = "booked"
    WAITING = "waiting"
    ASSIGNED = "assigned"
    SET_ASIDE = "set_aside"


class Why(StrEnum):
    """Why an entry was not booked by itself.

    `many_bills`: money of many payers in one sum. `perhaps_twice`: the bank's other message told of the same money
    under another name.
    """

    NO_REFERENCE = "no_reference"
    UNKNOWN = "unknown"
    TWO_CANDIDATES = "two_candidates"
    WRONG_AMOUNT = "wrong_amount"
    MANY_BILLS = "many_bills"
    REVERSAL = "reversal"
    CURRENCY = "currency"
    PERHAPS_TWICE = "perhaps_twice"


class BankEntry(Identified, Table, tablename="bank_entries"):
    """One movement of money, once however often and in whichever file the bank tells of it."""

    file = ForeignKey(BankFile, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    iban = Varchar(34, default=None, help_text="ours")
    identity = Varchar(140, default=None, help_text="the bank's own reference, or what stands for it")
    part = Integer(
        default=0, help_text="which transaction of the entry; 0: the entry, or the only one of this identity"
    )
    entry = Varchar(140, null=True, default=None, index=True, help_text="the bank's reference of the whole entry")
    fingerprint = Varchar(32, default=None, index=True, help_text="the same for what looks the same")
    booked_on = Date(default=None)
    valued_on = Date(null=True, default=None)
    amount_cents = BigInt(default=None)
    currency = Varchar(3, default="EUR")
    is_reversal = Boolean(default=False, help_text="money that the bank took back")
    reference = Varchar(35, null=True, default=None, help_text="as read: SI12…, SI00…, RF…")
    text = Text(null=True, default=None, help_text="what the payer wrote")
    payer = Varchar(140, null=True, default=None)
    payer_iban = Varchar(34, null=True, default=None, index=True)
    end_to_end = Varchar(35, null=True, default=None)
    state = Varchar(10, default=EntryState.WAITING)
    why = Varchar(15, null=True, default=None)
    account = ForeignKey(Account, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    payment = ForeignKey(Payment, null=True, unique=True, default=None, on_delete=OnDelete.restrict)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Varchar(60, null=True, default=None)
    reason = Varchar(200, null=True, default=None)

    bank_entries_stand_once = Unique([iban, identity, part])
    bank_entries_state_is_known = Check(one_of("state", EntryState))
    bank_entries_why_is_known = Check(f"why IS NULL OR ({one_of('why', Why)})")
    bank_entries_wait_for_a_reason = Check("(state = 'booked') = (why IS NULL)")
    bank_entries_amount_is_not_negative = Check(amount_cents >= 0)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)
