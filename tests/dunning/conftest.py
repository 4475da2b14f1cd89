from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from portal.messaging import gateways
from portal.sandbox.mailbox import SandboxMailbox
from portal.sandbox.phone import SandboxPhone
from tests.people import NOON
from tests.surroundings import surroundings
from tests.world import Exchange, exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone", "world"]


@pytest.fixture
def world(database: str, phone: SandboxPhone, mailbox: SandboxMailbox, exchange: Exchange) -> Iterator[Exchange]:
    """An empty database, phones that say what arrived, mailboxes and the network, at the noon that stories begin."""
    gateways.use_sms(SandboxPhone(gives_receipts=True))
    with clock.stopped_at(NOON):
        yield exchange


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Iterator[Path]:
    """Where the receivers of debts look, on an empty database."""
    with surroundings(HANDOVER_DIR=str(tmp_path), DATABASE_URL=database):
        yield tmp_path
