"""The text a person agrees to before signing: a TOML file for each version, beside this one.

Whoever agreed agreed to one version, so a file is never changed once it was in use.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, model_validator

FOLDER = Path(__file__).parent

Sentence = Annotated[StrictStr, Field(min_length=10, max_length=400)]


@dataclass(frozen=True, slots=True)
class Consent:
    """One version in one language. `statement`: the sentence beside the box to tick."""

    version: str
    title: str
    paragraphs: tuple[str, ...]
    statement: str


class Words(BaseModel):
    """The text in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Sentence
    paragraphs: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    statement: Sentence


class Version(BaseModel):
    """Both languages say the same, paragraph by paragraph."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[StrictInt, Field(ge=1)]
    sl: Words
    en: Words

    @model_validator(mode="after")
    def whole(self) -> Self:
        if len(self.sl.paragraphs) != len(self.en.paragraphs):
            raise ValueError("the languages have different numbers of paragraphs")
        return self

    def in_(self, language: str) -> Consent:
        words = self.en if language == "en" else self.sl
        return Consent(str(self.version), words.title, words.paragraphs, words.statement)


def current(language: str) -> Consent:
    """The newest version."""
    return max(versions().values(), key=lambda one: one.version).in_(language)


def version(name: str, language: str) -> Consent:
    """The one that was agreed to. A KeyError where there is no such version."""
    return versions()[name].in_(language)


@lru_cache(maxsize=1)
def versions() -> dict[str, Version]:
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def read(path: Path) -> Version:
    """A version from its file; a ValueError (pydantic's is one) says what is odd about it."""
    made = Version.model_validate(tomllib.loads(path.read_text()))
    if str(made.version) != path.stem:
        raise ValueError(f"{path.name} calls itself {made.version}")
    return made


versions()
