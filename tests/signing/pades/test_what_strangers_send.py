"""What anybody may upload: other people's PDFs, no PDFs, and what is made to do harm. It is named, and never raises."""

from __future__ import annotations

import io
import random
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from portal import clock
from portal.settings import settings
from portal.signing.pades.judging import LARGEST
from portal.signing.pades.signing import Wanted, sign
from portal.signing.pades.validating import Role, Verdict, validate
from portal.signing.pades.validating_apart import validate_apart
from portal.signing.pki import authority as pki
from portal.signing.pki.ceremony import Ceremony
from portal.signing.pki.folder import Keys
from tests.signing.pades.timestamper import openssl_timestamper

THEIRS = b"the passphrase of somebody else"
HEAD = b"%PDF-1.7\n"


@pytest.fixture(scope="session")
def foreign(paper: bytes, ana_signs: Wanted, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Made exactly as ours, with the same names, by keys of somebody else."""
    folder: Path = tmp_path_factory.mktemp("foreign") / "keys"
    Ceremony(folder, THEIRS, "Moj A1", "https://moj.test", is_demo=True).hold(datetime(2026, 1, 1, tzinfo=UTC))
    with openssl_timestamper(Keys(folder), THEIRS) as timestamper:
        theirs = pki.read(folder, THEIRS, settings())
        return sign([paper], ana_signs, theirs, timestamper.url, clock.now).pdfs[0]


def test_somebody_elses_valid_signature_is_named_as_such(foreign: bytes) -> None:
    said = validate(foreign, clock.now())

    assert said.verdict is Verdict.FOREIGN
    assert [one.role for one in said.signatures] == [Role.OTHER, Role.OTHER]
    assert said.signatures[1].signer == "Ana Češnjevar Žižek"
    assert said.signatures[1].is_intact
    assert not any(one.is_trusted for one in said.signatures)


def test_somebody_elses_signature_on_our_document_is_no_change_that_may_be(copy: bytes, foreign: bytes) -> None:
    assert validate(copy + foreign, clock.now()).verdict is not Verdict.OURS


def test_an_unsigned_document(paper: bytes) -> None:
    assert validate(paper, clock.now()).verdict is Verdict.UNSIGNED


def test_an_encrypted_document(paper: bytes) -> None:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(paper)))
    writer.encrypt("skrivnost", "skrivnost")
    made = io.BytesIO()
    writer.write(made)

    assert validate(made.getvalue(), clock.now()).verdict is Verdict.ENCRYPTED


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"Dober dan", b"PK\x03\x04 a spreadsheet", b"\xff\xd8\xff a picture"]
)
def test_no_pdf(content: bytes) -> None:
    assert validate(content, clock.now()).verdict is Verdict.NO_PDF


def test_one_that_is_too_large() -> None:
    assert validate(HEAD + bytes(LARGEST), clock.now()).verdict is Verdict.TOO_LARGE


def test_rubbish_that_calls_itself_a_pdf(copy: bytes) -> None:
    luck = random.Random(11)
    for _ in range(30):
        pieces = [copy[start : start + luck.randrange(4_000)] for start in luck.sample(range(len(copy)), 6)]
        said = validate(HEAD + b"".join(pieces) + copy[-1_000:], clock.now())
        assert said.verdict is not Verdict.OURS


def test_one_that_swells_when_it_is_read() -> None:
    assert validate(bomb(), clock.now()).verdict is Verdict.UNREADABLE


async def test_apart_it_says_the_same(copy: bytes) -> None:
    at = clock.now()

    said = await validate_apart(copy, at)

    assert said.is_ours
    assert said.customer is not None and said.customer.record_sha256 == bytes(range(32))
    assert (await validate_apart(b"Dober dan", at)).verdict is Verdict.NO_PDF


async def test_apart_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch, copy: bytes) -> None:
    monkeypatch.setattr("portal.signing.pades.validating_apart.SECONDS", 0.05)

    said = await validate_apart(copy, clock.now())

    assert (said.verdict, said.reasons) == (Verdict.UNREADABLE, ("it took more than it may",))


def bomb() -> bytes:
    """Its table of contents is 200 MB of nothing, in 200 kB."""
    squeezed = zlib.compress(bytes(200_000_000), 9)
    table = (
        b"1 0 obj\n<</Type/XRef/Size 9/W[1 8 8]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(squeezed)
        + squeezed
        + b"\nendstream\nendobj\n"
    )
    return HEAD + table + b"startxref\n%d\n%%%%EOF\n" % len(HEAD)
