"""Credit: how much there is, and asking for it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from pydantic import AfterValidator
from stdnum import iban
from stdnum.exceptions import ValidationError

from portal.identity.proving import freshly_proven
from portal.limits import Limit
from portal.money import Money
from portal.payments import refunding
from portal.payments.choosing import NoSuchAmount, amount_of
from portal.payments.credit_view import credit_view
from portal.payments.owing import NoAmount
from portal.payments.pages import TooOften
from portal.payments.refunding import MoreThanCredit, RefundAsked
from portal.refusals import Refusal
from portal.web.forms import Filled, Form, ShortText, fill, wrong
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

PATH = "/payments/credit"
NOTHING_TYPED: Filled[Any] = Filled(None)
LONGEST_HOLDER = 70
ASKED = Limit("refunds_asked", 10, timedelta(days=1))


def amount_typed(typed: str) -> str:
    """Empty means all of it."""
    try:
        return str(amount_of(typed).cents) if typed else ""
    except (NoSuchAmount, NoAmount) as refusal:
        raise wrong(refusal.message) from None


def iban_typed(typed: str) -> str:
    """Spaces and small letters are taken. The length and the check digits by ISO 13616, with stdnum."""
    try:
        return str(iban.validate(typed.upper(), check_country=False))
    except ValidationError:
        raise wrong("Check the IBAN: it looks like SI56 0110 0600 0005 649.") from None


def holder_typed(typed: str) -> str:
    if not typed or not typed.isprintable():
        raise wrong("Enter the name of the account's holder.")
    if len(typed) > LONGEST_HOLDER:
        raise wrong("Please write at most 70 characters.")
    return typed


class RefundForm(Form):
    """`amount`: as cents, or empty for all."""

    amount: Annotated[ShortText, AfterValidator(amount_typed)] = ""
    iban: Annotated[ShortText, AfterValidator(iban_typed)]
    holder: Annotated[ShortText, AfterValidator(holder_typed)]


class CreditPages(Controller):
    path = PATH

    @get(guards=[signed_in])
    async def credit(self, request: PortalRequest) -> Response[bytes]:
        return await credit_page(request)

    @get("/refund", guards=[freshly_proven])
    async def refund(self, request: PortalRequest) -> Response[bytes]:
        return await refund_page(request)

    @post("/refund", guards=[freshly_proven])
    async def ask(self, request: PortalRequest) -> Response[bytes]:
        filled = await fill(request, RefundForm)
        if filled.form is None:
            return await refund_page(request, filled)
        try:
            await ask(request, filled.form)
        except MoreThanCredit as refusal:
            return await refund_page(request, filled, amount_refusal=refusal)
        except Refusal as refusal:
            return await credit_page(request, refusal)
        return see_other(request, PATH)

    @post("/refund/withdrawal", guards=[signed_in])
    async def withdraw(self, request: PortalRequest) -> Response[bytes]:
        await fill(request, Form)
        try:
            await refunding.withdraw(request.viewer.account, login=request.viewer.login_id, at=request.at)
        except Refusal as refusal:
            return await credit_page(request, refusal)
        return see_other(request, PATH)


async def ask(request: PortalRequest, form: RefundForm) -> None:
    account = request.viewer.account
    if not await ASKED.take(str(account.id), request.at):
        raise TooOften
    wished = Money(int(form.amount)) if form.amount else None
    await refunding.ask(
        account, wished, iban=form.iban, holder=form.holder, login=request.viewer.login_id, at=request.at
    )


async def credit_page(request: PortalRequest, refusal: Refusal | None = None) -> Response[bytes]:
    view = await credit_view(request.viewer.account)
    waiting = next((asked for asked in view.refunds if asked.state == "asked"), None)
    return page(
        request,
        "payments/credit.html",
        status=refusal.status if refusal else 200,
        nav="bills",
        view=view,
        waiting=waiting,
        refusal=refusal,
    )


async def refund_page(
    request: PortalRequest, filled: Filled[Any] = NOTHING_TYPED, *, amount_refusal: Refusal | None = None
) -> Response[bytes]:
    """Where there is nothing to ask for, or a request waits, the page of the credit says so."""
    view = await credit_view(request.viewer.account)
    if not view.total.is_positive or await refunding.waiting(request.viewer.account):
        return await credit_page(request, refunding.NoCredit() if not view.total.is_positive else RefundAsked())
    return page(
        request,
        "payments/refund.html",
        status=400 if filled.errors or amount_refusal else 200,
        nav="bills",
        credit=view.total,
        filled=filled,
        amount_refusal=amount_refusal,
    )


ROUTES = [CreditPages]
