"""The general terms: read from templates/documents/terms.toml, which each operator replaces by its own."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from portal.settings import settings
from portal.signing.papers.blocks import Section, paragraph, section
from portal.signing.papers.ordered import Ordered
from portal.web.templating import TEMPLATES, unbroken

FILE = TEMPLATES / "documents" / "terms.toml"


class Strict(BaseModel):
    """Nothing in the file is ignored or guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """In every language of the portal. `%(operator)s`, `%(care)s` and `%(portal)s` are filled."""

    sl: Annotated[StrictStr, Field(min_length=1)]
    en: Annotated[StrictStr, Field(min_length=1)]

    def in_(self, language: str) -> str:
        ours = settings()
        care = unbroken(ours.portal_care_number)
        written = self.en if language == "en" else self.sl
        return written % {"operator": ours.payee, "care": care, "portal": ours.address}


class Part(Strict):
    heading: Words
    paragraphs: Annotated[tuple[Words, ...], Field(min_length=1)]


class GeneralTerms(Strict):
    """`edition`: printed on them, and kept with each document. `opening`: what stands before the first part."""

    edition: Annotated[StrictStr, Field(min_length=1, max_length=20)]
    opening: Words | None = None
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


@cache
def general_terms() -> GeneralTerms:
    """Raises ValueError (pydantic's is one) for what is odd about the file."""
    return GeneralTerms.model_validate(tomllib.loads(FILE.read_text()))


def opening(its: Ordered) -> list[str]:
    first = general_terms().opening
    return [first.in_(its.language)] if first else []


def sections(its: Ordered) -> list[Section | None]:
    language = its.language
    return [
        section(part.heading.in_(language), *(paragraph(words.in_(language)) for words in part.paragraphs))
        for part in general_terms().parts
    ]
