"""What we tell Stripe and what it says, reduced to what we decide by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.money import Money
from portal.payments.tables import Method, PaymentAttempt

CURRENCY = "eur"
LONGEST_ID, LONGEST_KIND = 255, 80
METHODS = {"card": Method.CARD, "link": Method.CARD, "sepa_debit": Method.SEPA}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the payment page."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Order:
    """What a payment page shows, the same however often it is asked for: the attempt's id is the idempotency key."""

    attempt: UUID
    items: list[Item]
    language: str
    email: str | None
    expires_at: datetime
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event, reduced to what it is about. What happened is read from Stripe itself."""

    id: str
    kind: str
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refunded:
    id: str
    amount: Money
    is_done: bool
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Disputed:
    """`withdrawn` was taken from us, `reinstated` came back when the dispute was won."""

    id: str
    intent: str | None
    withdrawn: Money
    reinstated: Money


@dataclass(frozen=True, slots=True)
class Intent:
    """The payment intent of a session: there is none before the customer first tries to pay.

    `is_returned`: all of it was refunded.
    """

    id: str
    status: str
    received: Money
    method: Method
    card: str | None
    decline: str | None
    is_returned: bool

    @property
    def is_processing(self) -> bool:
        """The customer's bank has been asked (SEPA); the answer takes days."""
        return self.status == "processing"


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """`status` is open, complete or expired; a complete session is not always paid."""

    id: str
    url: str | None
    reference: str | None
    status: str
    payment_status: str
    total: Money
    currency: str
    intent: Intent | None

    @property
    def is_paid(self) -> bool:
        return self.payment_status != "unpaid"

    @property
    def is_waiting(self) -> bool:
        return self.status == "complete" and self.intent is not None and self.intent.is_processing

    @property
    def decline(self) -> str | None:
        return self.intent.decline if self.intent else None

    @property
    def attempt_id(self) -> UUID | None:
        """The attempt it was made for; a session that is not ours has none."""
        try:
            return UUID(self.reference or "")
        except ValueError:
            return None

    def pays(self, attempt: PaymentAttempt) -> bool:
        """The money that came is, to the cent, what this attempt asked for."""
        if self.intent is None or self.reference != str(attempt.id) or self.currency != CURRENCY:
            return False
        return self.total == self.intent.received == attempt.amount


def read_session(answer: dict[str, Any]) -> CheckoutSession:
    """`answer`: a checkout.session, its payment_intent expanded (API 2026-10-28.endive)."""
    intent = answer["payment_intent"]
    return CheckoutSession(
        id=answer["id"],
        url=answer["url"],
        reference=answer["client_reference_id"],
        status=answer["status"],
        payment_status=answer["payment_status"],
        total=Money(answer["amount_total"]),
        currency=answer["currency"],
        intent=read_intent(intent) if isinstance(intent, dict) else None,
    )


def read_intent(answer: dict[str, Any]) -> Intent:
    charge = answer["latest_charge"] if isinstance(answer["latest_charge"], dict) else {}
    details = charge.get("payment_method_details") or {}
    error = answer["last_payment_error"] or {}
    return Intent(
        id=answer["id"],
        status=answer["status"],
        received=Money(answer["amount_received"]),
        method=METHODS.get(details.get("type", ""), Method.OTHER),
        card=read_card(details.get("card")),
        decline=(error.get("decline_code") or error.get("code") or "declined") if error else None,
        is_returned=bool(charge.get("refunded")),
    )


def read_card(details: dict[str, Any] | None) -> str | None:
    """`Visa •••• 4242`."""
    if not details or not details.get("last4"):
        return None
    return f"{(details.get('brand') or '').title()} •••• {details['last4']}".strip()


def read_refund(answer: dict[str, Any]) -> Refunded:
    return Refunded(
        id=answer["id"],
        amount=Money(answer["amount"]),
        is_done=answer["status"] == "succeeded",
        has_failed=answer["status"] in ("failed", "canceled"),
    )


def read_dispute(answer: dict[str, Any]) -> Disputed:
    moves = [move["amount"] for move in answer["balance_transactions"]]
    return Disputed(
        id=answer["id"],
        intent=answer["payment_intent"],
        withdrawn=Money(-sum(move for move in moves if move < 0)),
        reinstated=Money(sum(move for move in moves if move > 0)),
    )


def read_told(answer: dict[str, Any]) -> Told:
    """ValueError, KeyError or TypeError: it is no event, whoever signed it."""
    told = Told(id=answer["id"], kind=answer["type"], about=answer["data"]["object"])
    for text, longest in ((told.id, LONGEST_ID), (told.kind, LONGEST_KIND)):
        if not isinstance(text, str) or not 0 < len(text) <= longest:
            raise ValueError("not an event")
    if not isinstance(told.about, dict):
        raise TypeError("not about anything")
    return told
