"""Paying without signing in: finding the account, choosing what to pay, and how far the payment is.

These pages are for whoever holds a bill or a link. They show amounts, days and initials, and nothing else.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from portal import clock, email_address
from portal.billing.open_items import still_open
from portal.billing.pay_links import pay_token, read_pay_link
from portal.payments import paying, progress, retrying
from portal.payments.guests.finding import find, plain_number
from portal.payments.guests.forms import ALL, OVERDUE, FindForm, PayForm
from portal.payments.guests.guessing import STARTED, TooManyGuesses, stay_within_limits
from portal.payments.guests.owed import Owed, owed_on
from portal.payments.owing import AlreadySettled, PaymentUnderWay, TooLittle
from portal.payments.progress import Moment
from portal.payments.tables import PaymentAttempt
from portal.payments.wishes import Wish
from portal.refusals import NotFound, Refusal
from portal.web.forms import Filled, Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

NOTHING_TYPED: Filled[Any] = Filled(None)
UNSEEN = {"x-robots-tag": "noindex, nofollow"}


@get("/pay", guards=[anyone])
async def ask_for_bill(request: PortalRequest) -> Response[bytes]:
    return find_page(request, NOTHING_TYPED)


@post("/pay", guards=[anyone])
async def find_bill(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, FindForm)
    if filled.form is None:
        return find_page(request, filled)
    try:
        await stay_within_limits(request.address, plain_number(filled.form.customer_number), request.at)
    except TooManyGuesses as refusal:
        return find_page(request, filled, refusal)
    found = await find(filled.form.reference, filled.form.customer_number)
    if found is None:
        return find_page(request, filled, is_unknown=True)
    return see_other(request, f"/p/{pay_token(found, request.at)}")


class Guests(Controller):
    """Whoever has the link. `token`: its account's number and the letters that prove it."""

    path = "/p/{token:str}"
    guards = (anyone,)

    @get()
    async def open(self, request: PortalRequest, token: FromPath[str]) -> Response[bytes]:
        owed = await owed_by_link(request, token)
        return no_link_page(request) if owed is None else open_page(request, token, owed)

    @post("/payment")
    async def pay(self, request: PortalRequest, token: FromPath[str]) -> Response[bytes]:
        filled = await fill(request, PayForm)
        owed = await owed_by_link(request, token)
        if owed is None:
            return no_link_page(request)
        if filled.form is None:
            return open_page(request, token, owed, filled)
        return await to_stripe(
            request, token, owed, wish_of(filled.form, owed), email=filled.form.email or None, filled=filled
        )

    @get("/payments/{attempt_id:uuid}")
    async def progress(
        self,
        request: PortalRequest,
        token: FromPath[str],
        attempt_id: FromPath[UUID],
        returned: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        owed = await owed_by_link(request, token)
        attempt = await attempt_seen(owed, attempt_id)
        seen = await progress.progress_of(attempt.id, [attempt.account], clock.day_of(request.at))
        if seen is None:
            raise NotFound
        return progress_page(request, token, Moment(seen, request.at, has_returned=returned == "1"), attempt)

    @post("/payments/{attempt_id:uuid}/retry")
    async def pay_again(
        self, request: PortalRequest, token: FromPath[str], attempt_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The same bills once more: the open page is used again, or a new one made."""
        await fill(request, Form)
        owed = await owed_by_link(request, token)
        attempt = await attempt_seen(owed, attempt_id)
        assert owed is not None, "or there is no attempt to be seen"
        wish = await retrying.wish_of(attempt.id)
        return await to_stripe(request, token, owed, wish, email=attempt.receipt_email, filled=NOTHING_TYPED)


async def owed_by_link(request: PortalRequest, token: str) -> Owed | None:
    number = read_pay_link(token, request.at)
    return await owed_on(number, clock.day_of(request.at)) if number is not None else None


async def attempt_seen(owed: Owed | None, attempt_id: UUID) -> PaymentAttempt:
    """A guest's payment for this account. What a signed-in person began is not a guest's to see."""
    attempt = (
        await PaymentAttempt.of(owed.account)
        .where(PaymentAttempt.id == attempt_id, PaymentAttempt.login.is_null())
        .first()
        if owed is not None
        else None
    )
    if attempt is None:
        raise NotFound
    return attempt


def wish_of(form: PayForm, owed: Owed) -> Wish:
    """Without the bills that money is under way for. When nothing else is open, paying says why it does not begin."""
    if form.what not in (OVERDUE, ALL):
        return Wish((UUID(form.what),))
    bills = owed.bills if form.what == ALL else owed.now
    return Wish(tuple(bill.id for bill in bills) or None)


async def to_stripe(
    request: PortalRequest, token: str, owed: Owed, wish: Wish, *, email: str | None, filled: Filled[Any]
) -> Response[bytes]:
    if not await STARTED.take(str(owed.holder.id), request.at):
        return open_page(request, token, owed, filled, TooManyGuesses(STARTED.window))
    try:
        attempt = await paying.start(
            owed.account, wish, login=None, language=request.language, receipt_email=email, at=request.at
        )
    except paying.NotStarted as away:
        if not await is_a_guests(away.attempt):  # the customer's page could not be closed
            return open_page(request, token, owed, filled, away)
        return see_other(request, f"/p/{token}/payments/{away.attempt}")
    except (AlreadySettled, PaymentUnderWay, TooLittle) as refusal:
        return open_page(request, token, owed, filled, refusal)
    return see_other(request, attempt.checkout_url)


async def is_a_guests(attempt: UUID) -> bool:
    return await PaymentAttempt.exists().where(PaymentAttempt.id == attempt, PaymentAttempt.login.is_null())


def find_page(
    request: PortalRequest, filled: Filled[FindForm], refusal: TooManyGuesses | None = None, *, is_unknown: bool = False
) -> Response[bytes]:
    status = refusal.status if refusal else 400 if filled.errors or is_unknown else 200
    return unseen(
        page(
            request,
            "payments/guests/find.html",
            status=status,
            filled=filled,
            refusal=refusal,
            is_unknown=is_unknown,
        )
    )


def open_page(
    request: PortalRequest,
    token: str,
    owed: Owed,
    filled: Filled[PayForm] = NOTHING_TYPED,
    refusal: Refusal | None = None,
) -> Response[bytes]:
    """What is to pay. `now`: what is paid if nothing else is chosen."""
    status = refusal.status if refusal else 400 if filled.errors else 200
    return unseen(
        page(
            request,
            "payments/guests/open.html",
            status=status,
            token=token,
            owed=owed,
            now=still_open(owed.now),
            together=still_open(owed.bills),
            filled=filled,
            refusal=refusal,
        )
    )


def progress_page(request: PortalRequest, token: str, moment: Moment, attempt: PaymentAttempt) -> Response[bytes]:
    return unseen(
        page(
            request,
            "payments/guests/progress.html",
            blocks=("progress",),
            token=token,
            payment=moment.progress,
            stage=moment.stage,
            look_again=moment.look_again_seconds,
            here=f"{request.url.path}?returned=1" if moment.has_returned else request.url.path,
            receipt_to=email_address.mask(attempt.receipt_email) if attempt.receipt_email else None,
        )
    )


def no_link_page(request: PortalRequest) -> Response[bytes]:
    return unseen(page(request, "payments/guests/no_link.html", status=404))


def unseen(response: Response[bytes]) -> Response[bytes]:
    """Not for search engines. That it is kept nowhere, and its address told to no other site, holds for every page."""
    response.headers.update(UNSEEN)
    return response


ROUTES: list[ControllerRouterHandler] = [ask_for_bill, find_bill, Guests]
