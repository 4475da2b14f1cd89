"""Poppler and OpenSSL, which share no code with what signs here, find the signatures good."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms

from portal.signing.pades.certificates import RECORD_DIGEST
from portal.signing.pades.signing import Signed
from tests.signing.pades.conftest import RECORD
from tests.signing.pades.cut import Part, parts


@pytest.fixture
def desk(tmp_path: Path, copy: bytes, signing_keys: Path) -> Path:
    (tmp_path / "signed.pdf").write_bytes(copy)
    (tmp_path / "root.pem").write_bytes((signing_keys / "root.crt").read_bytes())
    for name, part in zip(("seal", "customer", "archive"), parts(copy), strict=True):
        (tmp_path / f"{name}.der").write_bytes(part.cms)
        (tmp_path / f"{name}.covered").write_bytes(part.covered)
    return tmp_path


def said(desk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)


def test_pdfsig_finds_both_signatures_valid(desk: Path) -> None:
    told = said(desk, "pdfsig", "-nocert", "signed.pdf").stdout

    assert told.count("Signature is Valid.") == 2
    assert "Certificate Common Name: Moj A1\n" in told
    assert "Certificate Common Name: Ana Češnjevar Žižek\n" in told
    assert told.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in told.split("Signature Field Name: Archive")[1]


@pytest.mark.parametrize("name", ["seal", "customer"])
def test_openssl_verifies_the_signature_up_to_our_root(desk: Path, name: str) -> None:
    checked = said(
        desk, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", f"{name}.der", "-content",
        f"{name}.covered", "-CAfile", "root.pem", "-purpose", "any", "-out", "out",
    )  # fmt: skip

    assert checked.returncode == 0, checked.stderr
    assert (desk / "out").read_bytes() == (desk / f"{name}.covered").read_bytes()


def test_openssl_refuses_it_for_one_byte_more(desk: Path) -> None:
    (desk / "more").write_bytes((desk / "customer.covered").read_bytes() + b"\n")

    checked = said(
        desk, "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "customer.der", "-content", "more",
        "-CAfile", "root.pem", "-purpose", "any", "-out", "out",
    )  # fmt: skip

    assert checked.returncode != 0


@pytest.mark.parametrize("name", ["seal", "customer"])
def test_openssl_verifies_the_time_stamp_of_each_signature(desk: Path, copy: bytes, name: str) -> None:
    signer = signer_of(parts(copy)[("seal", "customer").index(name)])
    (desk / "token").write_bytes(token_in(signer))
    (desk / "signature").write_bytes(signer["signature"].native)

    checked = said(
        desk, "openssl", "ts", "-verify", "-data", "signature", "-in", "token", "-token_in", "-CAfile", "root.pem"
    )

    assert "Verification: OK" in checked.stdout, checked.stderr


def test_openssl_verifies_the_archive_time_stamp_over_the_whole_file(desk: Path) -> None:
    checked = said(
        desk, "openssl", "ts", "-verify", "-data", "archive.covered", "-in", "archive.der", "-token_in", "-CAfile",
        "root.pem",
    )  # fmt: skip

    assert "Verification: OK" in checked.stdout, checked.stderr


def test_the_hash_of_the_evidence_is_among_what_openssl_says_was_signed(desk: Path) -> None:
    told = said(desk, "openssl", "asn1parse", "-inform", "DER", "-in", "customer.der").stdout

    after = told.split(f":{RECORD_DIGEST}")[1]
    assert RECORD.hex().upper() in after[:400]


def test_the_document_that_was_shown_stands_unchanged_at_the_beginning(copy: bytes, paper: bytes) -> None:
    assert copy.startswith(paper)


def test_the_certificate_lives_for_minutes(signed: Signed) -> None:
    certificate = signed.certificate

    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc < timedelta(minutes=15)
    assert certificate.not_valid_before_utc < signed.at < certificate.not_valid_after_utc
    assert abs(signed.at - datetime.now(UTC)) < timedelta(minutes=5)


def signer_of(part: Part) -> cms.SignerInfo:
    return cms.ContentInfo.load(part.cms)["content"]["signer_infos"][0]


def token_in(signer: cms.SignerInfo) -> bytes:
    der: bytes = signer["unsigned_attrs"][0]["values"][0].dump()
    return der
