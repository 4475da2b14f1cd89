"""A folder that somebody else takes away: whole or not there at all.

A run writes it to its own `.<number>.<run>.part` and moves that to `<number>` when every file of it is on the disk.
Whoever reads the folder around it, or carries it on into a bucket, leaves alone what begins with a dot.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)
"""What mounted buckets answer when a folder is to be brought to the disk."""


@dataclass(frozen=True, slots=True)
class WholeFolder:
    """The two names of a folder under `root`: `part` while a run writes it, `place` when it is whole.

    Whoever took over from a run that is not dead, only cut off, is not disturbed by it: each has its own part. Once a
    folder is begun, some part of it stands until one is published, whoever dies in between.
    """

    root: Path
    number: str
    folder_mode: int
    file_mode: int
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def part(self) -> Path:
        return self.root / f".{self.number}.{self.run}.part"

    @property
    def place(self) -> Path:
        return self.root / self.number

    def parts(self) -> list[Path]:
        """Of all runs. A folder that cannot be read is an error and not an empty one, as it is to `glob`."""
        begins, ends = f".{self.number}.", ".part"
        return [path for path in self.root.iterdir() if path.name.startswith(begins) and path.name.endswith(ends)]

    def stands(self) -> bool:
        """Under either name."""
        return self.place.exists() or bool(self.parts())

    def holds(self, files: Mapping[str, bytes]) -> bool:
        """In its place, exactly these files."""
        if not self.place.exists():
            return False
        return {path.name: path.read_bytes() for path in self.place.iterdir()} == dict(files)

    def begin(self) -> None:
        """A part for this run. Those of others are moved into it before they are emptied, so that nobody who is still
        at one publishes what is left of it.
        """
        others = self.parts()
        self.part.mkdir(mode=self.folder_mode)
        sync(self.part.parent)
        for other in others:
            shutil.rmtree(other.rename(self.part / other.name))
        self.refuse_published()

    def put(self, name: str, content: bytes) -> None:
        written = os.open(self.part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.file_mode)
        with os.fdopen(written, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def publish(self) -> None:
        """The moment from which others see it. Nothing else makes the last part of a folder vanish."""
        self.refuse_published()
        self.part.rename(self.place)
        sync(self.place.parent)

    def take_back(self) -> None:
        """What was published is a part again, in one step: something else is to stand there."""
        self.place.rename(self.root / f".{self.number}.{secrets.token_hex(4)}.part")
        sync(self.root)

    def refuse_published(self) -> None:
        if self.place.exists():
            raise FileExistsError(errno.EEXIST, f"{self.place.name} is there already")

    def settle(self) -> None:
        """Published by a run that may not have come back from it: its name is on the disk, and no part is left."""
        sync(self.place.parent)
        for left in self.parts():
            shutil.rmtree(left)

    def discard(self) -> None:
        shutil.rmtree(self.part)


def make_ready(root: Path, *, ours: Path, mode: int) -> None:
    """Only the folder that we name ourselves is made: one of the operator's may be a mount that is away just now."""
    if root == ours:
        root.mkdir(mode=mode, parents=True, exist_ok=True)
    if not root.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is not there; make it, or mount it")


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as trouble:
        if trouble.errno not in CANNOT_SYNC:
            raise
    finally:
        os.close(opened)
