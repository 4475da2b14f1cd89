"""What people asked to be switched, on which terms, and what became of it."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Boolean, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
from piccolo.table import Table

from portal.customers.tables import Line
from portal.identity.tables import Login
from portal.money import Money
from portal.network.tables import ServiceOrder, Setting
from portal.rows import Identified, one_of


class Billed(StrEnum):
    """How a service is charged for: not at all, every month, or each time it is bought."""

    FREE = "free"
    MONTHLY = "monthly"
    ONCE = "once"


class SwitchState(StrEnum):
    """`to_sign` or `scheduled` or `queued` (behind another of its occasion) → `ordered` → `done` or `refused`.

    Before it is ordered it can be `cancelled`; a later wish for the same service leaves it `overtaken`.
    """

    TO_SIGN = "to_sign"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    ORDERED = "ordered"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    OVERTAKEN = "overtaken"


class Switch(Identified, Table, tablename="switches"):
    """One change of one service of a line, on the terms that were shown. Changes asked for together share an occasion.

    A paid one that was switched on at a distance can be withdrawn from within fourteen days.
    """

    line = ForeignKey(Line, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    occasion = UUID(default=None, index=True)
    position = SmallInt(default=0, help_text="within the occasion: what others need goes first")
    service = Varchar(40, default=None)
    is_on = Boolean(default=None)
    value = Varchar(40, null=True, default=None)
    state = Varchar(10, default=SwitchState.QUEUED)
    catalogue = Varchar(40, default=None, help_text="the edition whose terms were shown")
    billed = Varchar(10, default=Billed.FREE)
    price_cents = BigInt(default=0, help_text="with VAT, of one month or of this purchase, as it was shown")
    asked_at = Timestamptz(default=None)
    asked_by = ForeignKey(Login, null=True, default=None, on_delete=OnDelete.restrict)
    begins_at_once = Boolean(default=False, help_text="asked not to wait for the end of the withdrawal time")
    starts_on = Date(null=True, default=None, help_text="the day it was put off to")
    order = ForeignKey(ServiceOrder, null=True, default=None, unique=True, on_delete=OnDelete.restrict)
    documents = Varchar(300, null=True, default=None, help_text="the path where its documents are signed")
    refused_as = Varchar(40, null=True, default=None, help_text="why, as a code of the catalogue")
    ended_at = Timestamptz(null=True, default=None, help_text="when it was done, refused, cancelled or overtaken")
    withdrawn_at = Timestamptz(null=True, default=None, help_text="when the customer took it back")
    undoes = UUID(null=True, unique=True, default=None, help_text="the switch that this one takes back")

    switches_state_is_known = Check(one_of("state", SwitchState))
    switches_billing_is_known = Check(one_of("billed", Billed))
    switches_price_is_not_negative = Check(price_cents >= 0)

    @property
    def price(self) -> Money:
        return Money(self.price_cents)

    @property
    def setting(self) -> Setting:
        return Setting(self.is_on, self.value)
