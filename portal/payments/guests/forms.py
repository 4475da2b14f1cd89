"""What a guest may send."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator

from portal.identity.identifiers import read_email
from portal.web.forms import Form, ShortText, wrong

OVERDUE, ALL = "overdue", "all"
"""What can be paid besides one bill: all that is overdue (or else all that is open), or all that is open."""


def written(typed: str) -> str:
    if not typed:
        raise wrong("Enter the reference or the number of the bill.")
    return typed


def number(typed: str) -> str:
    if not typed:
        raise wrong("Enter the customer number.")
    return typed


def choice(typed: str) -> str:
    if typed in (OVERDUE, ALL):
        return typed
    try:
        return str(UUID(typed))
    except ValueError:
        raise wrong("Choose what you would like to pay.") from None


def optional_email(typed: str) -> str:
    if not typed:
        return typed
    address = read_email(typed)
    if address is None:
        raise wrong("Enter an e-mail address such as ana@example.si.")
    return address


class FindForm(Form):
    reference: Annotated[ShortText, AfterValidator(written)]
    customer_number: Annotated[ShortText, AfterValidator(number)]


class PayForm(Form):
    """`what`: overdue, all, or the id of a bill."""

    what: Annotated[str, AfterValidator(choice)]
    email: Annotated[ShortText, AfterValidator(optional_email)]
