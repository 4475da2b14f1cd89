"""Warnings and limits. What the operator measured stands in `measured.py`, in tables that are partitioned by month."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import BigInt, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.customers.tables import Line
from portal.identity.tables import Login
from portal.money import Money
from portal.rows import Identified, one_of


class UsageWarning(Identified, Table, tablename="usage_warnings"):
    """Somebody was told that so much was used. Once a period, for each allowance, for spending and for roaming."""

    line = ForeignKey(Line, null=False, default=None, on_delete=OnDelete.restrict)
    period_from = Date(default=None)
    about = Varchar(40, default=None, help_text="the allowance's code, `spending` or `roaming`")
    percent = SmallInt(default=None)
    warned_at = Timestamptz(default=None)

    usage_warnings_are_given_once = Unique([line, period_from, about, percent])


class OnReaching(StrEnum):
    """What happens at the limit."""

    WARN = "warn"
    BLOCK = "block"


class SpendingLimit(Table, tablename="spending_limits"):
    """How much may be spent beyond the package in a period, as the customer set it."""

    line = ForeignKey(Line, null=False, default=None, primary_key=True, on_delete=OnDelete.restrict)
    limit_cents = BigInt(default=None)
    on_reaching = Varchar(10, default=OnReaching.WARN)
    set_at = Timestamptz(default=None)
    set_by = ForeignKey(Login, null=True, default=None, on_delete=OnDelete.restrict)

    spending_limits_reaching_is_known = Check(one_of("on_reaching", OnReaching))
    spending_limits_are_positive = Check(limit_cents > 0)

    @property
    def limit(self) -> Money:
        return Money(self.limit_cents)


class SpendingBlock(Identified, Table, tablename="spending_blocks"):
    """Chargeable use was switched off at the limit, until it is lifted. One a line stands at most (by an index)."""

    line = ForeignKey(Line, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    period_from = Date(default=None)
    spent_cents = BigInt(default=None)
    limit_cents = BigInt(default=None)
    blocked_at = Timestamptz(default=None)
    lifted_at = Timestamptz(null=True, default=None)
    lifted_because = Varchar(20, null=True, default=None, help_text="period · limit")
