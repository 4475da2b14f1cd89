"""What the network is asked to bar or open, and what it says it did."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from piccolo.columns import UUID, Boolean, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
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


class BarringOrder(Identified, BarredServices, Table, tablename="barring_orders"):
    """The desired profile of one line. At most one is open per line (a partial unique index holds it)."""

    line = ForeignKey(Line, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    occasion = UUID(default=None, index=True, help_text="the suspension or reconnection that asked for it")
    then_job = Varchar(60, help_text="the job enqueued when the network has confirmed", null=True, default=None)
    state = Varchar(10, default=OrderState.WAITING)
    attempts = SmallInt(default=0)
    asked_at = Timestamptz(default=None)
    sent_at = Timestamptz(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    answer = Varchar(200, null=True, default=None)

    barring_orders_state_is_known = Check(one_of("state", OrderState))


class LineState(BarredServices, Table, tablename="line_states"):
    """What the network last reported of a line: observed, never assumed."""

    line = ForeignKey(Line, null=False, default=None, primary_key=True, on_delete=OnDelete.restrict)
    observed_at = Timestamptz(default=None)
