"""Values as the operator's systems write them: money, VAT, days, references, numbers. All of them are strings.

A JSON number is a float to many who write and read it, so money that comes as one is refused and not rounded.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.types import AwareDatetime
from pydantic_core import PydanticCustomError

from portal import phone, reference

MONEY = r"^-?(0|[1-9][0-9]{0,8})\.[0-9]{2}$"
PERCENT = r"^(0|[1-9][0-9]?)(\.[0-9])?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
NUMBER = r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,19}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9.:/_-]*$"
ACCOUNT_NUMBER = r"^[A-Za-z0-9-]{1,20}$"
LINE_NUMBER = r"^\+?[A-Za-z0-9-]{1,19}$"
REFERENCE = r"^SI12[0-7][0-9]{12}$"
NUMBER_CALLED = r"^\+?[0-9]{0,17}([0-9]{3}|\*{3})$"
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]+$"
"""Without control characters: PostgreSQL keeps no NUL, and a text on a page has no line breaks."""
IN_WORDS = {
    NUMBER: "the number is 1 to 20 letters (A to Z), digits and . / _ -, the first a letter or digit",
    NAME: "a name is letters (A to Z), digits and . : / _ -, the first a letter or digit",
    ACCOUNT_NUMBER: "the number is 1 to 20 letters (A to Z), digits and -",
    LINE_NUMBER: "a line is its E.164 number such as +38640000101, or its code of letters (A to Z), digits and -",
    REFERENCE: "the reference is SI12 and 13 digits without a space, of which the first is 0 to 7",
    NUMBER_CALLED: "the number is three digits or more, perhaps with + before them; the last three may be ***",
    ONE_LINE: "a text has no line break and no other control character",
}
"""What each pattern asks for, for whoever reads why a row was set aside."""

LARGEST = 2**53 - 1
"""Of a count: what every JSON library reads exactly."""

_MONEY, _PERCENT, _DAY, _MOMENT = (re.compile(pattern[:-1] + r"\Z") for pattern in (MONEY, PERCENT, DAY, MOMENT))


def no(kind: str, words: str) -> PydanticCustomError:
    return PydanticCustomError(kind, words)


def read_cents(written: Any) -> int:
    """`-5.00` → -500."""
    if type(written) is not str:
        raise no("money_is_a_string", 'money is a string with two decimals such as "34.99", never a number')
    if not _MONEY.match(written) or written == "-0.00":
        raise no("money", 'money is written with two decimals and a point such as "34.99" or "-5.00"')
    return int(written.replace(".", ""))


def read_tenths(written: Any) -> int:
    """`9.5` → 95."""
    if type(written) is not str or not _PERCENT.match(written):
        raise no("percent", 'the rate is a string such as "22", "9.5" or "0"')
    whole, _, tenth = written.partition(".")
    return int(whole) * 10 + int(tenth or 0)


def read_day(written: Any) -> date:
    if type(written) is str and _DAY.match(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass
    raise no("day", 'a day is a string such as "2026-11-28"')


def read_reference(written: str) -> str:
    if reference.read_si12(written) != written:
        raise no("reference", "the check digit of the reference is wrong")
    return written


def read_moment(written: Any) -> datetime:
    """In UTC. Pydantic itself would also take seconds since 1970."""
    if type(written) is str and _MOMENT.match(written):
        try:
            return datetime.fromisoformat(written).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise no("moment", 'a moment is a string with its offset such as "2026-11-03T18:20:00+01:00"')


def written(pattern: str, says: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": says, "examples": list(examples)})


Cents = Annotated[int, BeforeValidator(read_cents), written(MONEY, "Euro with VAT, always a string.", "34.99", "-5.00")]
Tenths = Annotated[int, BeforeValidator(read_tenths), written(PERCENT, "VAT in percent.", "22", "9.5", "5", "0")]
Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DAY, "description": "Of Europe/Ljubljana."}),
]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(read_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT}),
]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
LineNumber = Annotated[str, StringConstraints(pattern=LINE_NUMBER)]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE), AfterValidator(read_reference)]
OtherParty = Annotated[str, StringConstraints(pattern=NUMBER_CALLED), AfterValidator(phone.hide)]


def text(longest: int) -> Any:
    return StringConstraints(min_length=1, max_length=longest, pattern=ONE_LINE)


def name(longest: int) -> Any:
    return StringConstraints(max_length=longest, pattern=NAME)


class Part(BaseModel):
    """Strict: a string is no number, and what is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)
