"""What the business says no to: never a crash, always a sentence for the customer."""

from __future__ import annotations

from typing import ClassVar


def N_(message: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return message


class Refusal(Exception):
    """A no that the customer understands.

    `status` is the HTTP status of the answer, `message` the English msgid of the sentence, with `%(name)s`
    places filled by `values`.
    """

    status: ClassVar[int] = 409
    message: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(self.message)
        self.values = values


class NotFound(Refusal):
    """Missing, or somebody else's: the answer is the same."""

    status = 404
    message = N_("There is no such page.")
