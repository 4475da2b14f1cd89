"""What the authority's tests ask with."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.settings import settings
from portal.signing.pki.authority import Pair, timestamper
from portal.signing.pki.ceremony import Ceremony
from tests.conftest import KEYS_MADE_ON

OpenSSL = Callable[..., str]


@pytest.fixture
def stamper() -> Pair:
    return timestamper(settings())


@pytest.fixture
def held(tmp_path: Path) -> Ceremony:
    """Keys of an operator's own, as `portal ca init` makes them."""
    made = Ceremony(tmp_path / "keys", b"a passphrase that opens these", "Operater, d. o. o.", "https://moj.test")
    made.hold(KEYS_MADE_ON)
    return made


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSSL:
    """Run it where the test's files are: what it said, whatever came of it."""

    def run(*arguments: str | Path) -> str:
        said = subprocess.run(
            ["openssl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20
        )
        return said.stdout + said.stderr

    return run
