"""What a message says, and what it costs to send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from portal.messaging.segments import BASIC, EXTENDED, is_gsm7, segments
from portal.messaging.wording import euros, text_of
from portal.money import Money
from portal.settings import ROOT

OURS = {
    "suspended": {"barred": "outgoing", "cost": "28,97 EUR", "added": "20,98 EUR", "last_day": "28. 12. 2026"},
    "pre_suspension": {"days": "3", "last_day": "24. 12. 2026", "amount": "1186,45 EUR"},
    "reconnected": {},
}
MOST_SEGMENTS = {"sl": 4, "en": 2}


@pytest.mark.parametrize("language", ["sl", "en"])
@pytest.mark.parametrize("template", OURS)
def test_messages_are_short_and_plain(template: str, language: str) -> None:
    text = text_of(template, language, OURS[template])

    assert segments(text) <= MOST_SEGMENTS[language], text
    assert is_gsm7(text.translate(str.maketrans("čšžČŠŽ", "cszCSZ"))), text
    assert "  " not in text
    assert text == text.strip()


def test_every_message_of_ours_is_looked_at_here() -> None:
    there = {path.stem for path in (ROOT / "templates" / "sms").glob("*.txt")}

    assert there - {"sign_in_code"} == set(OURS)


def test_the_suspension_names_the_fee_and_the_last_day() -> None:
    text = text_of("suspended", "sl", OURS["suspended"])

    assert "se izognete dodatnemu strošku 20,98 EUR" in text
    assert "do vključno 28. 12. 2026" in text
    assert "https://moj.test" in text
    assert text.endswith("Moj A1")


def test_without_a_day_to_avoid_anything_it_says_what_reconnection_costs() -> None:
    text = text_of("suspended", "sl", OURS["suspended"] | {"added": "", "last_day": ""})

    assert "Ponovni priklop stane 28,97 EUR" in text
    assert "do vključno" not in text


@pytest.mark.parametrize(
    ("barred", "said"), [("outgoing", "izklopili odhodne storitve."), ("all", "smo izklopili storitve.")]
)
def test_the_suspension_says_what_was_switched_off(barred: str, said: str) -> None:
    text = text_of("suspended", "sl", OURS["suspended"] | {"barred": barred})

    assert said in text
    assert segments(text) <= MOST_SEGMENTS["sl"]


@pytest.mark.parametrize(("days", "said"), [("1", "1 dan"), ("2", "2 dneva"), ("3", "3 dni"), ("5", "5 dni")])
def test_days_left_are_counted_in_slovenian(days: str, said: str) -> None:
    assert f"še {said}:" in text_of("pre_suspension", "sl", OURS["pre_suspension"] | {"days": days})


def test_the_advice_after_reconnection() -> None:
    assert "ugasnite in znova prižgite" in text_of("reconnected", "sl", {})


def test_a_message_is_no_web_page() -> None:
    text = text_of("pre_suspension", "sl", OURS["pre_suspension"] | {"amount": "1 & 2 <EUR>\u00a0–"})

    assert "1 & 2 <EUR> -" in text


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        text_of("pre_suspension", "sl", {})


def test_amounts_are_written_without_the_sign() -> None:
    assert euros(Money(2098), "sl") == "20,98 EUR"
    assert euros(Money(2098), "en") == "20.98 EUR"


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
