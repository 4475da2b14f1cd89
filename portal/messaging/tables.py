"""Every message to a customer, from the moment it was decided."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, Boolean, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
from piccolo.table import Table

from portal.customers.tables import Customer
from portal.rows import Identified, one_of


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class MessageState(StrEnum):
    """States go forward only: `queued` → `sending` → `sent` → `delivered`, or an end.

    Back to `queued` goes only what a gateway said it did not take. `unknown` may have been sent: it is not repeated.
    """

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"


class Message(Identified, Table, tablename="messages"):
    """One message to one recipient. `once` is the fact it tells of: the same fact is told once."""

    channel = Varchar(10, default=None)
    recipient = Varchar(254, default=None)
    template = Varchar(60, default=None)
    language = Varchar(2, default=None)
    values = JSONB(default="{}", help_text="what the template needs; emptied after sending when `is_secret`")
    body = Text(null=True, default=None, help_text="what was sent; never kept when `is_secret`")
    is_secret = Boolean(default=False)
    customer = ForeignKey(Customer, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    once = Varchar(120, null=True, unique=True, default=None)
    state = Varchar(10, default=MessageState.QUEUED)
    attempts = SmallInt(default=0)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)

    messages_channel_is_known = Check(one_of("channel", Channel))
    messages_state_is_known = Check(one_of("state", MessageState))
