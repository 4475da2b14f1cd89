"""A document of two pages and its signed copy, made once: it takes three answers of OpenSSL's timestamper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from portal import clock
from portal.messaging.letters import fonts
from portal.signing.pades import showing
from portal.signing.pades.signing import Signed, Wanted, sign
from portal.signing.pki.authority import Person, authority
from portal.signing.pki.folder import Keys
from tests.signing.pades.timestamper import OpenSsl, openssl_timestamper

RECORD = bytes(range(32))
SOURCE = b"""
#set document(title: "Pogodba")
#set page(margin: 25mm)
#set text(lang: "sl")
= Pogodba
Naro\xc4\x8dnina je 34,99 \xe2\x82\xac na mesec.
#pagebreak()
= Podpisi
"""


@pytest.fixture(scope="session")
def paper() -> bytes:
    made = typst.compile(
        SOURCE,
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="a-3a",
        timestamp=datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert isinstance(made, bytes)
    return made


@pytest.fixture(scope="session")
def shared_timestamper(signing_keys: Path) -> Iterator[OpenSsl]:
    with openssl_timestamper(Keys(signing_keys), os.environ["SIGNING_KEYS_PASSPHRASE"].encode()) as ours:
        yield ours


@pytest.fixture
def timestamper(shared_timestamper: OpenSsl) -> OpenSsl:
    """Honest, until a test says otherwise."""
    shared_timestamper.asked, shared_timestamper.reply = 0, shared_timestamper.stamped
    return shared_timestamper


@pytest.fixture(scope="session")
def ana_signs() -> Wanted:
    name, at = "Ana Češnjevar Žižek", clock.now()
    return Wanted(
        person=Person("A1-7K2M-94QX", name),
        record=RECORD,
        seal_stamp=showing.seal_stamp("sl", at),
        customer_stamp=showing.customer_stamp("sl", name, "N000017", at),
        names=showing.field_names("sl", name),
    )


@pytest.fixture(scope="session")
def signed(paper: bytes, ana_signs: Wanted, shared_timestamper: OpenSsl) -> Signed:
    return sign([paper], ana_signs, authority(), shared_timestamper.url, clock.now)


@pytest.fixture(scope="session")
def copy(signed: Signed) -> bytes:
    return signed.pdfs[0]
