"""The policies there are: a TOML file for each edition, beside this one."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.customers.tables import CustomerKind, PackageKind
from portal.dunning.policy import Policy

FOLDER = Path(__file__).parent


def policy_for(package: PackageKind, customer: CustomerKind, day: date) -> Policy:
    """The newest edition that applies to a case opened on `day`."""
    return max(
        (policy for policy in policies().values() if policy.applies_to(package, customer, day)),
        key=lambda policy: (policy.applies_from, policy.edition),
    )


def policy_named(version: str) -> Policy:
    """The one that a case began on. A KeyError where there is no such edition."""
    return policies()[version]


@lru_cache(maxsize=1)
def policies() -> dict[str, Policy]:
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def read(path: Path) -> Policy:
    """A policy from its file; a ValueError (pydantic's is one) says what is odd about it."""
    return parse(path.stem, tomllib.loads(path.read_text()))


def parse(stem: str, written: dict[str, Any]) -> Policy:
    policy = Policy.model_validate(written)
    if policy.version != stem:
        raise ValueError(f"{stem}.toml calls itself {policy.version}")
    return policy
