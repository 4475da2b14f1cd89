"""The messages there are: a folder each under `templates/messages`.

`message.toml` says what the message is for and how it looks filled in; beside it stand its texts, one a channel:
`title.txt` (what it is called in the customer's list), `sms.txt`, `email.md` and `letter.md`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from portal.messaging.tables import Channel
from portal.messaging.values import revived
from portal.web.templating import TEMPLATES

FOLDER = TEMPLATES / "messages"
TEXTS = {Channel.SMS: "sms.txt", Channel.EMAIL: "email.md", Channel.LETTER: "letter.md"}


class Purpose(StrEnum):
    """What a message is for; each may have a sender of its own."""

    CODES = "codes"
    COLLECTIONS = "collections"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Template:
    """`source`: what asks for the message; `example`: the values it can be shown with; `most_segments`: of its SMS.
    `is_sent`: whether anything of ours sends it yet.

    `cases`: further examples by name, each with all its values, where the words depend on them.
    """

    name: str
    purpose: Purpose
    source: str
    most_segments: int
    is_sent: bool
    example: dict[str, Any]
    cases: dict[str, dict[str, Any]]

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel, text in TEXTS.items() if (FOLDER / self.name / text).exists()]

    def path(self, channel: Channel) -> str:
        """Where Jinja finds its text."""
        return f"messages/{self.name}/{TEXTS[channel]}"


@cache
def template(name: str) -> Template:
    """Raises FileNotFoundError where there is no such message."""
    said = tomllib.loads((FOLDER / name / "message.toml").read_text())
    example = revive(said.get("example", {}))
    return Template(
        name=name,
        purpose=Purpose(said["purpose"]),
        source=said["source"],
        most_segments=said.get("most_segments", 1),
        is_sent=said.get("is_sent", True),
        example=example,
        cases={case: example | revive(other) for case, other in said.get("case", {}).items()},
    )


def revive(value: Any) -> Any:
    """TOML knows days itself; money stands as `{ cents = 2098 }`."""
    if isinstance(value, dict):
        return revived({name: revive(inner) for name, inner in value.items()})
    return [revive(inner) for inner in value] if isinstance(value, list) else value


def templates() -> list[Template]:
    return [template(path.parent.name) for path in sorted(FOLDER.glob("*/message.toml"))]
