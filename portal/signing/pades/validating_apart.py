"""Validating what strangers send: in a process of its own, without keys and secrets, which is stopped in time."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import TypeAdapter

from portal.settings import ROOT
from portal.signing.pades.trust import Trust
from portal.signing.pades.validating import trust_of
from portal.signing.pades.validation import Validation, Verdict
from portal.signing.pki.authority import authority

SECONDS = 20
"""What it may take in all; of CPU and memory it is given less (`judging_alone`)."""
VALIDATION = TypeAdapter(Validation)


async def validate_apart(pdf: bytes, at: datetime) -> Validation:
    """As `validate`. Whatever takes too much time or memory is unreadable. Takes about a second of CPU."""
    told = await answer(question(trust_of(authority()), at) + pdf)
    if not told:
        return Validation(Verdict.UNREADABLE, hashlib.sha256(pdf).digest(), reasons=("it took more than it may",))
    return VALIDATION.validate_json(told)


def question(trusted: Trust, at: datetime) -> bytes:
    """One line of JSON, before the file."""
    pem = [one.public_bytes(Encoding.PEM).decode() for one in (trusted.root, trusted.issuing, *trusted.stampers)]
    return json.dumps({"at": at.isoformat(), "certificates": pem}).encode() + b"\n"


async def answer(asked: bytes) -> bytes:
    """Empty when it was stopped or fell."""
    alone = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "portal.signing.pades.judging_alone",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={},
    )
    try:
        told, _ = await asyncio.wait_for(alone.communicate(asked), SECONDS)
    except TimeoutError:
        return b""
    finally:
        if alone.returncode is None:
            alone.kill()
            await alone.wait()
    return told if alone.returncode == 0 else b""
