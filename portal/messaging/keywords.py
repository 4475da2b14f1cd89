"""What customers can ask for by SMS: a word, the number it is sent to, and who answers.

A domain's `keywords.py` names its words with `@keyword`; the application imports them all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable
from datetime import datetime

from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage

Answering = Callable[[InboundMessage, datetime], Awaitable[Told]]

KEYWORDS: dict[tuple[str, str], Answering] = {}


def keyword(word: str, number: str) -> Callable[[Answering], Answering]:
    """Register who answers `word` sent to `number`, as printed: `@keyword("RACUN", "9443")`.

    It is called within the transaction of the asking, once for each SMS, and its answer goes to whoever asked:
    `asked.sender`, which is a number and not a person who signed in.
    """

    def register(answering: Answering) -> Answering:
        if KEYWORDS.setdefault((plain(word), number), answering) is not answering:
            raise ValueError(f"{word} to {number} is answered twice")
        return answering

    return register


def answering(asked: InboundMessage) -> Answering | None:
    return KEYWORDS.get((plain(asked.text), asked.receiver))


def plain(text: str) -> str:
    """`« račun. »` and `RAČUN` are `RACUN`: only letters and digits count, without their marks and in capitals."""
    return "".join(character for character in unicodedata.normalize("NFKD", text) if character.isalnum()).upper()
