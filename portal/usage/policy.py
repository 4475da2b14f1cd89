"""For how long use is kept, when a measurement is out of date, and at what customers are told: policy.toml."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictInt, model_validator

from portal.money import Money

FILE = Path(__file__).with_name("policy.toml")
SHOWN_PERIODS = 13
"""What the page of use shows: the policy may not keep less."""


def amount(written: object) -> Money:
    if not isinstance(written, str) or not (money := Money.parse(written)).is_positive:
        raise ValueError('money is a positive amount as a string, such as "50.00"')
    return money


Months = Annotated[StrictInt, Field(ge=1, le=120)]
Minutes = Annotated[StrictInt, Field(ge=1, le=24 * 60)]
Percent = Annotated[StrictInt, Field(ge=1, le=100)]


class Strict(BaseModel):
    """Nothing in the policy is ignored or guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MonthsKept(Strict):
    """Besides the month that runs."""

    allowances: Annotated[Months, Field(ge=SHOWN_PERIODS)]
    spending: Annotated[Months, Field(ge=SHOWN_PERIODS)]
    records: Months


class MonthsLaid(Strict):
    ahead: Annotated[StrictInt, Field(ge=1, le=12)]


class Measurement(Strict):
    """`ahead_minutes`: by so much the measuring system's clock may be before ours."""

    stale_after_minutes: Minutes
    ahead_minutes: Minutes

    @property
    def stale_after(self) -> timedelta:
        return timedelta(minutes=self.stale_after_minutes)

    @property
    def ahead(self) -> timedelta:
        return timedelta(minutes=self.ahead_minutes)


class Warnings(Strict):
    """Of what was measured longer ago than `measured_within_hours` nobody is warned any more."""

    measured_within_hours: Annotated[StrictInt, Field(ge=1, le=31 * 24)]
    percents: Annotated[tuple[Percent, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def rising(self) -> Self:
        if list(self.percents) != sorted(set(self.percents)):
            raise ValueError("percents rise, each stands once")
        return self

    @property
    def measured_within(self) -> timedelta:
        return timedelta(hours=self.measured_within_hours)


class Roaming(Strict):
    """What may be spent abroad in a period unless the customer set another limit."""

    limit_without_vat: Annotated[Money, PlainValidator(amount)]
    vat_percent: Annotated[StrictInt, Field(ge=0, le=50)]

    @cached_property
    def limit(self) -> Money:
        """With VAT, as spending is measured; rounded down, so that the law's limit is never passed."""
        return Money(self.limit_without_vat.cents * (100 + self.vat_percent) // 100)


class Policy(Strict):
    months_kept: MonthsKept
    months: MonthsLaid
    measured: Measurement
    warnings: Warnings
    roaming: Roaming


@lru_cache(maxsize=1)
def policy() -> Policy:
    return parse(tomllib.loads(FILE.read_text()))


def parse(written: dict[str, Any]) -> Policy:
    """A ValueError (pydantic's is one) says what is odd about it."""
    return Policy.model_validate(written)
