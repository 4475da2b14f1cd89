from __future__ import annotations

from tests.world import phone

__all__ = ["phone"]
