"""A timestamper that is away, refuses or lies: nothing is signed, and nothing is signed without it."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp

from portal import clock
from portal.signing.pades import timestamps
from portal.signing.pades.hands import Hand
from portal.signing.pades.signing import TooSlow, Wanted, sign
from portal.signing.pades.timestamps import NoTime
from portal.signing.pades.validating import Verdict, validate
from portal.signing.pki.authority import authority
from portal.signing.pki.ceremony import Ceremony
from portal.signing.pki.folder import Keys
from tests.signing.pades.timestamper import OpenSsl, openssl_timestamper

Reply = tuple[int, str, bytes]
REPLY = "application/timestamp-reply"
REJECTED = tsp.TimeStampResp({"status": {"status": "rejection"}})


def signing(paper: bytes, wanted: Wanted, timestamper: OpenSsl, now: Callable[[], datetime] = clock.now) -> bytes:
    return sign([paper], wanted, authority(), timestamper.url, now).pdfs[0]


def test_three_answers_are_asked_for_a_document(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl) -> None:
    signing(paper, ana_signs, timestamper)

    assert timestamper.asked == 3


@pytest.mark.parametrize(
    "reply",
    [
        (503, "text/plain", b"later"),
        (200, "text/html", b"<p>Welcome to the hotel's network</p>"),
        (200, REPLY, b""),
        (200, REPLY, b"\x30\x80rubbish"),
        (200, REPLY, b"\x30\x03\x02\x01\x02" * 20_000),
        (302, REPLY, b""),
    ],
)
def test_an_answer_that_is_none(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl, reply: Reply) -> None:
    timestamper.reply = lambda _: reply

    with pytest.raises(NoTime):
        signing(paper, ana_signs, timestamper)


def test_nobody_at_the_address(paper: bytes, ana_signs: Wanted) -> None:
    with pytest.raises(NoTime, match="away"):
        sign([paper], ana_signs, authority(), "http://127.0.0.1:9/", clock.now)


def test_a_stamp_on_something_else(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl) -> None:
    def other(query: bytes) -> Reply:
        asked = tsp.TimeStampReq.load(query)
        asked["message_imprint"]["hashed_message"] = bytes(32)
        return timestamper.stamped(asked.dump(force=True))

    timestamper.reply = other
    with pytest.raises(NoTime, match="something else"):
        signing(paper, ana_signs, timestamper)


def test_an_answer_to_a_former_question(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl) -> None:
    former: list[Reply] = []

    def repeat(query: bytes) -> Reply:
        former.append(timestamper.stamped(query))
        return former[0]

    timestamper.reply = repeat
    with pytest.raises(NoTime):
        signing(paper, ana_signs, timestamper)


@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_is_wrong(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl, away: timedelta) -> None:
    """The timestamper's is the machine's; here it is ours that differs by as much."""
    with pytest.raises(NoTime, match="clock"):
        signing(paper, ana_signs, timestamper, lambda: clock.now() + away)


def test_a_timestamper_whom_nobody_trusts_makes_no_good_copy(paper: bytes, ana_signs: Wanted, tmp_path: Path) -> None:
    Ceremony(tmp_path / "theirs", b"of somebody else's keys", "Lažni čas", "https://lazni.test", is_demo=True).hold(
        datetime(2026, 1, 1, tzinfo=UTC)
    )
    with openssl_timestamper(Keys(tmp_path / "theirs"), b"of somebody else's keys") as liar:
        said = validate(signing(paper, ana_signs, liar), clock.now())

    assert said.verdict is Verdict.ALTERED
    assert said.customer is not None and said.customer.signed_at is None


def test_a_certificate_that_ended_meanwhile(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl) -> None:
    """The timestamper is so slow that eleven minutes pass until it answers."""
    began = clock.now() - timedelta(minutes=11)
    times = iter([began])

    with pytest.raises(TooSlow):
        signing(paper, ana_signs, timestamper, lambda: next(times, clock.now()))


def test_answers_that_grew_longer_find_room_when_asked_again(
    paper: bytes, ana_signs: Wanted, timestamper: OpenSsl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(timestamps.SIZES, timestamper.url, 100)

    with pytest.raises(NoTime, match="longer"):
        signing(paper, ana_signs, timestamper)
    assert validate(signing(paper, ana_signs, timestamper), clock.now()).is_ours


def test_the_key_is_nowhere(paper: bytes, ana_signs: Wanted, timestamper: OpenSsl, signing_keys: Path) -> None:
    """No file is written while signing: neither the keys' folder nor the working one has a new one."""
    before = {*signing_keys.rglob("*"), *Path.cwd().glob("*")}

    copy = signing(paper, ana_signs, timestamper)

    assert {*signing_keys.rglob("*"), *Path.cwd().glob("*")} == before
    assert b"PRIVATE KEY" not in copy
    assert os.environ["SIGNING_KEYS_PASSPHRASE"].encode() not in copy


def test_the_key_is_gone_when_all_is_signed(
    paper: bytes, ana_signs: Wanted, timestamper: OpenSsl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Freed at once, and not when somebody collects garbage: whether it went well or not."""
    holders: list[weakref.ref[Hand]] = []

    class Watched(Hand):
        def __init__(self, *known: Any) -> None:
            super().__init__(*known)
            holders.append(weakref.ref(self))

    monkeypatch.setattr("portal.signing.pades.signing.Hand", Watched)
    gc.disable()
    try:
        signing(paper, ana_signs, timestamper)
        assert [holder() for holder in holders] == [None, None]

        timestamper.reply = lambda _: (503, "text/plain", b"")
        with pytest.raises(NoTime):
            signing(paper, ana_signs, timestamper)
        assert len(holders) == 4
    finally:
        gc.enable()
    gc.collect()
    assert [holder() for holder in holders] == [None] * 4
