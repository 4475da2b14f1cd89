"""ODLOG10 to 4040: putting a suspension off by SMS. Source: izklop-storitev.txt, III.

Until deferrals are granted, everybody who asks is told whom to agree on one with: the same words for every number.
"""

from __future__ import annotations

from datetime import datetime

from portal.messaging.keywords import keyword
from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage
from portal.web.wording import DEFAULT_LANGUAGE

WORD, NUMBER = "ODLOG10", "4040"
"""As they are told to customers: an operator that has others changes them here."""


@keyword(WORD, NUMBER)
async def defer(asked: InboundMessage, at: datetime) -> Told:  # noqa: ARG001 - what every keyword is given
    return Told("deferral_not_possible", DEFAULT_LANGUAGE)
