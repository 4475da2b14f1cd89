"""What the documents of an order say, as the order itself told it. The names of things come in the order's language.

All of it is optional: a form for a change has no package, a purchase no commitment.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from portal.money import Money
from portal.ndjson.values import MONEY, Day, Part, no, read_cents, text, written
from portal.signing.tables import Order

Told = TypeVar("Told", bound=date)

MOST_PARTS = 50
LONGEST_COMMITMENT = 60
"""In months."""
LATEST_YEAR = 2199
"""What is later was mistyped, and the end of a commitment from there could not be reckoned."""


def in_our_time(read: Told) -> Told:
    if read.year > LATEST_YEAR:
        raise no("too_late", f"it is later than the year {LATEST_YEAR}")
    return read


def read_amount(typed: Any) -> Money:
    return typed if isinstance(typed, Money) else Money(read_cents(typed))


Amount = Annotated[
    Money,
    PlainValidator(read_amount),
    PlainSerializer(lambda amount: amount.plain, return_type=str),
    written(MONEY, "Euro with VAT, always a string.", "34.99", "-5.00"),
]
Words = Annotated[str, text(200)]
Paragraph = Annotated[str, text(1000)]
Megabits = Annotated[int, Field(ge=0, le=1_000_000, description="Mbit/s")]


class Package(Part):
    name: Words
    monthly: Amount


class Benefit(Part):
    """Received for the commitment; a proportional part is paid back when it is broken."""

    what: Words
    amount: Amount


class Equipment(Part):
    """`price` in all; paid at once, or in so many instalments of so much."""

    name: Words
    price: Amount
    instalments: int | None = Field(default=None, ge=1, le=60)
    instalment: Amount | None = None


class Service(Part):
    name: Words
    monthly: Amount


class Once(Part):
    """What is paid one time: connecting, delivery."""

    what: Words
    amount: Amount


class Speeds(Part):
    """Of fixed internet, in Mbit/s, as the law on electronic communications wants them in the contract."""

    down_min: Megabits
    down_usual: Megabits
    down_max: Megabits
    up_min: Megabits
    up_usual: Megabits
    up_max: Megabits


class Change(Part):
    """`before` is None where there was nothing, `after` where nothing will be."""

    what: Words
    before: Words | None = None
    after: Words | None = None


class Terms(Part):
    """Money in it is `Money`; as JSON it is a string such as "34.99"."""

    package: Package | None = None
    commitment_months: int | None = Field(default=None, ge=1, le=LONGEST_COMMITMENT)
    commitment_from: Annotated[Day, AfterValidator(in_our_time)] | None = None
    benefit: Benefit | None = None
    equipment: tuple[Equipment, ...] = Field(default=(), max_length=MOST_PARTS)
    services: tuple[Service, ...] = Field(default=(), max_length=MOST_PARTS)
    once: tuple[Once, ...] = Field(default=(), max_length=MOST_PARTS)
    speeds: Speeds | None = None
    installation_address: Words | None = None
    starts_on: Day | None = Field(default=None, description="When it begins to run.")
    changes: tuple[Change, ...] = Field(default=(), max_length=MOST_PARTS)
    delivery: Words | None = Field(default=None, description="How and when something is delivered, in words.")
    notes: tuple[Paragraph, ...] = Field(default=(), max_length=MOST_PARTS)

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls.model_validate_json(order.terms)

    @property
    def written(self) -> str:
        """JSON without what is not said."""
        return self.model_dump_json(exclude_defaults=True)


def last_day(first: date, months: int) -> date:
    """Of so many months: 24 from 21 November 2026 end on 20 November 2028."""
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    day = min(first.day, monthrange(year, month)[1] + 1)
    return date(year, month, 1) + timedelta(days=day - 2)
