"""The page on which a customer chooses what to pay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar
from uuid import UUID

from litestar import Controller, Response, get, post

from portal import clock
from portal.payments import choosing
from portal.payments.choosing import ADVANCE, Choice, Option, Typed
from portal.payments.owing import MoreThanOpen, NoAmount, TooLittle, TooMuchAhead
from portal.payments.pages import to_stripe
from portal.refusals import Refusal
from portal.web.forms import Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest


class ChoiceForm(Form):
    """`of` and `part` go together: each open bill that the page showed, and what was typed beside it."""

    lists: ClassVar[frozenset[str]] = frozenset({"bill", "of", "part"})
    bill: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    advance: str = ""
    recount: str = ""


class Choosing(Controller):
    path = "/payments/new"
    guards = (signed_in,)

    @get()
    async def choose(self, request: PortalRequest) -> Response[bytes]:
        """`?bill=` chooses one; with the form's fields it is what htmx asks the sum of."""
        options, asked = await choosing.options_of(request.viewer.account), request.query_params
        if "of" in asked or ADVANCE in asked:
            bill, of, part = (asked.getall(name, []) for name in ("bill", "of", "part"))
            choice = choosing.read(typed_in(bill, of, part, asked.get(ADVANCE, "")), options)
            return await choose_page(request, options, choice)
        today = clock.day_of(request.at)
        typed = choosing.chosen_beforehand(options, next(ids(asked.getall("bill", [])), None), today)
        return await choose_page(request, options, choosing.read(typed, options), is_new=True)

    @post()
    async def pay(self, request: PortalRequest) -> Response[bytes]:
        form = (await fill(request, ChoiceForm)).form or ChoiceForm()
        options = await choosing.options_of(request.viewer.account)
        choice = choosing.read(typed_in(form.bill, form.of, form.part, form.advance), options)
        if choice.errors or form.recount:
            return await choose_page(request, options, choice)
        try:
            return await to_stripe(request, request.viewer.account, choice.wish, shows=SHOWN_HERE)
        except SHOWN_HERE as refusal:
            return await choose_page(request, options, choice, refusal)


SHOWN_HERE = (TooLittle, MoreThanOpen, NoAmount, TooMuchAhead)


def typed_in(bill: Sequence[str], of: Sequence[str], part: Sequence[str], advance: str) -> Typed:
    written = zip(of, part, strict=False)
    parts = {bill_id: words[:20] for text, words in written for bill_id in ids([text])}
    return Typed(frozenset(ids(bill)), parts, advance[:20])


def ids(texts: Iterable[str]) -> Iterator[UUID]:
    """Those that are ids at all."""
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue


async def choose_page(
    request: PortalRequest,
    options: Sequence[Option],
    choice: Choice,
    refusal: Refusal | None = None,
    *,
    is_new: bool = False,
) -> Response[bytes]:
    """Newly opened, nothing is wrong yet."""
    today, account = clock.day_of(request.at), request.viewer.account
    errors = {} if is_new else choice.errors | ({"": refusal} if refusal else {})
    return page(
        request,
        "payments/choose.html",
        status=400 if errors and request.method == "POST" else 200,
        blocks=("sum",),
        nav="bills",
        today=today,
        options=options,
        choice=choice,
        errors=errors,
        still_overdue=choosing.left_overdue(choice, options, today),
        is_suspended=await choosing.is_suspended(account),
    )


ROUTES = [Choosing]
