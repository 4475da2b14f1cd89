"""Letters that wait, and what the print house finds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from portal.database import transaction
from portal.messaging.sending import Told, send_letter
from portal.messaging.tables import Message
from portal.messaging.templates import template
from tests.people import NOON

BOJAN = ["Bojan Kralj", "Glavna ulica 1", "1000 Ljubljana"]


async def a_letter(
    address: list[str] = BOJAN,
    *,
    name: str = "second_reminder",
    is_secret: bool = False,
    expires_at: datetime | None = None,
    values: dict[str, Any] | None = None,
) -> UUID:
    told = Told(
        name,
        "sl",
        template(name).example if values is None else values,
        is_secret=is_secret,
        expires_at=expires_at,
    )
    async with transaction():
        letter = await send_letter(told, address, at=NOON)
    assert letter is not None
    return letter


async def states() -> dict[UUID, str]:
    return {message.id: message.state for message in await Message.objects()}


@dataclass(frozen=True)
class Found:
    """A batch as the print house finds it, checked against its manifest."""

    number: str
    manifest: dict[str, Any]
    files: dict[str, bytes]

    @property
    def messages(self) -> list[UUID]:
        return [UUID(item["message"]) for item in self.manifest["items"]]


def names_in(folder: Path) -> list[str]:
    """Hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def batches_in(folder: Path) -> list[Found]:
    """What the print house sees; what begins with a dot is not for it."""
    return [found(folder / name) for name in names_in(folder) if not name.startswith(".")]


def found(place: Path) -> Found:
    manifest = json.loads((place / "manifest.json").read_text())
    files = {item["file"]: (place / item["file"]).read_bytes() for item in manifest["items"]}
    assert {*names_in(place)} == {*files, "manifest.json", "manifest.csv"}
    assert {path.stat().st_mode & 0o007 for path in (place, *place.iterdir())} == {0}
    for item in manifest["items"]:
        content = files[item["file"]]
        assert (item["bytes"], item["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest["letters"] == len(files)
    assert manifest["bytes"] == sum(map(len, files.values()))
    assert manifest["pages"] == sum(item["pages"] for item in manifest["items"])
    return Found(place.name, manifest, files)
