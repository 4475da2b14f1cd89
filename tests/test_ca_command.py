"""`portal ca`: an operator makes the keys, takes the root's away, and renews what ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import ca as commands
from portal.cli.ca import ca
from portal.settings import ROOT, Settings, settings
from portal.signing.pki.folder import Keys

PASSPHRASE = "a passphrase of the operator's"


@dataclass(frozen=True)
class Operator:
    """Who runs the commands, with PAYEE_NAME and keys in `folder`."""

    folder: Path

    def __call__(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(ca, arguments, input=typed)

    @property
    def keys(self) -> Keys:
        return Keys(self.folder)


@pytest.fixture
def portal_ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    known = Settings(
        signing_keys_dir=tmp_path / "keys", signing_keys_passphrase=PASSPHRASE, payee_name="Operater, d. o. o."
    )
    monkeypatch.setattr(commands, "checked_settings", lambda: known)
    return Operator(tmp_path / "keys")


def test_everything_is_made_and_the_steps_that_remain_are_said(portal_ca: Operator) -> None:
    said = portal_ca("init")

    assert said.exit_code == 0, said.output
    assert "issuing: CN=Operater\\, d. o. o. Issuing CA" in said.output
    assert f"shred -u {portal_ca.folder}/offline/root.key" in said.output
    assert PASSPHRASE not in said.output
    assert "PRIVATE" not in said.output


def test_what_is_there_stays_as_it_is(portal_ca: Operator) -> None:
    portal_ca("init")
    before = portal_ca.keys.certificate("root")

    again = portal_ca("init")

    assert again.exit_code == 1
    assert "it is there already" in again.output
    assert portal_ca.keys.certificate("root") == before


def test_another_name_and_another_folder_can_be_chosen(portal_ca: Operator, tmp_path: Path) -> None:
    portal_ca("init", "--dir", str(tmp_path / "other"), "--operator", "Drugi operater")

    assert "CN=Drugi operater Root CA" in Keys(tmp_path / "other").certificate("root").subject.rfc4514_string()


def test_a_name_too_long_for_a_certificate_is_refused(portal_ca: Operator) -> None:
    assert "at most 50 characters" in portal_ca("init", "--operator", "a" * 51).output


def test_they_are_shown_with_hash_and_day(portal_ca: Operator) -> None:
    portal_ca("init")

    said = portal_ca("show").output

    assert all(f"{which}: " in said for which in ("root", "issuing", "seal", "ocsp"))
    assert said.count("SHA-256") == 4
    assert "0 revoked" in said


def test_nothing_is_shown_where_nothing_is(portal_ca: Operator, tmp_path: Path) -> None:
    said = portal_ca("show")

    assert said.exit_code == 1
    assert "No such file" in said.output


def test_the_seal_is_renewed_without_the_root(portal_ca: Operator) -> None:
    portal_ca("init")
    former = portal_ca.keys.certificate("seal")
    shutil.rmtree(portal_ca.folder / "offline")

    said = portal_ca("renew", "seal")

    assert said.exit_code == 0, said.output
    assert portal_ca.keys.certificate("seal") != former
    assert list(portal_ca.keys.former()) == [former]
    assert portal_ca.keys.revoked() == {}


def test_a_stolen_seal_is_revoked(portal_ca: Operator) -> None:
    portal_ca("init")
    former = portal_ca.keys.certificate("seal")

    portal_ca("renew", "seal", "--stolen")

    assert list(portal_ca.keys.revoked()) == [former.serial_number]


def test_a_stolen_responder_needs_the_root(portal_ca: Operator) -> None:
    portal_ca("init")

    said = portal_ca("renew", "ocsp", "--stolen")

    assert said.exit_code != 0
    assert "docs/signing-keys.md" in said.output


def test_the_root_takes_the_issuing_authority_back(portal_ca: Operator, tmp_path: Path) -> None:
    portal_ca("init")
    away = shutil.move(portal_ca.keys.offline, tmp_path / "safe.key")

    said = portal_ca("crl", "--root-key", str(away), "--revoke", "issuing")

    assert said.exit_code == 0, said.output
    assert "1 revoked" in said.output
    assert [entry.serial_number for entry in portal_ca.keys.root_list()] == [
        portal_ca.keys.certificate("issuing").serial_number
    ]


def test_a_key_that_is_not_the_root_s_makes_no_list(portal_ca: Operator) -> None:
    portal_ca("init")

    said = portal_ca("crl", "--root-key", str(portal_ca.folder / "seal.key"))

    assert "not the key of root.crt" in said.output


def test_without_a_passphrase_in_the_environment_it_is_asked_for_twice(
    portal_ca: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = settings().model_copy(update={"signing_keys_dir": portal_ca.folder, "signing_keys_passphrase": None})
    monkeypatch.setattr(commands, "checked_settings", lambda: bare)

    short = portal_ca("init", typed="short\nshort\n")
    said = portal_ca("init", typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")

    assert "at least 20 characters" in short.output
    assert said.exit_code == 0, said.output
    assert PASSPHRASE not in said.output
    assert portal_ca.keys.key("seal", PASSPHRASE.encode())


def test_a_wrong_passphrase_is_a_sentence(portal_ca: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    portal_ca("init")
    other = Settings(signing_keys_dir=portal_ca.folder, signing_keys_passphrase="another one that is long")
    monkeypatch.setattr(commands, "checked_settings", lambda: other)

    said = portal_ca("renew", "seal")

    assert said.exit_code == 1
    assert said.output.strip() == "Error: The passphrase does not open this key."


def test_the_command_stands_in_the_portal_s() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "portal.cli", "ca", "--help"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert all(name in said.stdout for name in ("init", "show", "renew", "crl"))
