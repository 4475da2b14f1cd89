"""Real PostgreSQL, made by the migrations, one database a test process, emptied before each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

os.environ.update(
    LETTERS_DIR=tempfile.mkdtemp(prefix="portal-letters-"),
    HANDOVER_DIR=tempfile.mkdtemp(prefix="portal-handover-"),
    PROOFS_DIR=tempfile.mkdtemp(prefix="portal-proofs-"),
    SIGNING_KEYS_DIR=tempfile.mkdtemp(prefix="portal-signing-"),
    SIGNING_KEYS_PASSPHRASE="a passphrase for tests only",
    PORTAL_URL="https://moj.test",
    PORTAL_SECRET_KEY="a key for tests only, long enough to pass",
    PORTAL_SANDBOX="0",
    STRIPE_API_KEY="sk_test_moj",
    STRIPE_WEBHOOK_SECRET="whsec_moj",
    STRIPE_TEST_ALLOWED="1",
)

import pytest
import pytest_asyncio

from portal.database import connection, open_database
from portal.embedded import embedded_url
from portal.migrating import migrate
from portal.settings import ROOT
from portal.signing.pki.ceremony import Ceremony
from tests.visiting import Visitor, portal_app

KEYS_MADE_ON = datetime(2026, 1, 1, tzinfo=UTC)
POSTGRES = ROOT / "var" / "test-postgres"


def pytest_sessionfinish() -> None:
    for folder in ("LETTERS_DIR", "HANDOVER_DIR", "PROOFS_DIR", "SIGNING_KEYS_DIR"):
        shutil.rmtree(os.environ[folder], ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def signing_keys() -> Path:
    """Made once, in a quarter of a second, before any day that a test lives in."""
    folder, passphrase = Path(os.environ["SIGNING_KEYS_DIR"]), os.environ["SIGNING_KEYS_PASSPHRASE"]
    Ceremony(folder, passphrase.encode(), "Moj A1", "https://moj.test", is_demo=True).hold(KEYS_MADE_ON)
    return folder


@pytest.fixture(scope="session")
def database_url() -> str:
    return embedded_url(POSTGRES, os.environ.get("TEST_DATABASE", "test"))


@pytest_asyncio.fixture(scope="session")
async def migrated(database_url: str) -> AsyncIterator[str]:
    """The test database, laid by the migrations alone."""
    async with open_database(database_url, 8):
        async with connection() as connected:
            await connected.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS sandbox CASCADE"
            )
        await migrate()
        yield database_url


@pytest_asyncio.fixture
async def database(migrated: str) -> str:
    """Every table empty."""
    async with connection() as connected, connected.transaction():
        # Row by row where there are any, without asking of each who refers to it: to truncate them all takes a hundred
        # times as long, because each gets new files.
        await connected.execute("SET LOCAL session_replication_role = replica")
        names = await connected.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " JOIN pg_class ON pg_class.oid = format('%I.%I', schemaname, tablename)::regclass"
            " WHERE schemaname IN ('public', 'sandbox') AND tablename <> 'migration'"
            " AND relkind <> 'p' AND pg_relation_size(pg_class.oid) > 0"
        )
        for row in names:
            await connected.execute(f"DELETE FROM {row['name']}")
    return migrated


@pytest_asyncio.fixture
async def visit(database: str) -> AsyncIterator[Visitor]:
    """A browser without JavaScript that nobody signed in with."""
    async with Visitor(portal_app()) as visitor:
        yield visitor


@pytest.fixture
def environment() -> dict[str, str]:
    """The demo on a database of the tests' own."""
    url = embedded_url(POSTGRES, f"{os.environ.get('TEST_DATABASE', 'test')}_demo")
    kept = {name: value for name, value in os.environ.items() if name not in ("PORTAL_URL", "STRIPE_API_BASE")}
    return kept | {"PORTAL_SANDBOX": "1", "DATABASE_URL": url}
