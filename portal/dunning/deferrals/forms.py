"""What a customer may send to ask for a longer deferral."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from stdnum.exceptions import ValidationError
from stdnum.si import ddv

from portal import phone
from portal.web.days import day
from portal.web.forms import Form, ShortText, wrong

LONGEST_WORDS = 500
LONGEST_TELEPHONE = 16


def telephone(typed: str) -> str:
    number = phone.read(typed)
    if number is None or len(number) > LONGEST_TELEPHONE:
        raise wrong("Enter a phone number such as 041 123 456.")
    return number


def tax_number(typed: str) -> str:
    """Eight digits, the last one a check digit; `SI` before them and spaces are taken. Source: ZDavP-2, by stdnum."""
    try:
        return str(ddv.validate(typed))
    except ValidationError:
        raise wrong("Enter the tax number: eight digits, such as 50223054.") from None


def sentences(typed: str) -> str:
    plain = typed.replace("\r\n", "\n").strip()
    if len(plain) > LONGEST_WORDS:
        raise wrong("Please write at most 500 characters.")
    return plain


class WishForm(Form):
    telephone: Annotated[ShortText, AfterValidator(telephone)]
    tax_number: Annotated[ShortText, AfterValidator(tax_number)]
    until: Annotated[date, BeforeValidator(day)]
    words: Annotated[str, AfterValidator(sentences)] = ""
