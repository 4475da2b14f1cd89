"""What the pages of signing in and of the account may be sent."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from portal import phone
from portal.identity import identifiers
from portal.web.forms import Form, ShortText, wrong

LongText = Annotated[str, StringConstraints(max_length=1_000)]
"""Of a password. Too long a one to be chosen is still looked at, like any that is wrong."""

_SPACES = re.compile(r"[\s-]+")
_SIX_DIGITS = re.compile(r"\A[0-9]{6}\Z")


def identifier(typed: str) -> str:
    if not typed:
        raise wrong("Enter your phone number, e-mail or customer number.")
    read = identifiers.read(typed)
    if read is None:
        raise wrong("Enter a Slovenian mobile number such as 041 123 456, an e-mail address or your customer number.")
    return read


def mobile_number(typed: str) -> str:
    number = phone.read(typed)
    if number is None or not phone.is_slovenian_mobile(number):
        raise wrong("Enter a Slovenian mobile number such as 041 123 456.")
    return number


def email_address(typed: str) -> str:
    address = identifiers.read_email(typed)
    if address is None:
        raise wrong("Enter an e-mail address such as ana@example.si.")
    return address


def six_digits(typed: str) -> str:
    digits = _SPACES.sub("", typed)
    if not digits:
        raise wrong("Enter the code that we sent you.")
    if not _SIX_DIGITS.match(digits):
        raise wrong("The code has six digits.")
    return digits


def typed_password(typed: str) -> str:
    """As it was typed: spaces belong to it."""
    if not typed:
        raise wrong("Enter the password.")
    return typed


class SignInForm(Form):
    identifier: Annotated[ShortText, AfterValidator(identifier)]
    password: LongText = ""
    remember: Literal["yes", ""] = ""
    next: str = ""


class CodeForm(Form):
    code: Annotated[ShortText, AfterValidator(six_digits)]
    next: str = ""


class PasswordForm(Form):
    password: Annotated[LongText, AfterValidator(typed_password)]
    next: str = ""


class NewPasswordForm(Form):
    """`again`: the same, because nobody sees what they type."""

    password: Annotated[LongText, AfterValidator(typed_password)]
    again: LongText
    next: str = ""


class NextForm(Form):
    """A button that leads on to a page."""

    next: str = ""


class AccountForm(Form):
    account: UUID


class NumberForm(Form):
    number: Annotated[ShortText, AfterValidator(mobile_number)]


class EmailForm(Form):
    email: Annotated[ShortText, AfterValidator(email_address)]
