"""Collections policies: the ladder's steps, their days, notices and fees, read from versioned files, checked at load.

A case keeps the version it began on, so a file is never changed once it was in use: a change is a new edition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictBool, StrictInt, StrictStr, model_validator

from portal import phone
from portal.billing.tables import ChargeKind
from portal.customers.tables import CustomerKind, LineKind, PackageKind
from portal.dunning.policy_faults import faults_of
from portal.messaging.tables import Channel
from portal.money import Money
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED, Profile

BARS = {"outgoing": OUTGOING_BARRED, "all": ALL_BARRED}
LONGEST_MONTH_DAY = 28
PROOF_WORKING_DAYS = 5


class Strict(BaseModel):
    """Nothing in a policy is ignored or guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def bar(name: object) -> Profile:
    if not isinstance(name, str) or name not in BARS:
        raise ValueError(f"a bar is one of {', '.join(BARS)}: emergency and help numbers cannot be barred")
    return BARS[name]


def amount(written: object) -> Money:
    if not isinstance(written, str) or not (money := Money.parse(written)).is_positive:
        raise ValueError('money is a positive amount as a string, such as "7.99"')
    return money


def help_number(written: object) -> str:
    """Whether an emergency number can be called is never the operator's to say, so no policy may name one."""
    if not isinstance(written, str) or phone.is_emergency(written) or phone.read(written) is None:
        raise ValueError(f"{written} is no help number")
    return written


Name = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Days = Annotated[StrictInt, Field(ge=1, le=365)]
Amount = Annotated[Money, PlainValidator(amount)]
HelpNumber = Annotated[str, PlainValidator(help_number)]

ISSUE, DUE = "issue", "due"


