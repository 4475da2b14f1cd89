"""The demo's time stamps: openssl believes them, a moved clock moves them, and they can be made to fail."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp

from portal import clock
from portal.clock import stopped_at
from portal.sandbox.tables import prepare
from portal.sandbox.tsa import manners, pages
from portal.sandbox.tsa.manners import Manner
from portal.signing.pki.oids import TIMESTAMP_POLICY
from tests.people import NOON
from tests.visiting import Visitor

ASKING = {"content-type": "application/timestamp-query"}
DIGEST = hashlib.sha256(b"a contract").digest()


def query(**changed: Any) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    asked = {"version": 1, "message_imprint": imprint, "nonce": 4711, "cert_req": True}
    return bytes(tsp.TimeStampReq(asked | changed).dump())


async def ask(sandbox: Visitor, der: bytes) -> Any:
    """The answer as asn1crypto reads it, with its status checked to be 200."""
    sent = await sandbox.client.post("/sandbox/tsa", content=der, headers=ASKING)
    assert sent.status_code == 200
    assert sent.headers["content-type"] == "application/timestamp-reply"
    return tsp.TimeStampResp.load(sent.content)


def told(answer: Any) -> Any:
    return answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed


@pytest.fixture
async def stamping(sandbox: Visitor) -> Visitor:
    await prepare()
    return sandbox


async def test_a_stamp_says_what_was_asked_and_when(stamping: Visitor) -> None:
    with stopped_at(NOON):
        info = told(await ask(stamping, query())).native

    assert info["message_imprint"]["hashed_message"] == DIGEST
    assert info["nonce"] == 4711
    assert info["gen_time"] == NOON
    assert info["policy"] == TIMESTAMP_POLICY
    assert info["accuracy"]["seconds"] == 1


async def test_serial_numbers_are_never_the_same(stamping: Visitor) -> None:
    serials = {told(await ask(stamping, query()))["serial_number"].native for _ in range(10)}

    assert len(serials) == 10


async def test_the_stamp_follows_the_demo_s_clock(stamping: Visitor) -> None:
    with stopped_at(clock.now() + timedelta(days=200)):
        expected = clock.now().replace(microsecond=0)
        info = told(await ask(stamping, query()))

    assert info["gen_time"].native == expected


@pytest.mark.parametrize("algorithm", ["-sha256", "-sha384", "-sha512"])
async def test_openssl_believes_it(stamping: Visitor, signing_keys: Path, tmp_path: Path, algorithm: str) -> None:
    (tmp_path / "contract").write_bytes(b"a contract")
    openssl(tmp_path, "-query", "-data", "contract", algorithm, "-cert", "-out", "asked.tsq")
    with stopped_at(NOON):
        sent = await stamping.client.post("/sandbox/tsa", content=(tmp_path / "asked.tsq").read_bytes(), headers=ASKING)
    (tmp_path / "answer.tsr").write_bytes(sent.content)

    checked = ("-verify", "-in", "answer.tsr", "-CAfile", str(signing_keys / "root.crt"))
    moment = ("-attime", str(int(NOON.timestamp())))
    assert "Verification: OK" in openssl(tmp_path, *checked, "-queryfile", "asked.tsq", *moment)
    assert "Verification: OK" in openssl(tmp_path, *checked, "-data", "contract", *moment)

    (tmp_path / "contract").write_bytes(b"another contract")
    assert "Verification: FAILED" in openssl(tmp_path, *checked, "-data", "contract", *moment)


async def test_without_certificates_it_is_shorter(stamping: Visitor) -> None:
    whole, bare = await ask(stamping, query()), await ask(stamping, query(cert_req=False))

    assert len(whole["time_stamp_token"]["content"]["certificates"]) == 1
    assert bare["time_stamp_token"]["content"]["certificates"].native is None


async def test_it_is_on_its_page_and_its_certificate_that_it_is_a_demo(stamping: Visitor) -> None:
    page = await stamping.get("/sandbox/tsa")

    assert "DEMO: ti žigi" in page.text
    assert "DEMO time stamps" in page.text
    assert "žigosa takoj" in page.text


SHA1 = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}
SHORT = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(31)}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"what is this?",
        query()[:-4],
        query() + b"\x00",
        query(message_imprint=SHA1),
        query(message_imprint=SHORT),
        query(req_policy="1.2.3"),
    ],
    ids=["nothing", "words", "cut", "longer", "sha1", "short", "policy"],
)
async def test_what_cannot_be_stamped_is_rejected(stamping: Visitor, sent: bytes, tmp_path: Path) -> None:
    answer = await stamping.client.post("/sandbox/tsa", content=sent, headers=ASKING)
    (tmp_path / "answer.tsr").write_bytes(answer.content)

    assert answer.status_code == 200
    assert "Rejected" in openssl(tmp_path, "-reply", "-in", "answer.tsr", "-text")


async def test_while_it_is_down_nothing_is_stamped(stamping: Visitor) -> None:
    page = await stamping.get("/sandbox/tsa")
    page = await stamping.post("/sandbox/tsa/manner", page.form.fields | {"manner": Manner.DOWN})
    assert "sploh ne žigosa" in page.text

    down = await stamping.client.post("/sandbox/tsa", content=query(), headers=ASKING)
    await stamping.post("/sandbox/tsa/manner", page.form.fields | {"manner": Manner.AT_ONCE})

    assert down.status_code == 503
    assert (await ask(stamping, query()))["status"]["status"].native == "granted"


async def test_a_liar_stamps_something_else_and_is_caught(
    stamping: Visitor, signing_keys: Path, tmp_path: Path
) -> None:
    """By who compares: pyHanko takes it as it comes."""
    await manners.behave(Manner.LYING)
    (tmp_path / "asked.tsq").write_bytes(query())
    with stopped_at(NOON):
        sent = await stamping.client.post("/sandbox/tsa", content=query(), headers=ASKING)
    (tmp_path / "answer.tsr").write_bytes(sent.content)

    assert told(tsp.TimeStampResp.load(sent.content))["message_imprint"]["hashed_message"].native != DIGEST
    checked = ("-verify", "-in", "answer.tsr", "-CAfile", str(signing_keys / "root.crt"), "-queryfile", "asked.tsq")
    assert "message imprint mismatch" in openssl(tmp_path, *checked, "-attime", str(int(NOON.timestamp())))


async def test_slowly_is_after_a_while(stamping: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(pages, "take_its_time", wait)
    await manners.behave(Manner.SLOW)

    assert (await ask(stamping, query()))["status"]["status"].native == "granted"
    assert waited == [pages.SLOWNESS]


async def test_an_unknown_manner_is_refused(stamping: Visitor) -> None:
    page = await stamping.get("/sandbox/tsa")

    await stamping.post("/sandbox/tsa/manner", page.form.fields | {"manner": "kind"}, status=400)

    assert await manners.manner() is Manner.AT_ONCE


def openssl(folder: Path, *arguments: str) -> str:
    said = subprocess.run(
        ["openssl", "ts", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=20
    )
    return said.stdout + said.stderr
