"""What customers send is recognised however phones and people write it, at the number it belongs to."""

from __future__ import annotations

from datetime import datetime

import pytest

from app import import_every_keyword
from portal.messaging import keywords
from portal.messaging.keywords import KEYWORDS, keyword
from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage
from tests.people import NOON

import_every_keyword()


def asked(text: str, number: str = "9443") -> InboundMessage:
    return InboundMessage(gateway_id="a1", sender="+38641555100", receiver=number, text=text, received_at=NOON)


@pytest.mark.parametrize(
    "text",
    ["RACUN", "racun", "RAČUN", "račun", "Račun.", "« račun. »", "  RA ČUN ", "R.A.C.U.N", "rac\u030cun", "raçun\r\n"],
)
def test_it_is_recognised_as_people_write_it(text: str) -> None:
    assert keywords.answering(asked(text)) is KEYWORDS["RACUN", "9443"]


@pytest.mark.parametrize("text", ["", "?", "RACUNI", "MOJ RACUN", "RACUN1", "R", "račun hvala", "\U0001f600"])
def test_another_word_is_another_word(text: str) -> None:
    assert keywords.answering(asked(text)) is None


@pytest.mark.parametrize(("text", "number"), [("RACUN", "4040"), ("ODLOG10", "9443"), ("RACUN", "")])
def test_the_number_it_was_sent_to_matters(text: str, number: str) -> None:
    assert keywords.answering(asked(text, number)) is None


@pytest.mark.parametrize("text", ["ODLOG10", "odlog 10", "Odlog-10!"])
def test_a_deferral_is_asked_for_at_its_own_number(text: str) -> None:
    assert keywords.answering(asked(text, "4040")) is KEYWORDS["ODLOG10", "4040"]


def test_a_word_is_answered_in_one_place() -> None:
    async def another(asked: InboundMessage, at: datetime) -> Told:
        return Told("keyword_help", "sl")

    with pytest.raises(ValueError, match="twice"):
        keyword("Račun", "9443")(another)
