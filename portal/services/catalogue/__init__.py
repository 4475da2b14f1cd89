"""The services there are, on which terms: a TOML file for each edition, beside this one.

What was asked for keeps the edition whose terms were shown, so a file is never changed once it was in use.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

from portal.services.catalogue.edition import Catalogue
from portal.services.catalogue.service import Choice, Group, Service, SettingKind

__all__ = ["Catalogue", "Choice", "Group", "Service", "SettingKind", "current", "edition", "editions", "read"]

FOLDER = Path(__file__).parent


def current(today: date) -> Catalogue:
    """The newest edition that applies on a day."""
    return max((one for one in editions().values() if one.applies_from <= today), key=lambda one: one.newness)


def edition(name: str) -> Catalogue:
    """The one whose terms were shown. A KeyError where there is no such edition."""
    return editions()[name]


@lru_cache(maxsize=1)
def editions() -> dict[str, Catalogue]:
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def read(path: Path) -> Catalogue:
    """An edition from its file; a ValueError (pydantic's is one) says what is odd about it."""
    made = Catalogue.model_validate(tomllib.loads(path.read_text()))
    if made.name != path.stem:
        raise ValueError(f"{path.name} calls itself {made.name}")
    return made
