"""The folder from which the print house takes letters: a folder a batch, whole or not there at all."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import ParamSpec, TypeVar

from portal import whole_folder
from portal.settings import Settings, settings
from portal.spreadsheet import MARK, harmless, row
from portal.whole_folder import WholeFolder, sync

P = ParamSpec("P")
T = TypeVar("T")

FOLDER_MODE, FILE_MODE = 0o750, 0o640
"""Letters are nobody's but the portal's and the print house's."""
ANY_BATCH = "2[0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]-[0-9]*"


class LettersNotLaidOut(Exception):
    """The folder for letters does not take them; nothing is lost, and the batch goes on where it stood."""


@dataclass(frozen=True, slots=True)
class Item:
    """A letter in the manifest. `recipient`: the lines in the window; `message`: its id here."""

    file: str
    sha256: str
    pages: int
    bytes: int
    recipient: list[str]
    language: str
    template: str
    message: str


class PrintFolder(WholeFolder):
    """A batch's folder under LETTERS_DIR."""

    def __init__(self, number: str) -> None:
        super().__init__(settings().letters_dir, number, FOLDER_MODE, FILE_MODE)

    def list(self, made_at: str, items: Sequence[Item]) -> None:
        """Say what is in it: `manifest.json`, and `manifest.csv` for who prefers tables."""
        self.put("manifest.json", manifest(self.number, made_at, items))
        self.put("manifest.csv", table(items))
        sync(self.part)


async def on_disk(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Off the event loop, which a slow disk would hold up. Whatever is wrong with the folder becomes one sentence."""
    try:
        return await asyncio.to_thread(work, *arguments, **named)
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise LettersNotLaidOut(f"letters cannot be laid into {settings().letters_dir}: {reason}") from trouble


def make_ready() -> None:
    ours: Path = Settings.model_fields["letters_dir"].default
    whole_folder.make_ready(settings().letters_dir, ours=ours, mode=FOLDER_MODE)


def clear() -> None:
    """Remove every batch, whole or not, and nothing else."""
    folder = settings().letters_dir
    for batch in (*folder.glob(ANY_BATCH), *folder.glob(f".{ANY_BATCH}.part")):
        shutil.rmtree(batch)


def manifest(number: str, made_at: str, items: Sequence[Item]) -> bytes:
    whole = {
        "batch": number,
        "made_at": made_at,
        "operator": settings().payee,
        "letters": len(items),
        "pages": sum(item.pages for item in items),
        "bytes": sum(item.bytes for item in items),
        "items": [asdict(item) for item in items],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def table(items: Sequence[Item]) -> bytes:
    """A line a letter, its recipient in one cell; semicolons, as spreadsheets here expect. JSON is the exact one."""
    rows = [[column.name for column in fields(Item)], *map(cells, items)]
    return (MARK + "".join(map(row, rows))).encode()


def cells(item: Item) -> list[str]:
    values = (asdict(item) | {"recipient": ", ".join(item.recipient)}).values()
    return [harmless(str(value)) for value in values]
