"""What non-payment led to: notices, suspensions and reconnections, each a row with who, when and why."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import UUID, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
from piccolo.table import Table

from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.rows import Identified, one_of


class NoticeKind(StrEnum):
    PRE_SUSPENSION = "pre_suspension"


class Notice(Identified, Table, tablename="notices"):
    """A warning about one bill, and the last day to avoid what it warns of."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    policy = Varchar(40, default=None)
    kind = Varchar(20, default=None)
    at = Timestamptz(default=None)
    last_day = Date(default=None)

    notices_kind_is_known = Check(one_of("kind", NoticeKind))


class Suspension(Identified, Table, tablename="suspensions"):
    """Services of an account barred for non-payment. At most one is open per account (a partial unique index)."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict, help_text="the one that led to it")
    policy = Varchar(40, default=None)
    step = SmallInt(default=None, help_text="1 to 3, of the policy's ladder")
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
    reason = Varchar(200, default=None)
    decided_by = Varchar(60, default=None)
    asked_at = Timestamptz(default=None)
    confirmed_at = Timestamptz(null=True, default=None)
