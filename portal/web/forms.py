"""Strict forms: unknown or doubled fields are refused, everything else is answered field by field in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from portal.refusals import N_
from portal.web import csrf
from portal.web.requests import PortalRequest, UnreadableForm

F = TypeVar("F", bound="Form")

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]


class Form(BaseModel):
    """What one form may send. Field types read strings strictly: no signs, exponents or endless digits."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Filled(Generic[F]):
    """A form as it was filled in: either `form`, or `errors` by field; `typed` is what stands in the fields."""

    form: F | None
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def with_error(self, name: str, message: str) -> Filled[F]:
        """The same form with one more thing to mend, found by the business."""
        return Filled(None, self.typed, {**self.errors, name: message})


def wrong(message: str) -> PydanticCustomError:
    """What a field's validator raises: an English msgid, shown to the customer in their language."""
    return PydanticCustomError("portal", message)


async def fill(request: PortalRequest, form: type[F]) -> Filled[F]:
    """Read the request's fields into `form`. A field named in its `lists` may stand several times."""
    typed: dict[str, str | list[str]] = {}
    lists = getattr(form, "lists", frozenset[str]())
    for name, value in await request.fields():
        if name == csrf.FIELD:
            continue
        if name in lists:
            typed.setdefault(name, []).append(value)  # type: ignore[union-attr]
        elif name in typed or name not in form.model_fields:
            raise UnreadableForm
        else:
            typed[name] = value
    shown = {name: value for name, value in typed.items() if isinstance(value, str)}
    try:
        return Filled(form.model_validate(typed), shown)
    except ValidationError as invalid:
        return Filled(None, shown, errors_of(invalid))


def errors_of(invalid: ValidationError) -> dict[str, str]:
    """One sentence a field, in the fields' order: ours where we wrote one, else a plain request to fill it in again."""
    errors: dict[str, str] = {}
    for error in invalid.errors():
        sentence = error["msg"] if error["type"] == "portal" else N_("Please check this field.")
        errors.setdefault(str(error["loc"][0]), sentence)
    return errors
