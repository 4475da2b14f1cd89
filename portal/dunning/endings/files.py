"""The folder that a receiver of debts is given: `debts.ndjson`, `withdrawn.ndjson` and the manifest that counts them.

The same batch is the same bytes, so laying it out once more changes nothing. See docs/decisions/handover.md.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from portal import whole_folder
from portal.dunning.endings.tables import HandoverBatch
from portal.settings import Settings, settings
from portal.whole_folder import WholeFolder, sync

FORMAT = 1
"""Raised when a reader of the files has to be changed."""
DEBTS, WITHDRAWN, MANIFEST = "debts.ndjson", "withdrawn.ndjson", "manifest.json"
FOLDER_MODE, FILE_MODE = 0o700, 0o600
"""Names, addresses and debts: the portal's own until a person hands them on."""


class DebtsNotLaidOut(Exception):
    """The folder for handovers does not take them; nothing is lost, and the batch goes on where it stood."""


def files_of(batch: HandoverBatch, debts: Sequence[str], withdrawn: Sequence[str]) -> dict[str, bytes]:
    """Every file by its name; the manifest comes last."""
    files = {DEBTS: lines(debts), WITHDRAWN: lines(withdrawn)}
    return files | {MANIFEST: manifest(batch, files, debts, withdrawn)}


def lines(written: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in written).encode()


def manifest(batch: HandoverBatch, files: Mapping[str, bytes], debts: Sequence[str], withdrawn: Sequence[str]) -> bytes:
    whole = {
        "format": FORMAT,
        "number": batch.number,
        "edition": batch.edition,
        "receiver": batch.to,
        "creditor": settings().payee,
        "made_at": batch.made_at.isoformat(),
        "currency": "EUR",
        "debts": len(debts),
        "withdrawn": len(withdrawn),
        "total": f"{sum((Decimal(json.loads(line)['total']) for line in debts), Decimal('0.00'))}",
        "files": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        ],
    }
    return f"{json.dumps(whole, ensure_ascii=False, indent=1)}\n".encode()


async def lay_out(number: str, files: Mapping[str, bytes]) -> None:
    """Off the event loop, which a slow disk would hold up. Whatever is wrong with the folder becomes one sentence."""
    try:
        await asyncio.to_thread(write, settings().handover_dir, number, files)
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        raise DebtsNotLaidOut(f"debts cannot be laid into {settings().handover_dir}: {reason}") from trouble


async def is_taken(number: str) -> bool:
    """By a folder of a time that the database does not remember."""
    return await asyncio.to_thread((settings().handover_dir / number).exists)


def write(root: Path, number: str, files: Mapping[str, bytes]) -> None:
    """Safe to repeat, wherever it was cut off. An earlier edition gives way to this one."""
    ours: Path = Settings.model_fields["handover_dir"].default
    whole_folder.make_ready(root, ours=ours, mode=FOLDER_MODE)
    folder = WholeFolder(root, number, FOLDER_MODE, FILE_MODE)
    if not folder.holds(files):
        if folder.place.exists():
            folder.take_back()
        folder.begin()
        for name, content in files.items():
            folder.put(name, content)
        sync(folder.part)
        folder.publish()
    folder.settle()