class At(Strict):
    """The day of a step: so many days after another day, or the day after the next such day of a month.

    `after` is the bill's `issue` or `due` day, or an earlier step; of a notice its last day counts.
    """

    after: Name
    days: Days | None = None
    past_day_of_month: Annotated[StrictInt, Field(ge=1, le=LONGEST_MONTH_DAY)] | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if (self.days is None) == (self.past_day_of_month is None):
            raise ValueError("a step is taken after some days or past a day of the month: one of the two")
        return self

    def day(self, base: date) -> date:
        if self.days is not None:
            return base + timedelta(days=self.days)
        assert self.past_day_of_month is not None
        month = base.year * 12 + base.month - 1 + (base.day > self.past_day_of_month)
        return date(month // 12, month % 12 + 1, self.past_day_of_month) + timedelta(days=1)


class HandOverTo(StrEnum):
    AGENCY = "agency"
    ENFORCEMENT = "enforcement"


class Step(Strict):
    """One rung: what is told, what is barred, what a reconnection costs from then on, how the contract ends.

    `tells`: a template for each channel. The SMS goes where the policy's `sms_to` says; the letter where no SMS goes;
    the e-mail besides. `gives_days`: it is a notice, and so many days are left to pay from its delivery on;
    `ends_on_working_day`: the last of them is never a day off. `requires`: what has to be delivered before, with its
    last day passed. `apart`: so many days at least lie between the step before and this one. `suspension`: its
    rank among the bars.
    """

    name: Name
    at: At
    apart: Days = 1
    requires: Name | None = None
    tells: dict[Channel, Name] = {}
    gives_days: Days | None = None
    ends_on_working_day: StrictBool = False
    suspension: Annotated[StrictInt, Field(ge=1, le=3)] | None = None
    bars: dict[LineKind, Annotated[Profile, PlainValidator(bar)]] = {}
    fees: tuple[ChargeKind, ...] = ()
    terminates: StrictBool = False
    hands_over_to: HandOverTo | None = None

    @model_validator(mode="after")
    def whole(self) -> Self:
        faults = list(self.faults())
        if faults:
            raise ValueError(f"{self.name}: {'; '.join(faults)}")
        return self

    def faults(self) -> Iterator[str]:
        if bool(self.bars) != (self.suspension is not None):
            yield "bars and suspension stand together"
        if self.bars and self.requires is None:
            yield "it bars without a notice before it"
        if self.terminates and self.requires is None:
            yield "it ends the contract without a notice before it"
        if self.gives_days is not None and not self.tells:
            yield "it gives days and tells nobody"
        if not (self.tells or self.bars or self.terminates or self.hands_over_to):
            yield "it does nothing"
        if len(set(self.fees)) != len(self.fees):
            yield "it names a fee twice"
        if self.fees and not self.bars:
            yield "only a bar has the fees of a reconnection"


@dataclass(frozen=True, slots=True)
class Fee:
    kind: ChargeKind
    amount: Money


@dataclass(frozen=True, slots=True)
class Avoidable:
    """A fee that does not arise if everything overdue is paid by `last_day`."""

    fee: Money
    last_day: date


class Caps(Strict):
    """The most that one fee, and a whole episode, may cost."""

    fee: Amount
    episode: Amount


class DeferralTerms(Strict):
    """When a suspension may be put off, for how long and at what price. Source: izklop-storitev.txt, III."""

    after: Name
    days: Days
    fee: ChargeKind = ChargeKind.DEFERRAL
    not_within_days: Days
    paid_bills: Annotated[StrictInt, Field(ge=0, le=100)]


class SmsTo(StrEnum):
    """Whom notices reach by SMS: anybody with a number, or only who has a mobile line with us too."""

    ANYBODY = "anybody"
    MOBILE_SUBSCRIBERS = "mobile_subscribers"


class Policy(Strict):
    """How non-payment goes on for some kinds of package and of customer, for cases that open from a day on.

    `longest_agreed_days`: for how long at most an adviser may agree to put a suspension off; None: not at all.
    `letter_after_days`: when a notice by SMS has no receipt for so long, it goes by post. `post_days`: so long after
    it was posted a letter counts as delivered. `proof_working_days`: so long an accepted proof of payment holds
    everything; a transfer, a day off and a bank's mistake fit in.
    """

    name: Annotated[StrictStr, Field(pattern=r"^[a-z-]+$", max_length=30)]
    edition: Annotated[StrictInt, Field(ge=1)]
    applies_from: date
    packages: Annotated[tuple[PackageKind, ...], Field(min_length=1)]
    customers: Annotated[tuple[CustomerKind, ...], Field(min_length=1)]
    help_numbers: Annotated[tuple[HelpNumber, ...], Field(min_length=2)]
    sms_to: SmsTo = SmsTo.ANYBODY
    letter_after_days: Days = 2
    post_days: Days = 3
    proof_working_days: Days = PROOF_WORKING_DAYS
    longest_agreed_days: Days | None = None
    fees: dict[ChargeKind, Amount]
    caps: Caps
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    deferral: DeferralTerms | None = None

    @model_validator(mode="after")
    def whole(self) -> Self:
        faults = list(faults_of(self))
        if faults:
            raise ValueError(f"{self.version}: {'; '.join(faults)}")
        return self

    @property
    def version(self) -> str:
        return f"{self.name}-{self.edition}"

    def applies_to(self, package: PackageKind, customer: CustomerKind, day: date) -> bool:
        return package in self.packages and customer in self.customers and self.applies_from <= day

    def step(self, name: str) -> Step:
        """A KeyError for a step that the policy does not have."""
        return {step.name: step for step in self.steps}[name]

    @property
    def suspensions(self) -> tuple[Step, ...]:
        """The steps that bar, in order."""
        return tuple(step for step in self.steps if step.suspension)

    def suspension(self, rank: int) -> Step:
        """A KeyError for a rank that these packages do not have."""
        return {step.suspension: step for step in self.suspensions}[rank]

    @property
    def termination(self) -> Step | None:
        return next((step for step in self.steps if step.terminates), None)

    def waits_for(self, step: Step) -> bool:
        """Whether a later step requires that what this one tells was delivered."""
        return any(later.requires == step.name for later in self.steps)

    def fees_of(self, step: Step) -> tuple[Fee, ...]:
        """What a reconnection costs from a step on, item by item."""
        return tuple(Fee(kind, self.fees[kind]) for kind in step.fees)

    def cost(self, step: Step) -> Money:
        return Money.sum(fee.amount for fee in self.fees_of(step))
