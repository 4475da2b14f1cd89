"""Where somebody who comes back from paying is led to."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.billing.pay_links import pay_token
from portal.customers.tables import Account
from portal.payments.tables import PaymentAttempt

COMES_BACK_WITHIN = timedelta(days=1)


async def progress_path(attempt: PaymentAttempt, at: datetime) -> str:
    """The page of a payment's progress. A guest's own link may have been left behind on another device or grown old.

    A guest comes back from paying within the day. Later the payment's id, which stands in logs and at Stripe, makes
    nobody a new link.
    """
    if attempt.login is not None:
        return f"/payments/{attempt.id}"
    if at > attempt.created_at + COMES_BACK_WITHIN:
        return "/pay"
    account = await Account.objects().get(Account.id == attempt.account)
    assert account is not None, "an attempt has an account"
    return f"/p/{pay_token(account.number, at)}/payments/{attempt.id}"
