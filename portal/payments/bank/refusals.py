"""What cannot be decided about an entry of the bank, in words for staff."""

from __future__ import annotations


class NotDecided(Exception):
    """Nothing was changed; the sentence says why not."""


class NoSuchEntry(NotDecided):
    def __init__(self) -> None:
        super().__init__("there is no such entry")


class AlreadyDecided(NotDecided):
    def __init__(self, state: str, by: str | None) -> None:
        who = f" by {by}" if by else ""
        super().__init__(f"this entry waits no more: {state.replace('_', ' ')}{who}")
