from __future__ import annotations

import pytest

from portal.sandbox.phone import SandboxPhone
from tests.world import Exchange, exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone", "world"]


@pytest.fixture
def world(database: str, phone: SandboxPhone, exchange: Exchange) -> Exchange:
    """An empty database, phones and the network."""
    return exchange
