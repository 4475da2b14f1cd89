"""What the stand-in remembers, in the schema `sandbox`."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, BigInt, Boolean, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.sandbox.tables import SCHEMA


class Webhooks(StrEnum):
    """When an event is told: at once, late, twice, or never (a person may still send it by hand)."""

    PROMPT = "prompt"
    DELAYED = "delayed"
    DOUBLED = "doubled"
    NEVER = "never"


class CheckoutPage(Table, tablename="stripe_sessions", schema=SCHEMA):
    """A Checkout Session with the payment intent and the charge that grow from it."""

    id = Varchar(80, primary_key=True, default=None)
    params = JSONB(default="{}")
    total_cents = BigInt(default=None)
    currency = Varchar(3, default="eur")
    status = Varchar(10, default="open")
    payment_status = Varchar(10, default="unpaid")
    intent = Varchar(80, null=True, unique=True, default=None)
    intent_status = Varchar(40, null=True, default=None)
    received_cents = BigInt(default=0)
    refunded_cents = BigInt(default=0)
    method = Varchar(20, null=True, default=None)
    decline = Varchar(40, null=True, default=None)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)

    @property
    def charge(self) -> str:
        return f"ch_{self.intent.removeprefix('pi_')}"


class Refund(Table, tablename="stripe_refunds", schema=SCHEMA):
    id = Varchar(80, primary_key=True, default=None)
    intent = Varchar(80, index=True, default=None)
    amount_cents = BigInt(default=None)
    status = Varchar(20, default="succeeded")
    created_at = Timestamptz(default=None)


class Dispute(Table, tablename="stripe_disputes", schema=SCHEMA):
    id = Varchar(80, primary_key=True, default=None)
    intent = Varchar(80, index=True, default=None)
    amount_cents = BigInt(default=None)
    status = Varchar(20, default="needs_response")
    created_at = Timestamptz(default=None)


class Event(Table, tablename="stripe_events", schema=SCHEMA):
    """Something the portal's webhook is told. `told` counts the answers that were 2xx."""

    id = Varchar(80, primary_key=True, default=None)
    kind = Varchar(80, default=None)
    body = Text(default=None)
    told = Integer(default=0)
    created_at = Timestamptz(default=None)


class KeptAnswer(Table, tablename="stripe_answers", schema=SCHEMA):
    """The answer under an idempotency key: the same request hears it again."""

    key = Varchar(255, primary_key=True, default=None)
    request = Varchar(64, default=None, help_text="SHA-256 of the path and the parameters")
    status = SmallInt(default=None)
    body = Text(default=None)
    created_at = Timestamptz(default=None)


class Behaviour(Table, tablename="stripe_behaviour", schema=SCHEMA):
    """How the stand-in behaves: one row."""

    id = SmallInt(primary_key=True, default=1)
    webhooks = Varchar(10, default=Webhooks.PROMPT)
    next_create_fails = Boolean(default=False)
    delay_ms = Integer(default=0, help_text="how late a new session is answered")


async def behaviour() -> Behaviour:
    return await Behaviour.objects().first() or Behaviour()
