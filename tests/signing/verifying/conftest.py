"""A signed copy as the portal makes it."""

from __future__ import annotations

from tests.signing.pades.conftest import ana_signs, copy, paper, shared_timestamper, signed

__all__ = ["ana_signs", "copy", "paper", "shared_timestamper", "signed"]
