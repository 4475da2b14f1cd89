"""What is measured on: 10,000 customers with 36 bills each in a database of its own, and signed-in browsers."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from portal.cli.demo import private_folder, secret_key
from portal.database import connection, open_database
from portal.embedded import embedded_url
from portal.migrating import migrate
from portal.settings import ROOT
from portal.web import tokens

CUSTOMERS = 10_000
BROWSERS = 200
PORT = 8790
KEPT = ROOT / "var" / "bench-postgres"


def set_environment(port: int) -> None:
    os.environ |= {
        "XDG_RUNTIME_DIR": str(private_folder("run")),
        "PORTAL_EMBEDDED_STOP": "1",
        "PORTAL_SANDBOX": "0",
        "PORTAL_URL": f"https://127.0.0.1:{port}",
        "PORTAL_SECRET_KEY": secret_key(),
        "STRIPE_API_KEY": "sk_test_bench",
        "STRIPE_TEST_ALLOWED": "1",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
    }
    os.environ["DATABASE_URL"] = embedded_url(KEPT, "bench")


async def lay() -> list[str]:
    """Tables, customers and sessions. Returns the sessions' tokens."""
    from portal.cli.seeding import add_crowd

    async with open_database(os.environ["DATABASE_URL"], 2):
        await migrate()
        await add_crowd(CUSTOMERS)
        return await sign_in()


async def sign_in() -> list[str]:
    """Each browser is another customer's, so that no page is any other's."""
    made = [tokens.new_token() for _ in range(BROWSERS)]
    now = datetime.now(UTC)
    async with connection() as connected:
        await connected.execute("TRUNCATE sessions")
        await connected.execute(SIGN_IN, [tokens.hashed(token) for token in made], now, now + timedelta(hours=12))
    return made


SIGN_IN = """
    WITH browsers AS (
        SELECT token, l.id AS login FROM unnest($1::bytea[]) WITH ORDINALITY AS t (token, n)
        JOIN (SELECT id, row_number() OVER (ORDER BY contact_number) * 37 AS n FROM logins) l ON l.n / 37 = t.n
    ), devices AS (
        INSERT INTO devices (token_hash, login, label, created_at, seen_at)
        SELECT token, login, 'bench', $2, $2 FROM browsers
        ON CONFLICT (token_hash) DO NOTHING RETURNING id, login
    )
    INSERT INTO sessions (token_hash, login, device, is_remembered, address, created_at, seen_at, idle_ends_at, ends_at)
    SELECT b.token, b.login, d.id, false, '127.0.0.1', $2, $2, $3, $3
    FROM browsers b JOIN devices d ON d.login = b.login
"""
