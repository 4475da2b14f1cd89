"""An edition of the catalogue: its services, and the words for what the network refuses."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from portal.network.lines import LineSeen
from portal.services.catalogue.edition_faults import faults_of
from portal.services.catalogue.service import Code, Service, Strict, Words

OTHER = "other"
"""The reason told where the network's code has no words of its own."""


class Catalogue(Strict):
    """`refusals`: by the network's code, and by the portal's own for what has changed before a planned day."""

    edition: Annotated[StrictInt, Field(ge=1)]
    applies_from: date
    refusals: dict[Code, Words]
    services: Annotated[tuple[Service, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def whole(self) -> Self:
        faults = list(faults_of(self.services, set(self.refusals)))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def name(self) -> str:
        return str(self.edition)

    @property
    def newness(self) -> tuple[date, int]:
        return self.applies_from, self.edition

    @cached_property
    def by_code(self) -> dict[str, Service]:
        return {service.code: service for service in self.services}

    def of_line(self, line: LineSeen) -> list[Service]:
        """What can be had with the line's package, in the order of the catalogue."""
        return [service for service in self.services if line.package_kind in service.packages]

    def why(self, code: str | None, language: str) -> str:
        """Why something was refused, and that nothing is charged, in the customer's words."""
        return self.refusals.get(code or OTHER, self.refusals[OTHER]).in_(language)
