"""One service as the catalogue has it: its words, its price, what it takes and what it needs. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictBool, StrictInt, StrictStr, model_validator

from portal.customers.tables import PackageKind
from portal.money import ZERO, Money
from portal.network.tables import Profile
from portal.services.tables import Billed

LONGEST_NAME, LONGEST_WORDS = 60, 400
LONGEST_COMMITMENT = 24
"""Months. Source: ZEKom-2, article 190 (Directive (EU) 2018/1972, article 105)."""


class Strict(BaseModel):
    """Nothing in a catalogue is ignored or guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def price(written: object) -> Money:
    if not isinstance(written, str) or not (money := Money.parse(written)).is_positive:
        raise ValueError('a price is a positive amount as a string, such as "3.90"')
    return money


Code = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Title = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_NAME)]
Sentences = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_WORDS)]
Price = Annotated[Money, PlainValidator(price)]
BarredService = Literal["voice_out", "voice_in", "sms_out", "data"]


class Name(Strict):
    """A short name in every language of the portal."""

    sl: Title
    en: Title

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.sl


class Words(Strict):
    """A few sentences in every language of the portal."""

    sl: Sentences
    en: Sentences

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.sl


class Group(StrEnum):
    """Under which heading a service stands."""

    CALLS = "calls"
    MESSAGES = "messages"
    DATA = "data"
    ABROAD = "abroad"
    SAFETY = "safety"
    INTERNET = "internet"
    TV = "tv"


class SettingKind(StrEnum):
    """What goes with «on»: nothing, a telephone number, how many, or one of the choices."""

    NONE = "none"
    PHONE = "phone"
    COUNT = "count"
    CHOICE = "choice"


class Choice(Strict):
    code: Code
    names: Annotated[Name, Field(alias="name")]

    def name(self, language: str) -> str:
        return self.names.in_(language)


class Service(Strict):
    """What can be switched on a line. `code` is the network's.

    `price`: with VAT, of one month or of one purchase. `needs`: what has to be on besides; `excludes`: what cannot be
    on besides. `barred_by`: while one of these is barred for debts it cannot be switched on; switching off, which
    limits cost, always stays possible. `is_charged_by_use`: what it opens costs by the price list. `step_up`: a code
    is entered anew before it is switched on. `most`: how many of a counted one. Commitment and equipment go with
    documents to sign. One that is no longer sold can only be switched off.
    """

    code: Code
    group: Group
    packages: Annotated[tuple[PackageKind, ...], Field(min_length=1)]
    names: Annotated[Name, Field(alias="name")]
    abouts: Annotated[Words, Field(alias="about")]
    billed: Billed = Billed.FREE
    price: Price = ZERO
    needs: tuple[Code, ...] = ()
    excludes: tuple[Code, ...] = ()
    barred_by: tuple[BarredService, ...] = ()
    setting: SettingKind = SettingKind.NONE
    choices: tuple[Choice, ...] = ()
    most: Annotated[StrictInt, Field(ge=1, le=99)] | None = None
    is_charged_by_use: StrictBool = False
    step_up: StrictBool = False
    needs_signature: StrictBool = False
    commitment_months: Annotated[StrictInt, Field(ge=1, le=LONGEST_COMMITMENT)] | None = None
    equipments: Annotated[Name | None, Field(alias="equipment")] = None
    is_sold: StrictBool = True

    @model_validator(mode="after")
    def whole(self) -> Self:
        faults = list(self.faults())
        if faults:
            raise ValueError(f"{self.code}: {'; '.join(faults)}")
        return self

    def faults(self) -> Iterator[str]:
        if self.is_paid != bool(self.price):
            yield "what is paid has a price, and what is free has none"
        if (self.setting == SettingKind.COUNT) != (self.most is not None):
            yield "what is counted says how many at most, and nothing else does"
        if (self.setting == SettingKind.COUNT) != (self.billed == Billed.ONCE):
            yield "what is bought each time is counted, and nothing else is"
        if (self.setting == SettingKind.CHOICE) != (len({one.code for one in self.choices}) > 1):
            yield "a choice is between two things at least, and stands where the setting is one"
        if len({one.code for one in self.choices}) < len(self.choices):
            yield "a choice stands twice"
        if (self.commitment_months or self.equipments) and not self.needs_signature:
            yield "commitment and equipment need a signature"

    def name(self, language: str) -> str:
        return self.names.in_(language)

    def about(self, language: str) -> str:
        return self.abouts.in_(language)

    def equipment(self, language: str) -> str | None:
        """What comes with it, such as a second set-top box; None where nothing does."""
        return self.equipments.in_(language) if self.equipments else None

    @property
    def is_paid(self) -> bool:
        return self.billed != Billed.FREE

    @property
    def is_counted(self) -> bool:
        """Bought one by one and used up, never switched off."""
        return self.setting == SettingKind.COUNT

    def is_barred(self, barred: Profile) -> bool:
        return any(getattr(barred, one) for one in self.barred_by)

    def choice(self, code: str | None) -> Choice | None:
        return next((one for one in self.choices if one.code == code), None)
