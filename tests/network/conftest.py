from __future__ import annotations

from tests.world import exchange

__all__ = ["exchange"]
