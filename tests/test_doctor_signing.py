"""`portal doctor` on signing: what is missing, what ends soon, and what lies where it should not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.cli import doctor_signing
from portal.cli.findings import Finding, Weight
from portal.clock import stopped_at
from portal.settings import Settings
from portal.signing.pki.ceremony import Ceremony
from tests.people import NOON
from tests.test_settings import RIGHT

PASSPHRASE = "a passphrase of the operator's"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    Ceremony(folder, PASSPHRASE.encode(), "Operater", "https://moj.example.si").hold(NOON)
    (folder / "offline" / "root.key").rename(tmp_path / "safe.key")
    return folder


def found(at: datetime = NOON, **changed: Any) -> list[Finding]:
    with stopped_at(at):
        return list(doctor_signing.of_settings(Settings(**RIGHT | without_keys() | changed)))


def without_keys() -> dict[str, Any]:
    return {"signing_keys_dir": None, "signing_keys_passphrase": None}


def with_keys(folder: Path) -> dict[str, Any]:
    return {"signing_keys_dir": folder, "signing_keys_passphrase": PASSPHRASE}


def words(findings: list[Finding], weight: Weight) -> str:
    return " · ".join(one.what for one in findings if one.weight is weight)


def test_without_keys_it_says_how_to_make_them() -> None:
    findings = found()

    assert "no document can be signed" in words(findings, Weight.FAULT)
    assert any("portal ca init" in one.mend for one in findings)


def test_good_keys_and_a_timestamper_are_fine(keys: Path) -> None:
    findings = found(
        **with_keys(keys),
        signing_tsa_url="http://tsa.example.si",
        signing_tsa_certificates=keys / "root.crt",
        orders_token="0123456789abcdef",
        staff_email="prodaja@example.si",
    )

    assert {one.weight for one in findings} == {Weight.FINE}
    assert "signing keys: good until 2029-11-20" in words(findings, Weight.FINE)


def test_a_wrong_passphrase_is_a_fault_and_is_not_shown(keys: Path) -> None:
    findings = found(signing_keys_dir=keys, signing_keys_passphrase="hunter2 and so on and on")

    assert "SIGNING_KEYS_PASSPHRASE does not open" in words(findings, Weight.FAULT)
    assert all("hunter2" not in one.what + one.mend for one in findings)


def test_a_root_s_key_on_the_machine_is_warned_of(keys: Path) -> None:
    (keys.parent / "safe.key").rename(keys / "offline" / "root.key")

    assert "the root's key is still on this machine" in words(found(**with_keys(keys)), Weight.WARNING)


def test_a_folder_that_others_read_is_a_fault(keys: Path) -> None:
    keys.chmod(0o750)

    assert "others can look into SIGNING_KEYS_DIR" in words(found(**with_keys(keys)), Weight.FAULT)


@pytest.mark.parametrize(
    ("after", "weight", "said"),
    [
        (timedelta(days=3 * 365 - 91), Weight.FINE, "good until"),
        (timedelta(days=3 * 365 - 89), Weight.WARNING, "the certificate of seal ends on 2029-11-20"),
        (timedelta(days=3 * 365 + 1), Weight.FAULT, "the certificate of ocsp ended on 2029-11-20"),
        (timedelta(days=10 * 365 - 30), Weight.WARNING, "the root's list is good until 2036-11-18"),
    ],
)
def test_what_ends_is_said_in_time(keys: Path, after: timedelta, weight: Weight, said: str) -> None:
    assert said in words(found(NOON + after, **with_keys(keys)), weight)


def test_without_a_timestamper_signing_waits(keys: Path) -> None:
    faults = words(found(**with_keys(keys)), Weight.FAULT)

    assert "SIGNING_TSA_URL is unset: what customers sign waits" in faults
    assert "SIGNING_TSA_CERTIFICATES is unset" in faults


def test_roots_of_the_timestamper_that_cannot_be_read_are_a_fault(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "tsa.pem").write_text("no certificate")

    for file in (tmp_path / "tsa.pem", tmp_path / "nowhere.pem"):
        faults = words(found(**with_keys(keys), signing_tsa_certificates=file), Weight.FAULT)
        assert f"SIGNING_TSA_CERTIFICATES {file} holds no certificates" in faults


def test_roots_of_the_timestamper_that_ended_are_a_fault(keys: Path) -> None:
    later = datetime(2047, 1, 1, tzinfo=UTC)

    faults = words(found(later, signing_tsa_certificates=keys / "root.crt"), Weight.FAULT)

    assert "the roots of the timestamper ended on 2046-11-16" in faults
