"""What a message says, and what it costs to send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from portal.messaging.segments import BASIC, EXTENDED, is_gsm7, segments
from portal.messaging.tables import Channel
from portal.messaging.templates import template, templates
from portal.messaging.wording import sms_text

SUSPENDED = template("suspended").example
WARNED = template("pre_suspension").example
SMS = [message.name for message in templates() if Channel.SMS in message.channels]


@pytest.mark.parametrize("language", ["sl", "en"])
@pytest.mark.parametrize("name", SMS)
def test_messages_are_short_and_plain(name: str, language: str) -> None:
    text = sms_text(name, language, template(name).example)

    assert segments(text) <= template(name).most_segments, text
    assert is_gsm7(text.translate(str.maketrans("čšžČŠŽ", "cszCSZ"))), text
    assert "  " not in text
    assert "&" not in text
    assert text == text.strip()


def test_the_suspension_names_the_fee_and_the_last_day() -> None:
    text = sms_text("suspended", "sl", SUSPENDED)

    assert "se izognete dodatnemu strošku 20,98 EUR" in text
    assert "do vključno 28. 11. 2026" in text
    assert "https://moj.test" in text
    assert text.endswith("Moj A1")


def test_without_a_day_to_avoid_anything_it_says_what_reconnection_costs() -> None:
    text = sms_text("suspended", "sl", SUSPENDED | {"added": None, "last_day": None})

    assert "Ponovni priklop stane 28,97 EUR" in text
    assert "do vključno" not in text


@pytest.mark.parametrize(
    ("barred", "said"), [("outgoing", "izklopili odhodne storitve."), ("all", "smo izklopili storitve.")]
)
def test_the_suspension_says_what_was_switched_off(barred: str, said: str) -> None:
    text = sms_text("suspended", "sl", SUSPENDED | {"barred": barred})

    assert said in text
    assert segments(text) <= template("suspended").most_segments


@pytest.mark.parametrize(("days", "said"), [(1, "1 dan"), (2, "2 dneva"), (3, "3 dni"), (5, "5 dni")])
def test_days_left_are_counted_in_slovenian(days: int, said: str) -> None:
    assert f"še {said}:" in sms_text("pre_suspension", "sl", WARNED | {"days": days})


def test_the_advice_after_reconnection() -> None:
    assert "ugasnite in znova prižgite" in sms_text("reconnected", "sl", {})


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        sms_text("pre_suspension", "sl", {})


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("č" * 70, 1),
        ("č" * 71, 2),
        ("č" * 134, 2),
        ("č" * 135, 3),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_the_network_does(text: str, count: int) -> None:
    assert segments(text) == count


def test_a_character_of_two_units_is_not_torn_apart() -> None:
    torn_if_summed = "a" * 152 + "€" + "a" * 152

    assert segments(torn_if_summed) == 3


@given(st.text(alphabet=sorted(BASIC | EXTENDED), max_size=500), st.text(max_size=60))
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert segments(text + more) >= segments(text)
