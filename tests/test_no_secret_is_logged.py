"""Nothing that was issued or configured as a secret is ever written down, whatever fails and however much is logged."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

from portal.database import connection
from portal.settings import ROOT
from tests.payments.stand_in import free_port

SECRET_KEY = "a key that is long enough and is not to be seen"
PASSPHRASE = os.environ["SIGNING_KEYS_PASSPHRASE"]
PASSWORD, TOKEN, SMTP_PASSWORD = "gateway-password", "callback-token-of-tests", "smtp-p@ssword"


@pytest.mark.parametrize("way", ["json", "readable"])
async def test_no_code_password_or_token_is_written(database: str, way: str) -> None:
    issued, written = await asyncio.to_thread(talked, database, way)

    assert len(issued) >= 5
    assert all(words in written for words in ("answer lost", "job failed", "NotNullViolationError", "UndefinedError"))
    secrets = [*issued, PASSWORD, TOKEN, SMTP_PASSWORD, quote(SMTP_PASSWORD), SECRET_KEY, PASSPHRASE]
    assert [secret for secret in secrets if secret in written] == []
    assert await in_the_queue(issued) == []


def talked(database: str, way: str) -> tuple[list[str], str]:
    """The codes that were issued, and all that was logged meanwhile."""
    own = {
        "DATABASE_URL": database,
        "PORTAL_SECRET_KEY": SECRET_KEY,
        "SMS_GATEWAY_URL": f"http://127.0.0.1:{free_port()}",
        "SMS_GATEWAY_USER": "moj",
        "SMS_GATEWAY_PASSWORD": PASSWORD,
        "SMS_CALLBACK_TOKEN": TOKEN,
        "SMTP_URL": f"smtp://moj:{quote(SMTP_PASSWORD)}@127.0.0.1:1?starttls=off",
        "MAIL_FROM": "moj@example.si",
    }
    command = [sys.executable, "-m", "tests.talkative", way]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split(), ended.stderr


async def in_the_queue(issued: list[str]) -> list[str]:
    """Of the codes, those that the queue wrote down with a failure."""
    async with connection() as connected:
        kept = await connected.fetchval("SELECT string_agg(traceback::text, ' ') FROM pgqueuer_log")
    return [code for code in issued if code in kept]
