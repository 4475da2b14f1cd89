"""What a customer may send to ask for a longer deferral."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from stdnum.exceptions import ValidationError
from stdnum.si import ddv

from portal import phone
from portal.web.forms import Form, ShortText, wrong

ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
SLOVENIAN_DAY = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.ASCII)
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


def day(typed: object) -> date:
    """`2026-12-08`, as a browser sends it, or `8. 12. 2026`, as it is typed where the browser knows no calendar."""
    written = typed.strip() if isinstance(typed, str) else ""
    if iso := ISO_DAY.fullmatch(written):
        year, month, number = iso.groups()
    elif slovenian := SLOVENIAN_DAY.fullmatch(written):
        number, month, year = slovenian.groups()
    else:
        raise wrong("Enter a day such as 8. 12. 2026.")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise wrong("Enter a day such as 8. 12. 2026.") from None


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
