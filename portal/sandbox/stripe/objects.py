"""What the stand-in answers, with every field that the installed client's classes name."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

import stripe

from portal.sandbox.stripe.tables import CheckoutPage, Dispute, Refund
from portal.settings import settings

CARD = {"brand": "visa", "last4": "4242", "country": "SI", "exp_month": 12, "exp_year": 2030, "funding": "debit"}
SEPA = {"bank_code": "19100", "country": "SI", "last4": "4321"}
LOST = {
    "card_declined": {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"},
    "debit_failed": {"type": "invalid_request_error", "code": "payment_intent_payment_attempt_failed"},
}


def blank(resource: type[stripe.StripeObject]) -> dict[str, Any]:
    return {name: None for name in resource.__annotations__ if name != "OBJECT_NAME"}


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def session_object(page: CheckoutPage, expand: Collection[str] = ()) -> dict[str, Any]:
    asked = json.loads(page.params)
    kept = ("mode", "ui_mode", "locale", "client_reference_id", "success_url", "cancel_url", "customer_email")
    return (
        blank(stripe.checkout.Session)
        | {name: asked.get(name) for name in kept}
        | {
            "id": page.id,
            "object": "checkout.session",
            "amount_subtotal": page.total_cents,
            "amount_total": page.total_cents,
            "currency": page.currency,
            "created": seconds(page.created_at),
            "expires_at": seconds(page.expires_at),
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "payment_intent": expanded_intent(page, expand),
            "payment_method_types": ["card", "sepa_debit"],
            "payment_status": page.payment_status,
            "status": page.status,
            "url": settings().link(f"/sandbox/stripe/pay/{page.id}") if page.status == "open" else None,
        }
    )


def expanded_intent(page: CheckoutPage, expand: Collection[str]) -> dict[str, Any] | str | None:
    if page.intent and any(name.startswith("payment_intent") for name in expand):
        return intent_object(page, "payment_intent.latest_charge" in expand)
    return page.intent


def intent_object(page: CheckoutPage, with_charge: bool = False) -> dict[str, Any]:
    has_charge = page.received_cents > 0 or page.intent_status == "processing"
    charge = charge_object(page) if with_charge else page.charge
    return blank(stripe.PaymentIntent) | {
        "id": page.intent,
        "object": "payment_intent",
        "amount": page.total_cents,
        "amount_capturable": 0,
        "amount_received": page.received_cents,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "created": seconds(page.created_at),
        "currency": page.currency,
        "last_payment_error": LOST.get(page.decline or ""),
        "latest_charge": charge if has_charge else None,
        "livemode": False,
        "metadata": json.loads(page.params).get("payment_intent_data", {}).get("metadata", {}),
        "payment_method_types": ["card", "sepa_debit"],
        "status": page.intent_status,
    }


def charge_object(page: CheckoutPage) -> dict[str, Any]:
    is_card = page.method == "card"
    return blank(stripe.Charge) | {
        "id": page.charge,
        "object": "charge",
        "amount": page.total_cents,
        "amount_captured": page.received_cents,
        "amount_refunded": page.refunded_cents,
        "captured": page.received_cents > 0,
        "created": seconds(page.created_at),
        "currency": page.currency,
        "disputed": False,
        "livemode": False,
        "metadata": {},
        "paid": page.received_cents > 0,
        "payment_intent": page.intent,
        "payment_method_details": {"type": page.method, page.method: CARD if is_card else SEPA},
        "refunded": page.refunded_cents == page.total_cents,
        "status": "succeeded" if page.received_cents else "pending",
    }


def refund_object(refund: Refund) -> dict[str, Any]:
    return blank(stripe.Refund) | {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount_cents,
        "charge": f"ch_{refund.intent.removeprefix('pi_')}",
        "created": seconds(refund.created_at),
        "currency": "eur",
        "metadata": {},
        "payment_intent": refund.intent,
        "status": refund.status,
    }


def dispute_object(dispute: Dispute) -> dict[str, Any]:
    """Its balance transactions: what was withdrawn, and what came back when it was won."""
    moves = [-dispute.amount_cents] + ([dispute.amount_cents] if dispute.status == "won" else [])
    return blank(stripe.Dispute) | {
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount_cents,
        "balance_transactions": [balance_transaction(dispute, cents) for cents in moves],
        "charge": f"ch_{dispute.intent.removeprefix('pi_')}",
        "created": seconds(dispute.created_at),
        "currency": "eur",
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": dispute.intent,
        "reason": "fraudulent",
        "status": dispute.status,
    }


def balance_transaction(dispute: Dispute, cents: int) -> dict[str, Any]:
    fee = 2000 if cents < 0 else 0
    return blank(stripe.BalanceTransaction) | {
        "id": f"txn_{dispute.id.removeprefix('dp_')}{'_back' if cents > 0 else ''}",
        "object": "balance_transaction",
        "amount": cents,
        "created": seconds(dispute.created_at),
        "currency": "eur",
        "fee": fee,
        "fee_details": [],
        "net": cents - fee,
        "reporting_category": "dispute" if cents < 0 else "dispute_reversal",
        "source": dispute.id,
        "status": "available",
        "type": "adjustment",
    }


def list_object(rows: list[dict[str, Any]], url: str, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}
