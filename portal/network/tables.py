"""What the network is asked to bar, open or switch, and what it says it did."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from piccolo.columns import UUID, Boolean, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.customers.tables import Line
from portal.rows import Identified, one_of


class Profile(NamedTuple):
    """What is barred on a line. Emergency calls, the help numbers and incoming SMS are not settable."""

    voice_out: bool
    voice_in: bool
    sms_out: bool
    data: bool

    @property
    def is_open(self) -> bool:
        return not any(self)


OPEN = Profile(voice_out=False, voice_in=False, sms_out=False, data=False)
OUTGOING_BARRED = Profile(voice_out=True, voice_in=False, sms_out=True, data=True)
ALL_BARRED = Profile(voice_out=True, voice_in=True, sms_out=True, data=True)


class BarredServices:
    """The columns of a profile."""

    voice_out = Boolean(default=None)
    voice_in = Boolean(default=None)
    sms_out = Boolean(default=None)
    data = Boolean(default=None)

    @property
    def profile(self) -> Profile:
        return Profile(*(getattr(self, service) for service in Profile._fields))


class OrderState(StrEnum):
    """`waiting` → `sent` → `confirmed`; a time-out is `unknown`, never success; `refused` is the network's no."""

    WAITING = "waiting"
    SENT = "sent"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class OrderColumns:
    """What becomes of an order."""

    then_job = Varchar(60, help_text="the job enqueued when the network has confirmed", null=True, default=None)
    state = Varchar(10, default=OrderState.WAITING)
    attempts = SmallInt(default=0)
    asked_at = Timestamptz(default=None)
    sent_at = Timestamptz(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    answer = Varchar(200, null=True, default=None, help_text="why the network refused, in its words")
    refused_as = Varchar(40, null=True, default=None, help_text="the network's code of why")
    under_way = Varchar(300, null=True, default=None, help_text="where the network says what becomes of it")
    is_correction = Boolean(default=False, help_text="ours: a wish again that the network no longer had")


class BarringOrder(Identified, BarredServices, OrderColumns, Table, tablename="barring_orders"):
    """The desired profile of one line. At most one is open per line (a partial unique index holds it)."""

    line = ForeignKey(Line, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    occasion = UUID(default=None, index=True, help_text="the suspension or reconnection that asked for it")

    barring_orders_state_is_known = Check(one_of("state", OrderState))


class LineState(BarredServices, Table, tablename="line_states"):
    """What the network last reported of a line: observed, never assumed."""

    line = ForeignKey(Line, null=False, default=None, primary_key=True, on_delete=OnDelete.restrict)
    observed_at = Timestamptz(default=None)


class Setting(NamedTuple):
    """How a service of a line is set. `value`: the number calls go to, how many packages; None where on is all."""

    is_on: bool
    value: str | None = None


class ServiceOrder(Identified, OrderColumns, Table, tablename="service_orders"):
    """The desired setting of one service of one line. At most one is open per line and service (an index holds it).

    Its `then_job` is enqueued when it was refused, too.
    """

    line = ForeignKey(Line, null=False, default=None, on_delete=OnDelete.restrict)
    service = Varchar(40, default=None)
    is_on = Boolean(default=None)
    value = Varchar(40, null=True, default=None)

    service_orders_state_is_known = Check(one_of("state", OrderState))

    @property
    def setting(self) -> Setting:
        return Setting(self.is_on, self.value)


OFF = Setting(is_on=False)


class ServiceState(Identified, Table, tablename="service_states"):
    """What the network last reported of a service of a line. Without a row and with a ServicesRead it is off.

    One that was on once keeps its row, with when it was first seen off. What is off has no value.
    """

    line = ForeignKey(Line, null=False, default=None, on_delete=OnDelete.restrict)
    service = Varchar(40, default=None)
    is_on = Boolean(default=None)
    value = Varchar(40, null=True, default=None)
    since = Timestamptz(default=None, help_text="when we first saw it so")
    observed_at = Timestamptz(default=None)

    service_states_are_one_each = Unique([line, service])

    @property
    def setting(self) -> Setting:
        return Setting(self.is_on, self.value)


class ServicesRead(Table, tablename="services_read"):
    """When all services of a line were last read from the network. Of a line without a row nothing is known."""

    line = ForeignKey(Line, null=False, default=None, primary_key=True, on_delete=OnDelete.restrict)
    read_at = Timestamptz(default=None)
    looked_at = Timestamptz(null=True, default=None, index=True, help_text="when it was last read for somebody")
