"""What the pages of registering may be sent."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from portal.identity.forms import mobile_number
from portal.identity.registering.welcome_keys import LENGTH
from portal.web.forms import Form, ShortText, wrong

_SEPARATORS = re.compile(r"[\s./()-]+")
_CUSTOMER_NUMBER = re.compile(r"\A[A-Z0-9]{4,20}\Z", re.ASCII)
_TAX_NUMBER = re.compile(r"\A(?:SI)?([0-9]{8})\Z", re.ASCII)


def customer_number(typed: str) -> str:
    bare = _SEPARATORS.sub("", typed).upper()
    if not bare:
        raise wrong("Enter the customer number.")
    if not _CUSTOMER_NUMBER.match(bare):
        raise wrong("A customer number has digits only, such as 1000123. It stands on every bill.")
    return bare


def tax_number(typed: str) -> str:
    found = _TAX_NUMBER.match(_SEPARATORS.sub("", typed).upper())
    if found is None:
        raise wrong("A tax number has eight digits.")
    return found.group(1)


def key(typed: str) -> str:
    bare = _SEPARATORS.sub("", typed).upper()
    if len(bare) != LENGTH or not bare.isalnum():
        raise wrong("The key has twelve letters and digits, such as K7QF-2M4X-9TRW.")
    return bare


def accepted(typed: str) -> str:
    if typed != "yes":
        raise wrong("To register, accept the terms of use.")
    return typed


class RecordForm(Form):
    customer_number: Annotated[ShortText, AfterValidator(customer_number)]
    tax_number: Annotated[ShortText, AfterValidator(tax_number)]
    next: str = ""


class LetterForm(Form):
    customer_number: Annotated[ShortText, AfterValidator(customer_number)]
    key: Annotated[ShortText, AfterValidator(key)]
    next: str = ""


class AcceptForm(Form):
    terms: Annotated[str, Field(validate_default=True), AfterValidator(accepted)] = ""
    next: str = ""

    @property
    def wanted_number(self) -> str | None:
        return None


class LetterAcceptForm(AcceptForm):
    number: Annotated[ShortText, AfterValidator(mobile_number)]

    @property
    def wanted_number(self) -> str | None:
        return self.number
