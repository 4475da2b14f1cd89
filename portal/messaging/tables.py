"""Every message to a customer, from the moment it was decided, and what customers send to us."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Boolean, Bytea, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.customers.tables import Customer
from portal.rows import Identified, one_of

LONGEST_REASON = 200


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class MessageState(StrEnum):
    """States go forward only.

    By SMS and e-mail `queued` → `sending` → `sent` → `delivered` or `failed`; a letter `queued` → `printed` →
    `handed_over`. `refused`: the gateway will never take it. `expired`: it came too late to be sent. `unknown`: it may
    have been sent; it is not repeated, and a receipt can still say what became of it. Back to `queued` goes only what
    a gateway said it did not take.
    """

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"


class LetterBatch(Identified, Table, tablename="letter_batches"):
    """Letters laid out together for the print house. `number` names its folder: `2026-11-28-1`."""

    number = Varchar(20, unique=True, default=None)
    made_at = Timestamptz(default=None)
    laid_out_at = Timestamptz(
        null=True, default=None, help_text="when its last file was written: from then on it is only shown"
    )
    handed_over_at = Timestamptz(null=True, default=None)
    handed_over_by = Varchar(60, null=True, default=None)


class Message(Identified, Table, tablename="messages"):
    """One message to one recipient. `once` is the fact it tells of: the same fact is told once by each channel."""

    channel = Varchar(10, default=None)
    recipient = Varchar(320, default=None, help_text="E.164 number, e-mail address, or the lines of a postal address")
    template = Varchar(60, default=None, help_text="its folder under templates/messages")
    language = Varchar(2, default=None)
    values = JSONB(default="{}", help_text="what the template needs; emptied after sending when `is_secret`")
    body = Text(null=True, default=None, help_text="what was sent, as text; never kept when `is_secret`")
    is_secret = Boolean(default=False)
    customer = ForeignKey(Customer, null=True, default=None, on_delete=OnDelete.restrict)
    login_id = UUID(null=True, default=None, help_text="whom it concerns when that is a person who signs in")
    once = Varchar(120, null=True, default=None)
    state = Varchar(12, default=MessageState.QUEUED)
    reason = Varchar(
        LONGEST_REASON, null=True, default=None, help_text="why it was refused or failed, in the gateway's words"
    )
    attempts = SmallInt(default=0)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(null=True, default=None, help_text="it is not sent after that")
    sent_at = Timestamptz(null=True, default=None, help_text="taken by the gateway, or handed over to the post")
    delivered_at = Timestamptz(null=True, default=None)
    batch = ForeignKey(LetterBatch, null=True, default=None, index=True, on_delete=OnDelete.restrict)

    messages_channel_is_known = Check(one_of("channel", Channel))
    messages_state_is_known = Check(one_of("state", MessageState))
    messages_tell_once = Unique([channel, once])


class Attachment(Identified, Table, tablename="attachments"):
    """A file that goes with a message, and a letter's own PDF once it is made."""

    message = ForeignKey(Message, null=False, default=None, on_delete=OnDelete.restrict)
    name = Varchar(120, default=None, help_text="as the customer sees it: `Račun 2026-11.pdf`")
    media_type = Varchar(60, default=None)
    content = Bytea(default=None)

    attachments_are_named_once = Unique([message, name])


class InboundMessage(Identified, Table, tablename="inbound_messages"):
    """An SMS that somebody sent to one of our short numbers. The gateway repeats its calls: `gateway_id` is the key."""

    gateway_id = Varchar(80, unique=True, default=None)
    sender = Varchar(16, default=None, help_text="E.164, or as it came when it is no number")
    receiver = Varchar(16, default=None, help_text="the short number: 4040, 9443")
    text = Varchar(500, default=None)
    received_at = Timestamptz(default=None)
    reply = ForeignKey(Message, null=True, default=None, on_delete=OnDelete.restrict)
