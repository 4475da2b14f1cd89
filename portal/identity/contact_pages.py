"""Changing the contact number and the e-mail address: the new value, then the code that went there."""

from __future__ import annotations

from typing import Any, ClassVar

from litestar import Controller, Response, get, post
from litestar.datastructures import Cookie

from portal import phone
from portal.identity import contact_adopting, contact_asking, cookies, identifiers
from portal.identity.forms import CodeForm, EmailForm, NumberForm
from portal.identity.proving import freshly_proven
from portal.identity.refusals import AlreadyChanged, ContactTaken, ExpiredCode, TooMany, TooSoon, WrongCode
from portal.identity.tables import ContactChange, ContactKind
from portal.identity.viewers import Viewer
from portal.refusals import N_, Refusal
from portal.web import tokens
from portal.web.forms import Filled, Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest
from portal.web.templating import unbroken

NOTHING_TYPED: Filled[Any] = Filled(None)
NO_CHANGE = N_("This is how we reach you already.")


class ContactPages(Controller):
    """The pages of one kind of contact. `form` has one field, named as the kind."""

    kind: ClassVar[ContactKind]
    form: ClassVar[type[Form]]

    @get(guards=[freshly_proven])
    async def ask_which(self, request: PortalRequest) -> Response[bytes]:
        return contact_page(request, self.kind, NOTHING_TYPED)

    @post(guards=[freshly_proven])
    async def ask_for_code(self, request: PortalRequest) -> Response[bytes]:
        filled, kind = await fill(request, self.form), self.kind
        if filled.form is None:
            return contact_page(request, kind, filled)
        value = getattr(filled.form, kind)
        if value == present(request.viewer, kind):
            return contact_page(request, kind, filled.with_error(kind, NO_CHANGE))
        try:
            await contact_asking.ask(request.viewer, kind, value, request.address, at=request.at)
        except TooMany as refusal:
            return contact_page(request, kind, filled, refusal)
        return see_other(request, code_path(kind))

    @get("/code", guards=[signed_in])
    async def ask_code(self, request: PortalRequest) -> Response[bytes]:
        change = await open_change(request, self.kind)
        if change is None:
            return see_other(request, path_of(self.kind))
        return code_page(request, change, NOTHING_TYPED)

    @post("/code", guards=[signed_in])
    async def enter_code(self, request: PortalRequest) -> Response[bytes]:
        filled, change = await fill(request, CodeForm), await open_change(request, self.kind)
        if change is None:
            is_done = await contact_asking.was_confirmed(request.viewer.login_id, self.kind, request.at)
            return see_other(request, "/account" if is_done else path_of(self.kind))
        if filled.form is None:
            return code_page(request, change, filled)
        try:
            renewed = await contact_adopting.confirm(
                change, filled.form.code, request.viewer, request.address, at=request.at
            )
        except AlreadyChanged:
            return see_other(request, "/account")
        except (WrongCode, ExpiredCode) as refusal:
            return code_page(request, change, filled.with_error("code", refusal.message))
        except (TooMany, ContactTaken) as refusal:
            return contact_page(request, self.kind, NOTHING_TYPED, refusal)
        return see_other(request, "/account", [session(request, renewed)])

    @post("/code/resend", guards=[signed_in])
    async def resend_code(self, request: PortalRequest) -> Response[bytes]:
        """Too soon: the code's page says how soon it is possible."""
        await fill(request, Form)
        change = await open_change(request, self.kind)
        if change is None:
            return see_other(request, path_of(self.kind))
        try:
            await contact_asking.ask_again(change, request.language, request.address, at=request.at)
        except TooSoon:
            pass
        except TooMany as refusal:
            return contact_page(request, self.kind, NOTHING_TYPED, refusal)
        return see_other(request, code_path(self.kind))


class NumberPages(ContactPages):
    path = "/account/number"
    kind = ContactKind.NUMBER
    form = NumberForm


class EmailPages(ContactPages):
    path = "/account/email"
    kind = ContactKind.EMAIL
    form = EmailForm

    @get("/removal", guards=[freshly_proven])
    async def ask_whether(self, request: PortalRequest) -> Response[bytes]:
        if request.viewer.email is None:
            return see_other(request, "/account/email")
        return page(request, "identity/email_removal.html", nav="more", present=request.viewer.email)

    @post("/removal", guards=[freshly_proven])
    async def remove(self, request: PortalRequest) -> Response[bytes]:
        await fill(request, Form)
        if request.viewer.email is None:
            return see_other(request, "/account")
        renewed = await contact_adopting.remove_email(request.viewer, request.address, at=request.at)
        return see_other(request, "/account", [session(request, renewed)])


def contact_page(
    request: PortalRequest, kind: ContactKind, filled: Filled[Any], refusal: Refusal | None = None
) -> Response[bytes]:
    """Asks for the new value."""
    status = refusal.status if refusal else 400 if filled.errors else 200
    return page(
        request,
        f"identity/{kind}.html",
        status=status,
        nav="more",
        present=shown(request, kind),
        filled=filled,
        refusal=refusal,
    )


def code_page(request: PortalRequest, change: ContactChange, filled: Filled[Any]) -> Response[bytes]:
    """`wait`: seconds until a new code is possible."""
    return page(
        request,
        "identity/contact_code.html",
        status=400 if filled.errors else 200,
        change=change,
        wait=tokens.seconds_until(change.resend_at, request.at),
        filled=filled,
        action=code_path(ContactKind(change.kind)),
        start=path_of(ContactKind(change.kind)),
    )


def present(viewer: Viewer, kind: ContactKind) -> str | None:
    return viewer.contact_number if kind is ContactKind.NUMBER else viewer.email


def shown(request: PortalRequest, kind: ContactKind) -> str | None:
    """In full only to who has just proven themselves: an open page gives nobody's number away."""
    value = present(request.viewer, kind)
    if value is None or not request.viewer.has_proven(request.at):
        return value and unbroken(identifiers.mask(value))
    return unbroken(phone.show(value)) if kind is ContactKind.NUMBER else value


async def open_change(request: PortalRequest, kind: ContactKind) -> ContactChange | None:
    return await contact_asking.open_change(request.viewer.login_id, kind, request.at)


def session(request: PortalRequest, token: str) -> Cookie:
    return cookies.session(token, request.viewer.is_remembered)


def path_of(kind: ContactKind) -> str:
    return f"/account/{kind}"


def code_path(kind: ContactKind) -> str:
    return f"/account/{kind}/code"


ROUTES = [NumberPages, EmailPages]
