"""Paying: the way to Stripe and back, how far a payment has come, and its receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery

from portal import clock
from portal.customers.tables import Account
from portal.database import transaction
from portal.jobs import enqueue
from portal.limits import Limit
from portal.payments import progress
from portal.payments.card import CardAway
from portal.payments.fulfilling import LIVE, fulfil
from portal.payments.guests.leading import progress_path
from portal.payments.owing import AlreadySettled, PaymentUnderWay, TooLittle, TooMuchAhead
from portal.payments.paying import NotStarted, start
from portal.payments.progress import Moment, PaidBill, Progress
from portal.payments.receipts import receipt_page
from portal.payments.received import payment_of
from portal.payments.retrying import wish_of
from portal.payments.tables import PaymentAttempt
from portal.payments.wishes import Wish
from portal.refusals import N_, NotFound, Refusal
from portal.web.forms import Form, fill
from portal.web.guards import anyone, signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

# Stripe answers all of us or nobody: one customer who reloads, or a robot, must not use up its patience.
ASKED = Limit("stripe_asked", 10, timedelta(minutes=1))
STARTED = Limit("payment_started", 20, timedelta(minutes=1))


class TooOften(Refusal):
    status = 429
    message = N_("That was very often in a short time. Please wait a minute and try again.")


class BillsForm(Form):
    """The chosen bills; none means all that are overdue."""

    lists: ClassVar[frozenset[str]] = frozenset({"bill"})
    bill: tuple[UUID, ...] = ()


class Paying(Controller):
    """Each of these ends at Stripe, or says why not."""

    guards = (signed_in,)

    @post("/bills/payment")
    async def pay_bills(self, request: PortalRequest) -> Response[bytes]:
        filled = await fill(request, BillsForm)
        if filled.form is None:
            raise NotFound
        return await to_stripe(request, request.viewer.account, Wish(filled.form.bill or None))

    @post("/bills/{bill_id:uuid}/payment")
    async def pay_bill(self, request: PortalRequest, bill_id: FromPath[UUID]) -> Response[bytes]:
        await fill(request, Form)
        return await to_stripe(request, request.viewer.account, Wish((bill_id,)))

    @post("/payments/{attempt_id:uuid}/retry")
    async def pay_again(self, request: PortalRequest, attempt_id: FromPath[UUID]) -> Response[bytes]:
        """The same once more: the open page is used again, or a new one made."""
        await fill(request, Form)
        account = await account_of(await progress_seen(request, attempt_id))
        return await to_stripe(request, account, await wish_of(attempt_id))

    @post("/payments/{attempt_id:uuid}/rest")
    async def pay_rest(self, request: PortalRequest, attempt_id: FromPath[UUID]) -> Response[bytes]:
        """What is overdue of the account of this payment, whichever account is looked at."""
        await fill(request, Form)
        account = await account_of(await progress_seen(request, attempt_id))
        return await to_stripe(request, account, Wish())


async def account_of(seen: Progress) -> Account:
    account = await Account.objects().get(Account.id == seen.account)
    assert account is not None
    return account


async def to_stripe(
    request: PortalRequest, account: Account, wish: Wish, *, shows: tuple[type[Refusal], ...] = ()
) -> Response[bytes]:
    """`shows`: refusals that the asking page shows itself."""
    if not await STARTED.take(str(account.id), request.at):
        raise TooOften
    try:
        attempt = await start(account, wish, login=request.viewer.login_id, language=request.language, at=request.at)
    except NotStarted as away:
        return see_other(request, f"/payments/{away.attempt}")
    except shows:
        raise
    except CANNOT_BE_PAID as refusal:
        return refused_page(request, refusal)
    return see_other(request, attempt.checkout_url)


CANNOT_BE_PAID = (AlreadySettled, PaymentUnderWay, TooLittle, TooMuchAhead)


class Progressing(Controller):
    path = "/payments"

    @get("/return", guards=[anyone])
    async def come_back(
        self, request: PortalRequest, session_id: FromQuery[str | None] = None, attempt: FromQuery[UUID | None] = None
    ) -> Response[bytes]:
        """From Stripe, paid or not. It is booked here and now, also when the sign-in has run out meanwhile."""
        found = await attempt_of(session_id, attempt)
        if found is None:
            raise NotFound
        if found.stripe_session and found.state in LIVE and not await brought_up_to_date(request, found):
            return see_other(
                request, f"{await progress_path(found, request.at)}?returned={int(session_id is not None)}"
            )
        return see_other(request, await progress_path(found, request.at))

    @get("/{attempt_id:uuid}", guards=[signed_in])
    async def progress(
        self, request: PortalRequest, attempt_id: FromPath[UUID], returned: FromQuery[str | None] = None
    ) -> Response[bytes]:
        seen = await progress_seen(request, attempt_id)
        bills = await (progress.settled_bills(seen.payment) if seen.payment else progress.meant_bills(seen.id))
        return progress_page(request, Moment(seen, request.at, has_returned=returned == "1"), bills)

    @get("/{attempt_id:uuid}/receipt", guards=[signed_in])
    async def receipt(self, request: PortalRequest, attempt_id: FromPath[UUID]) -> Response[bytes]:
        seen = await progress_seen(request, attempt_id)
        payment = await payment_of(seen.payment, [seen.account]) if seen.payment else None
        if payment is None:
            raise NotFound
        return await receipt_page(request, payment)


async def attempt_of(session_id: str | None, attempt_id: UUID | None) -> PaymentAttempt | None:
    """Stripe names the session when it is paid; who leaves it comes back with our own name."""
    known = PaymentAttempt.stripe_session == session_id if session_id else PaymentAttempt.id == attempt_id
    return await PaymentAttempt.objects().where(known).first()


async def brought_up_to_date(request: PortalRequest, attempt: PaymentAttempt) -> bool:
    """False: Stripe does not answer now, and a job asks again; or it was asked often enough in this minute."""
    if not await ASKED.take(str(attempt.id), request.at):
        return False
    try:
        await fulfil(attempt.stripe_session, at=request.at)
    except CardAway:
        async with transaction():
            await enqueue("payments.fulfil", once=f"payments.fulfil {attempt.id}", session=attempt.stripe_session)
        return False
    return True


async def progress_seen(request: PortalRequest, attempt_id: UUID) -> Progress:
    accounts = [row.account_id for row in request.viewer.accounts]
    seen = await progress.progress_of(attempt_id, accounts, clock.day_of(request.at))
    if seen is None:
        raise NotFound
    return seen


def progress_page(request: PortalRequest, moment: Moment, bills: list[PaidBill]) -> Response[bytes]:
    return page(
        request,
        "payments/progress.html",
        blocks=("progress",),
        nav="bills",
        payment=moment.progress,
        stage=moment.stage,
        look_again=moment.look_again_seconds,
        here=f"{request.url.path}?returned=1" if moment.has_returned else request.url.path,
        bills=bills,
        is_looked_at=moment.progress.account == request.viewer.account.id,
    )


def refused_page(request: PortalRequest, refusal: Refusal) -> Response[bytes]:
    """Why there is nothing to pay, and the way on: to the payment under way, or to the bills."""
    attempt = refusal.attempt if isinstance(refusal, PaymentUnderWay) else None
    return page(
        request,
        "payments/refused.html",
        status=refusal.status,
        nav="bills",
        refusal=refusal,
        attempt=attempt,
        settled=isinstance(refusal, AlreadySettled),
    )


ROUTES = [Paying, Progressing]
