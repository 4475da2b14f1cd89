"""Services off for non-payment and on again, each a row with who, when and why."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
from piccolo.table import Table

from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.dunning.case_tables import DunningCase
from portal.rows import Identified


class Suspension(Identified, Table, tablename="suspensions"):
    """Services of an account barred for non-payment. At most one is open per account (a partial unique index)."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict, help_text="the one that led to it")
    dunning_case = ForeignKey(
        DunningCase,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="null before cases were kept",
    )
    policy = Varchar(40, default=None)
    step = SmallInt(default=None, help_text="its rank, 1 to 3; a later step of the ladder raises it")
    reason = Varchar(200, default=None)
    decided_by = Varchar(60, default=None)
    started_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)

    suspensions_step_is_on_the_ladder = Check((step >= 1) & (step <= 3))


class Reconnection(Identified, Table, tablename="reconnections"):
    """The lifting of a suspension: asked for once, done when the network has confirmed every line."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    suspension = ForeignKey(Suspension, null=False, unique=True, default=None, on_delete=OnDelete.restrict)
    payment_id = UUID(null=True, default=None, index=True, help_text="the payment that settled everything overdue")
    is_provisional = Boolean(default=False, help_text="on a proof of payment, before the money came")
    reason = Varchar(200, default=None)
    decided_by = Varchar(60, default=None)
    asked_at = Timestamptz(default=None)
    confirmed_at = Timestamptz(null=True, default=None)
