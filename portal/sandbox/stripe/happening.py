"""What can happen at Stripe: a page is made, paid, declined, expires; money goes back. Each tells the portal of it."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.database import transaction
from portal.sandbox.stripe.objects import charge_object, dispute_object, refund_object, session_object
from portal.sandbox.stripe.params import Invalid
from portal.sandbox.stripe.tables import CheckoutPage, Dispute, Refund
from portal.sandbox.stripe.webhooks import tell

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
LEAST_CENTS, MOST_CENTS, MOST_ITEMS = 50, 99_999_999, 100
CLOCKS_DIFFER = timedelta(seconds=30)


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(14)}"


async def make_page(asked: dict[str, Any], at: datetime) -> CheckoutPage:
    """`asked` is of the right types; here it has to make sense too."""
    items = asked.get("line_items") or []
    if asked.get("mode") != "payment" or not 0 < len(items) <= MOST_ITEMS:
        raise Invalid("You must specify `mode` payment and `line_items`.", "line_items", "parameter_missing")
    if asked.get("ui_mode", "hosted_page") == "hosted_page" and not asked.get("success_url"):
        raise Invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    page = CheckoutPage(
        id=new_id("cs_test"),
        params=json.dumps(asked),
        total_cents=total_of(items),
        currency=items[0]["price_data"]["currency"],
        created_at=at,
        expires_at=end_of(asked, at),
    )
    await page.save()
    return page


def total_of(items: list[dict[str, Any]]) -> int:
    total = 0
    for index, item in enumerate(items):
        price = item.get("price_data") or {}
        if "product_data" not in price or price.get("unit_amount", -1) < 0 or price.get("currency") != "eur":
            raise Invalid("price_data needs product_data, unit_amount and eur", f"line_items[{index}][price_data]")
        total += price["unit_amount"] * item.get("quantity", 1)
    if not LEAST_CENTS <= total <= MOST_CENTS:
        raise Invalid("The total has to be between €0.50 and €999,999.99 eur", None, "amount_too_small")
    return total


def end_of(asked: dict[str, Any], at: datetime) -> datetime:
    if "expires_at" not in asked:
        return at + LONGEST
    end = datetime.fromtimestamp(asked["expires_at"], UTC)
    if not SHORTEST - CLOCKS_DIFFER <= end - at <= LONGEST + CLOCKS_DIFFER:
        raise Invalid("The `expires_at` timestamp must be 30 minutes to 24 hours away.", "expires_at")
    return end


async def pay(session: str, at: datetime) -> CheckoutPage | None:
    return await change(
        session, "completed", "open", at, status="complete", payment_status="paid", method="card", **SUCCEEDED
    )


async def pay_by_debit(session: str, at: datetime) -> CheckoutPage | None:
    """SEPA: the page is complete, the money takes days."""
    return await change(
        session, "completed", "open", at, status="complete", method="sepa_debit", intent_status="processing"
    )


async def debit_succeeds(session: str, at: datetime) -> CheckoutPage | None:
    return await change(session, "async_payment_succeeded", "processing", at, payment_status="paid", **SUCCEEDED)


async def debit_fails(session: str, at: datetime) -> CheckoutPage | None:
    return await change(
        session,
        "async_payment_failed",
        "processing",
        at,
        intent_status="requires_payment_method",
        decline="debit_failed",
    )


async def decline(session: str, at: datetime) -> CheckoutPage | None:
    """The page stays open for another card; Stripe tells of no session event."""
    return await change(session, None, "open", at, intent_status="requires_payment_method", decline="card_declined")


async def expire(session: str, at: datetime) -> CheckoutPage | None:
    return await change(session, "expired", "open", at, status="expired")


SUCCEEDED: dict[str, str | None] = {"intent_status": "succeeded", "decline": None}


async def change(
    session: str, event: str | None, only_if: str, at: datetime, **values: str | None
) -> CheckoutPage | None:
    """Bring a page forward and tell of it. None: it is not (any more) where this can happen."""
    async with transaction():
        page = await CheckoutPage.objects().where(CheckoutPage.id == session).lock_rows().first()
        if page is None or only_if not in (page.status, page.intent_status):
            return None
        for name, value in values.items():
            setattr(page, name, value)
        if not page.intent and page.status != "expired":
            page.intent = new_id("pi")
        if page.intent_status == "succeeded":
            page.received_cents = page.total_cents
        await page.save()
        if event:
            await tell(f"checkout.session.{event}", session_object(page), at)
        return page


async def expire_what_is_over(at: datetime) -> None:
    over = await CheckoutPage.select(CheckoutPage.id).where(
        CheckoutPage.status == "open", CheckoutPage.expires_at <= at
    )
    for row in over:
        await expire(row["id"], at)


async def refund(intent: str, cents: int | None, at: datetime) -> Refund:
    """All that is left of a payment, or a part of it."""
    async with transaction():
        page = await CheckoutPage.objects().where(CheckoutPage.intent == intent).lock_rows().first()
        if page is None or not page.received_cents:
            raise Invalid(f"No such payment_intent: '{intent}'", "payment_intent", "resource_missing", 404)
        left = page.received_cents - page.refunded_cents
        amount = left if cents is None else cents
        if not 0 < amount <= left:
            raise Invalid(
                "Refund amount is greater than unrefunded amount on charge", "amount", "charge_already_refunded"
            )
        made = Refund(id=new_id("re"), intent=intent, amount_cents=amount, created_at=at)
        await made.save()
        page.refunded_cents += amount
        await page.save()
        await tell("charge.refunded", charge_object(page), at)
        return made


async def refund_fails(refund_id: str, at: datetime) -> None:
    """A refund that seemed done comes back."""
    async with transaction():
        await Refund.update({Refund.status: "failed"}).where(Refund.id == refund_id)
        failed = await Refund.objects().get(Refund.id == refund_id)
        if failed is not None:
            page = await CheckoutPage.objects().where(CheckoutPage.intent == failed.intent).lock_rows().first()
            assert page is not None
            page.refunded_cents -= failed.amount_cents
            await page.save()
            await tell("refund.failed", refund_object(failed), at)


async def dispute(intent: str, at: datetime, cents: int | None = None) -> Dispute | None:
    """The payer's bank takes the money back until it is decided."""
    async with transaction():
        page = await CheckoutPage.objects().where(CheckoutPage.intent == intent).first()
        if page is None or not page.received_cents:
            return None
        made = Dispute(id=new_id("dp"), intent=intent, amount_cents=cents or page.received_cents, created_at=at)
        await made.save()
        await tell("charge.dispute.created", dispute_object(made), at)
        await tell("charge.dispute.funds_withdrawn", dispute_object(made), at)
        return made


async def decide_dispute(dispute_id: str, is_won: bool, at: datetime) -> None:
    async with transaction():
        open_one = (Dispute.id == dispute_id) & (Dispute.status == "needs_response")
        await Dispute.update({Dispute.status: "won" if is_won else "lost"}).where(open_one)
        decided = await Dispute.objects().get(Dispute.id == dispute_id)
        if decided is not None and is_won:
            await tell("charge.dispute.funds_reinstated", dispute_object(decided), at)
        if decided is not None:
            await tell("charge.dispute.closed", dispute_object(decided), at)
