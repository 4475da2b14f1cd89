"""What the operator's systems measured. Each table is partitioned by month, so that old months are dropped at once.

Piccolo makes no partitioned tables: a migration lays them (migrations/moj_2026_11_22t12…), and portal/usage/months.py
adds and drops the months. A line's id is not a foreign key there, because checking millions of them takes longer than
writing them; the import finds each line before it writes.
"""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Date, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from portal.money import Money


class Measured:
    """Whose measurement a row is. The one measured later is the newer; of two of one moment that of higher sequence."""

    source = Varchar(20, default=None)
    sequence = BigInt(default=None)


class UsageAllowance(Measured, Table, tablename="usage_allowances"):
    """What a line used of one allowance in one period. Primary key: line, code, period_from; partitioned by that day.

    Units by kind: calls in seconds, messages in messages, data in bytes. `included` None: without a limit.
    """

    line = UUID(default=None)
    code = Varchar(40, default=None)
    kind = Varchar(12, default=None, help_text="portal.customers.quantities.AllowanceKind")
    name_sl = Varchar(80, null=True, default=None)
    name_en = Varchar(80, null=True, default=None)
    period_from = Date(default=None)
    period_to = Date(default=None, help_text="the last day")
    used = BigInt(default=None, help_text="by all who share it")
    included = BigInt(null=True, default=None)
    shared_by = SmallInt(null=True, default=None, help_text="so many lines use it together; None: this one alone")
    own_used = BigInt(null=True, default=None, help_text="by this line, of what is shared")
    measured_at = Timestamptz(default=None)


class UsageSpending(Measured, Table, tablename="usage_spending"):
    """What a line spent beyond its package in a period, with VAT. Primary key: line, period_from; partitioned by it."""

    line = UUID(default=None)
    period_from = Date(default=None)
    period_to = Date(default=None)
    spent_cents = BigInt(default=None, help_text="all of it")
    roaming_cents = BigInt(default=0, help_text="of that, abroad")
    measured_at = Timestamptz(default=None)

    @property
    def spent(self) -> Money:
        return Money(self.spent_cents)

    @property
    def roaming(self) -> Money:
        return Money(self.roaming_cents)


class UsageRecord(Measured, Table, tablename="usage_records"):
    """One call, message or connection. Primary key: source, record, began_at; partitioned by began_at, in UTC months.

    A correction comes as the same record with a higher sequence; one that was taken back stays, so that an older row
    does not bring it to life again. The last three digits of the other number are not kept at all.
    """

    record = Varchar(40, default=None)
    line = UUID(default=None)
    kind = Varchar(4, default=None, help_text="portal.customers.quantities.CallKind")
    began_at = Timestamptz(default=None)
    other_party = Varchar(20, null=True, default=None)
    place = Varchar(60, null=True, default=None)
    quantity = BigInt(default=None)
    amount_cents = BigInt(default=0, help_text="beyond the package, with VAT")
    is_abroad = Boolean(default=False)
    is_taken_back = Boolean(default=False)

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)
