"""Messages filled with their examples, and with values as long as they get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from portal.billing.pay_links import pay_link
from portal.messaging.tables import Channel
from portal.messaging.templates import Template, templates
from portal.messaging.wording import sms_text
from portal.messaging.writing import write
from portal.money import Money
from tests.people import NOON


class Filled(NamedTuple):
    """A message with the values of one of its examples."""

    message: Template
    case: str
    values: dict[str, Any]

    def texts(self, language: str) -> Iterator[str]:
        for channel in self.message.channels:
            yield in_channel(self.message, channel, language, self.values)


def every_case() -> list[Filled]:
    return [
        Filled(message, case, values)
        for message in templates()
        for case, values in {"example": message.example, **message.cases}.items()
    ]


def in_channel(message: Template, channel: Channel, language: str, values: dict[str, Any]) -> str:
    if channel == Channel.SMS:
        return sms_text(message.name, language, values)
    writing = write(message.name, channel, language, values)
    return f"{writing.subject}\n\n{writing.text}"


def named(case: Filled) -> str:
    return f"{case.message.name}-{case.case}"


def longest(value: Any) -> Any:
    """The same with amounts of ten thousands, days and moments of two digits each, twelve bills, and the link as it is
    made for this operator.
    """
    match value:
        case Money():
            return Money(1_234_567)
        case datetime():
            return datetime(2026, 12, 28, 22, 58, tzinfo=UTC)
        case date():
            return date(2026, 12, 28)
        case dict():
            many = {"bills": value["bills"] * 6} if "bills" in value and "more" not in value else {}
            link = {"pay_link": pay_link("2000413", NOON)} if "pay_link" in value else {}
            return {name: longest(inner) for name, inner in {**value, **many, **link}.items()}
        case list():
            return [longest(inner) for inner in value]
    return value
