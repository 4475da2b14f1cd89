"""Files of proofs survive crashes whole or not at all, and nobody else's folder is touched."""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.dunning.proofs import files as proof_files
from portal.dunning.proofs import sending as sending_proof
from portal.dunning.proofs.sending import sweep
from portal.dunning.relief_tables import Proof
from portal.settings import settings
from tests.dunning.papers import JPEG, a_sent_proof, kept, upload
from tests.dunning.sent_proofs import bojan, folder
from tests.people import NOON, Person
from tests.visiting import Visitor

__all__ = ["bojan", "folder"]


def modes(folder: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()]


def put(stranger: Path) -> None:
    stranger.write_bytes(b"")


async def test_only_the_portal_can_read_the_file(visit: Visitor, bojan: Person, folder: Path) -> None:
    await upload(visit, JPEG)

    assert modes(folder) == [0o600]


class PowerCut(BaseException):
    pass


async def test_a_crash_between_file_and_row_leaves_a_file_that_is_swept(
    visit: Visitor, bojan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as broken:
        broken.setattr(sending_proof, "note_sent", cut)
        with pytest.raises(PowerCut):
            await a_sent_proof(bojan)
    assert len(kept()) == 1

    good = await a_sent_proof(bojan)
    assert await sweep(NOON + timedelta(hours=23)) == 0
    assert await sweep(NOON + timedelta(hours=25)) == 1
    assert kept() == {str(good.id): JPEG}


async def test_a_crash_while_writing_leaves_no_half_file_under_its_name(
    bojan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", cut)
        with pytest.raises(PowerCut):
            await a_sent_proof(bojan)

    assert await Proof.count() == 0
    assert all(re.fullmatch(r"\..+\.part", name) for name in kept())
    assert await sweep(datetime.now(UTC) + timedelta(days=2)) == 1
    assert kept() == {}


async def test_what_is_not_ours_in_the_folder_is_left_alone(bojan: Person, folder: Path) -> None:
    put(folder / ".nfs0001")

    assert await sweep(datetime.now(UTC) + timedelta(days=2)) == 0
    assert list(kept()) == [".nfs0001"]


async def test_a_folder_that_is_not_mounted_is_not_made(
    visit: Visitor, bojan: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFS_DIR", str(tmp_path / "mount"))
    settings.cache_clear()
    try:
        await upload(visit, JPEG, status=503)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert not (tmp_path / "mount").exists()
    assert await Proof.count() == 0


async def test_a_file_is_found_under_the_id_of_its_row_alone(bojan: Person) -> None:
    proof = await a_sent_proof(bojan)

    assert await proof_files.content_of(proof.id) == JPEG
