"""The terms of use that who registers accepts, in the languages of the portal."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("terms.toml")


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    paragraphs: list[str] = Field(min_length=1)


class Terms(BaseModel):
    """`version`: kept with each registration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(pattern=r"^20\d\d-\d\d[a-z]?$")
    sl: Words
    en: Words

    def paragraphs(self, language: str) -> list[str]:
        return (self.en if language == "en" else self.sl).paragraphs


@cache
def current() -> Terms:
    return Terms.model_validate(tomllib.loads(FILE.read_text()))
