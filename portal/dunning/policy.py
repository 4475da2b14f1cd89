"""Collections policies: the ladder's steps, their days and fees, read from versioned files and checked at load.

A suspension keeps the version it began on, so a file is never changed once it was in use: a change is a new edition.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictInt, model_validator

from portal.billing.tables import ChargeKind
from portal.customers.tables import LineKind, PackageKind
from portal.money import ZERO, Money
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED, Profile

FOLDER = Path(__file__).parent / "policies"
BARS = {"outgoing": OUTGOING_BARRED, "all": ALL_BARRED}


class Strict(BaseModel):
    """Nothing in a policy is ignored or guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def bar(name: object) -> Profile:
    if not isinstance(name, str) or name not in BARS:
        raise ValueError(f"a bar is one of {', '.join(BARS)}")
    return BARS[name]


def fee(amount: object) -> Money:
    if not isinstance(amount, str) or not (money := Money.parse(amount)).is_positive:
        raise ValueError('a fee is a positive amount as a string, such as "7.99"')
    return money


Days = Annotated[StrictInt, Field(ge=1, le=365)]


class After(StrEnum):
    """What a step's day is counted from: the last day of the notice, or the issue of the unpaid bill."""

    NOTICE = "notice"
    ISSUE = "issue"


class ToldBy(StrEnum):
    SMS = "sms"
    LETTER = "letter"


class Step(Strict):
    """One suspension of the ladder: what it bars on each kind of line, and what a reconnection costs from then on."""

    number: Annotated[StrictInt, Field(ge=1, le=3)]
    after: After
    days: Days | None = None
    told_by: ToldBy
    bars: Annotated[dict[LineKind, Annotated[Profile, PlainValidator(bar)]], Field(min_length=1)]
    fees: Annotated[tuple[ChargeKind, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def whole(self) -> Self:
        if (self.days is None) == (self.after is After.ISSUE):
            raise ValueError(f"step {self.number}: days stand with after = issue, and only there")
        if len(set(self.fees)) != len(self.fees):
            raise ValueError(f"step {self.number} names a fee twice")
        return self

    @property
    def is_final(self) -> bool:
        """The final suspension: its notice tells that the contract ends next."""
        return ChargeKind.FINAL_SUSPENSION in self.fees

    def day(self, issued_on: date) -> date | None:
        """The day it is taken: the bill has then stood for so many days. None: it follows from a notice."""
        return issued_on + timedelta(days=self.days) if self.days else None


@dataclass(frozen=True, slots=True)
class Fee:
    kind: ChargeKind
    amount: Money


@dataclass(frozen=True, slots=True)
class Avoidable:
    """A fee that does not arise if everything overdue is paid by `last_day`."""

    fee: Money
    last_day: date


class Policy(Strict):
    """How non-payment goes on for some kinds of package."""

    name: Annotated[str, Field(pattern=r"^[a-z-]+$")]
    edition: Annotated[StrictInt, Field(ge=1)]
    packages: Annotated[tuple[PackageKind, ...], Field(min_length=1)]
    help_numbers: Annotated[tuple[str, ...], Field(min_length=1)]
    fees: dict[ChargeKind, Annotated[Money, PlainValidator(fee)]]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    pre_suspension_days: Days | None = None
    termination_days: Days | None = None

    @model_validator(mode="after")
    def whole(self) -> Self:
        faults = list(self.faults())
        if faults:
            raise ValueError(f"{self.version}: {'; '.join(faults)}")
        return self

    def faults(self) -> Iterator[str]:
        numbers = [step.number for step in self.steps]
        if numbers != sorted(set(numbers)):
            yield "steps are numbered upwards, each once"
        days = [step.days for step in self.steps if step.days]
        if days != sorted(set(days)):
            yield "each step is later than the one before"
        if any(step.is_final for step in self.steps[:-1]):
            yield "nothing comes after the final suspension but the end of the contract"
        if self.steps[-1].is_final and self.termination_days is None:
            yield "a final suspension needs termination_days"
        unknown = {kind for step in self.steps for kind in step.fees} - set(self.fees)
        if unknown:
            yield f"a step names fees that have no amount: {', '.join(sorted(unknown))}"

    @property
    def version(self) -> str:
        return f"{self.name}-{self.edition}"

    @classmethod
    def named(cls, version: str) -> Policy:
        """The policy that a notice or a suspension began on."""
        return policies()[version]

    def step(self, number: int) -> Step:
        """A KeyError for a step that these packages do not have."""
        return {step.number: step for step in self.steps}[number]

    def step_after(self, number: int) -> Step | None:
        return next((step for step in self.steps if step.number > number), None)

    def fees_at(self, number: int) -> tuple[Fee, ...]:
        """What a reconnection costs from a step on, item by item."""
        return tuple(Fee(kind, self.fees[kind]) for kind in self.step(number).fees)

    def fee_at(self, number: int) -> Money:
        return Money.sum(fee.amount for fee in self.fees_at(number))

    def added_by(self, step: Step) -> Money:
        """By how much a step makes the reconnection dearer than the step before it."""
        before = [earlier.number for earlier in self.steps if earlier.number < step.number]
        return self.fee_at(step.number) - (self.fee_at(before[-1]) if before else ZERO)

    def avoidable_at(self, number: int, issued_on: date, today: date) -> Avoidable | None:
        """What the step after this one adds, and the last day before it; None once that day has passed."""
        following = self.step_after(number)
        on = following.day(issued_on) if following else None
        if following is None or on is None or on <= today:
            return None
        return Avoidable(self.added_by(following), on - timedelta(days=1))

    def termination_at(self, number: int, issued_on: date, since: date) -> date | None:
        """The day the contract ends, counted from the last step, and never from before that step was possible."""
        if self.termination_days is None or self.step_after(number) is not None:
            return None
        began = max(since, self.step(number).day(issued_on) or since)
        return began + timedelta(days=self.termination_days)


def policy_for(kind: PackageKind) -> Policy:
    """The newest edition for a kind of package."""
    return max((policy for policy in policies().values() if kind in policy.packages), key=lambda p: p.edition)


@lru_cache(maxsize=1)
def policies() -> dict[str, Policy]:
    return {path.stem: read(path.stem, tomllib.loads(path.read_text())) for path in sorted(FOLDER.glob("*.toml"))}


def read(stem: str, written: dict[str, Any]) -> Policy:
    policy = Policy.model_validate(written)
    if policy.version != stem:
        raise ValueError(f"{stem}.toml calls itself {policy.version}")
    return policy
