"""Keys lie encrypted, whole, and readable by nobody else; what is wrong with them is said without showing anything."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from portal.refusals import Refusal
from portal.settings import settings
from portal.signing.pki import ceremony
from portal.signing.pki.authority import NoKeys, authority, read
from portal.signing.pki.ceremony import Ceremony
from portal.signing.pki.folder import Keys
from tests.conftest import KEYS_MADE_ON
from tests.people import NOON
from tests.signing.pki.conftest import OpenSSL


def refused(folder: Path, passphrase: bytes = b"a passphrase that opens these") -> str:
    with pytest.raises(NoKeys) as why:
        read(folder, passphrase, settings())
    return str(why.value)


def test_nobody_else_can_read_them(held: Ceremony) -> None:
    modes = {path: path.stat().st_mode & 0o777 for path in (held.folder, *held.folder.rglob("*"))}

    assert len(modes) == 11
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_openssl_opens_them_with_the_passphrase_only(held: Ceremony, openssl: OpenSSL) -> None:
    for name in ("issuing.key", "seal.key", "ocsp.key", "offline/root.key"):
        right = openssl(
            "pkey", "-noout", "-text", "-in", held.folder / name, "-passin", f"pass:{held.passphrase.decode()}"
        )
        wrong = openssl("pkey", "-noout", "-text", "-in", held.folder / name, "-passin", "pass:another")
        kinds = openssl("asn1parse", "-in", held.folder / name)

        assert "NIST CURVE: P-256" in right
        assert "P-256" not in wrong
        assert "aes-256-cbc" in kinds
        assert "1.3.6.1.4.1.11591.4.11" in kinds or "scrypt" in kinds


def test_a_wrong_passphrase_is_said_and_not_shown(held: Ceremony) -> None:
    said = refused(held.folder, b"hunter2 and so on and on")

    assert "SIGNING_KEYS_PASSPHRASE does not open" in said
    assert "hunter2" not in said


def test_a_key_of_another_certificate_is_found(held: Ceremony) -> None:
    (held.folder / "seal.key").write_bytes((held.folder / "ocsp.key").read_bytes())

    assert "seal.crt does not belong to seal.key" in refused(held.folder)


@pytest.mark.parametrize("name", ["root.crt", "root.crl", "issuing.key", "ocsp.crt", "seal.crt"])
def test_what_is_missing_or_broken_is_named(held: Ceremony, name: str) -> None:
    whole = (held.folder / name).read_bytes()
    (held.folder / name).write_bytes(whole[: len(whole) // 2])
    assert str(held.folder) in refused(held.folder)

    (held.folder / name).unlink()
    assert name in refused(held.folder)


def test_the_portal_signs_without_the_root_s_key(held: Ceremony) -> None:
    held.keys.offline.unlink()
    held.keys.offline.parent.rmdir()

    assert read(held.folder, held.passphrase, settings()).seal.certificate.subject.rfc4514_string().startswith("CN=Op")


def test_what_is_there_is_never_overwritten(held: Ceremony) -> None:
    before = (held.folder / "root.crt").read_bytes()

    with pytest.raises(FileExistsError):
        held.hold(NOON)

    assert (held.folder / "root.crt").read_bytes() == before


def test_a_ceremony_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Keys, "keep_root_list", no_space)
    with pytest.raises(OSError, match="No space"):
        Ceremony(tmp_path / "keys", b"a passphrase that opens these", "Operater", "https://moj.test").hold(KEYS_MADE_ON)

    assert list(tmp_path.iterdir()) == []


def test_a_root_in_real_use_vouches_for_no_demo(held: Ceremony) -> None:
    assert set(held.keys.certificates()) == {"root", "issuing", "seal", "ocsp"}


def test_secrets_do_not_show_where_objects_are_written_down(held: Ceremony) -> None:
    ours = read(held.folder, held.passphrase, settings())
    passphrase = os.environ["SIGNING_KEYS_PASSPHRASE"]

    assert held.passphrase.decode() not in repr(held)
    assert "PRIVATE" not in repr(ours)
    assert passphrase not in repr(settings())
    assert passphrase not in repr(authority())


def test_without_keys_the_customer_is_told_to_come_again(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        read(tmp_path, b"", settings())

    assert refusal.value.status == 503
    assert str(tmp_path) not in refusal.value.message


def test_a_new_list_of_the_root_s_counts_on_and_keeps_what_was_revoked(held: Ceremony) -> None:
    key, issuing = held.keys.offline.read_bytes(), held.keys.certificate("issuing")
    held.list_anew(key, NOON, issuing)
    held.list_anew(key, NOON)

    listed = held.keys.root_list()
    assert ceremony.number_after(listed) == 4
    assert listed.get_revoked_certificate_by_serial_number(issuing.serial_number) is not None
    assert listed.last_update_utc == NOON


def test_another_root_s_key_makes_no_list(held: Ceremony) -> None:
    with pytest.raises(ValueError, match="not the key of root"):
        held.list_anew((held.folder / "seal.key").read_bytes(), NOON)


def test_where_a_timestamper_is_named_our_own_root_says_no_time(held: Ceremony, signing_keys: Path) -> None:
    named = settings().model_copy(update={"signing_tsa_certificates": signing_keys / "root.crt"})
    ours, demo = read(held.folder, held.passphrase, named), read(held.folder, held.passphrase, settings())

    assert [*ours.stamper_roots()] == [authority().root]
    assert [*demo.stamper_roots()] == [demo.root]
    assert [*ours.trust_roots()] == [ours.root, authority().root]
