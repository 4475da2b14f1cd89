"""ODLOG10 to 4040: putting a suspension off by SMS. Source: izklop-storitev.txt, III.

An answer goes to a number and not to a person who signed in: every number that is nobody's for certain, known or not,
is sent the same words.
"""

from __future__ import annotations

from datetime import datetime

from portal import clock
from portal.billing.pay_links import pay_link
from portal.dunning.deferrals import asking
from portal.dunning.deferrals import telling as deferral_telling
from portal.dunning.relief_tables import AskedBy
from portal.messaging.keywords import keyword
from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage
from portal.web.wording import DEFAULT_LANGUAGE

WORD, NUMBER = "ODLOG10", "4040"
"""As they are told to customers: an operator that has others changes them here."""


@keyword(WORD, NUMBER)
async def defer(asked: InboundMessage, at: datetime) -> Told:
    today = clock.day_of(at)
    answer = await asking.ask(asked.sender, asked_by=AskedBy.SMS, today=today, at=at)
    if answer is None:
        return Told("deferral_not_possible", DEFAULT_LANGUAGE)
    held, link = answer.held, pay_link(answer.held.number, at)
    if answer.refusal is not None:
        return deferral_telling.not_granted(answer.refusal, held.language, held.customer, link)
    assert answer.until is not None, "what is not refused is granted"
    number = held.number if answer.is_one_of_several else None
    values = await deferral_telling.granted(
        held.id, answer.until, answer.fee, language=held.language, today=today, link=link, number=number
    )
    return Told("deferral_granted", held.language, values, customer=held.customer)
