"""What is typed where a limit is set."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from portal.money import Money
from portal.usage.tables import OnReaching
from portal.web.forms import Form, ShortText, wrong

LARGEST = Money(10_000_00)
"""More than that limits nobody; it is a slip of the keyboard."""
SIGNS = str.maketrans("", "", "€\u202f\u00a0 ")


def amount_typed(typed: str) -> str:
    """`20`, `20,50` or `20 €`: as cents."""
    try:
        amount = Money.parse(typed.translate(SIGNS))
    except ValueError:
        raise wrong("Write the limit in euros, such as 20 or 20,50.") from None
    if not amount.is_positive:
        raise wrong("The limit has to be above zero.")
    if amount > LARGEST:
        raise wrong("The limit can be at most 10,000 euros.")
    return str(amount.cents)


def reaching_chosen(typed: str) -> str:
    if typed not in list(OnReaching):
        raise wrong("Choose what happens at the limit.")
    return typed


class LimitForm(Form):
    """`limit`: as cents."""

    limit: Annotated[ShortText, AfterValidator(amount_typed)]
    on_reaching: Annotated[ShortText, AfterValidator(reaching_chosen)] = ""

    @property
    def amount(self) -> Money:
        return Money(int(self.limit))
