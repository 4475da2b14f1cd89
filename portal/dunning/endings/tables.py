"""How a case ends badly: the contract terminated, the benefit asked back, the debt handed over."""

from __future__ import annotations

from piccolo.columns import BigInt, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.billing.tables import Bill
from portal.customers.tables import Account, Contract
from portal.dunning.case_tables import DunningCase
from portal.dunning.policy import HandOverTo
from portal.money import Money
from portal.rows import Identified, one_of


class Termination(Identified, Table, tablename="terminations"):
    """The account's contracts ended for non-payment. One stands per case (a partial unique index)."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    dunning_case = ForeignKey(DunningCase, null=False, default=None, on_delete=OnDelete.restrict)
    ended_on = Date(default=None)
    at = Timestamptz(default=None)
    reason = Varchar(200, default=None)
    decided_by = Varchar(60, default=None)
    claim = ForeignKey(
        Bill, null=True, default=None, on_delete=OnDelete.restrict, help_text="the bill that asks the benefit back"
    )
    reversed_at = Timestamptz(null=True, default=None)
    reversed_by = Varchar(60, null=True, default=None)
    reversed_because = Varchar(200, null=True, default=None)


class EndedContract(Identified, Table, tablename="ended_contracts"):
    """One contract that a termination ended, with the benefit to give back for it, as `benefit.py` computes it."""

    termination = ForeignKey(Termination, null=False, default=None, on_delete=OnDelete.restrict)
    contract = ForeignKey(Contract, null=False, default=None, on_delete=OnDelete.restrict)
    received_cents = BigInt(default=0)
    bound_days = SmallInt(default=0)
    days_left = SmallInt(default=0)
    back_cents = BigInt(default=0)

    ended_contracts_stand_once = Unique([termination, contract])

    @property
    def back(self) -> Money:
        return Money(self.back_cents)


class HandoverBatch(Identified, Table, tablename="handover_batches"):
    """Debts exported together. `number` names its folder: `2026-11-28-agency-1`.

    What is taken out of it before it left raises the edition, and `laid_out_at` is null until that lies ready.
    """

    number = Varchar(40, unique=True, default=None)
    to = Varchar(20, default=None)
    made_at = Timestamptz(default=None)
    edition = SmallInt(default=1)
    laid_out_at = Timestamptz(null=True, default=None, help_text="when the last file of this edition was written")
    left_at = Timestamptz(null=True, default=None, help_text="from then on nothing in it can be taken back")
    left_by = Varchar(60, null=True, default=None)

    handover_batches_receiver_is_known = Check(one_of("to", HandOverTo))


class Handover(Identified, Table, tablename="handovers"):
    """The debt of a case given to the agency, later to enforcement. One to each stands per case (a unique index)."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    dunning_case = ForeignKey(DunningCase, null=False, default=None, on_delete=OnDelete.restrict)
    to = Varchar(20, default=None)
    cents = BigInt(default=None, help_text="all that was overdue and not disputed when it was decided")
    at = Timestamptz(default=None)
    reason = Varchar(200, default=None)
    decided_by = Varchar(60, default=None)
    batch = ForeignKey(HandoverBatch, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    stated = Text(null=True, default=None, help_text="its line of debts.ndjson, as the receiver gets it")
    reversed_at = Timestamptz(null=True, default=None)
    reversed_by = Varchar(60, null=True, default=None)
    reversed_because = Varchar(200, null=True, default=None)
    settled_at = Timestamptz(null=True, default=None, help_text="paid after it had left: the receiver is told")
    withdrawal = ForeignKey(
        HandoverBatch, null=True, default=None, index=True, on_delete=OnDelete.restrict, help_text="which tells it"
    )

    handovers_receiver_is_known = Check(one_of("to", HandOverTo))

    @property
    def amount(self) -> Money:
        return Money(self.cents)
