"""What the operator's systems measure, a line each of NDJSON: the format of docs/usage.md, and its schema's source."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from portal.customers.quantities import AllowanceKind, CallKind
from portal.ndjson.values import Cents, Count, Day, LineNumber, Moment, OtherParty, Part, name, text, written

SMALLINT = 2**15 - 1
Name = Annotated[str, text(80)]
Amount = Annotated[
    Cents, Field(ge=0), written(r"^(0|[1-9][0-9]{0,8})\.[0-9]{2}$", "Euro with VAT, always a string.", "0.36")
]


class Measurement(Part):
    """`sequence`: the place among all that the source gave out."""

    source: Annotated[str, name(20)] = Field(description="The system that measured.")
    sequence: Count
    line: LineNumber = Field(description="E.164 number or code of a line.")


class Period(Measurement):
    """Of a period so far. The one measured last counts; of two measured at once that with the higher sequence."""

    period_from: Day
    period_to: Day
    measured_at: Moment


class Allowance(Period):
    """What was used of what is included: calls in seconds, messages in messages, data in bytes."""

    type: Literal["allowance"]
    code: Annotated[str, name(40)]
    kind: AllowanceKind
    name_sl: Name | None = None
    name_en: Name | None = None
    used: Count = Field(description="By all who share it.")
    included: Count | None = Field(default=None, description="Left out: without a limit.")
    shared_by: Annotated[int, Field(ge=1, le=SMALLINT)] | None = Field(
        default=None, description="So many lines use it together; left out: this one alone."
    )
    own_used: Count | None = Field(default=None, description="By this line, of what is shared.")


class Spending(Period):
    """What was spent beyond the package."""

    type: Literal["spending"]
    spent: Amount
    roaming: Amount = Field(default=0, description="Of that, abroad.")


class Record(Measurement):
    """A call, message or connection. The one with the higher sequence corrects the other, or takes it back.

    The portal does not keep the last three digits of the other number.
    """

    type: Literal["record"]
    record: Annotated[str, name(40)] = Field(description="Its name, which the source gives to no other of that moment.")
    kind: CallKind
    began_at: Moment
    other_party: OtherParty | None = None
    place: Annotated[str, text(60)] | None = Field(default=None, description="Network or country.")
    quantity: Count = Field(description="Seconds, messages or bytes.")
    amount: Amount = 0
    abroad: bool = False
    taken_back: bool = Field(default=False, description="true: it never was.")


Row = Allowance | Spending | Record
TYPES: tuple[type[Row], ...] = (Allowance, Spending, Record)
ROW: TypeAdapter[Row] = TypeAdapter(Annotated[Row, Field(discriminator="type")])


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. Days in their order, what belongs together and what exists are beyond it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A row for `portal usage import`: one a line",
        **ROW.json_schema(),
    }
