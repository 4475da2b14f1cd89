"""The text a person agrees to: one in each language, in plain words, checked before anybody sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.signing.envelopes import consent

WORDS = """
[{language}]
title = "A title that is long enough"
statement = "A statement that is long enough"
paragraphs = {paragraphs}
"""
ONE = '["One paragraph that is long enough."]'
TWO = '["One paragraph that is long enough.", "Another one that is long enough."]'


def a_version(folder: Path, *, version: str = "2", sl: str = ONE, en: str = ONE, more: str = "") -> Path:
    path = folder / "2.toml"
    both = WORDS.format(language="sl", paragraphs=sl) + WORDS.format(language="en", paragraphs=en)
    path.write_text(f"version = {version}\n{more}{both}")
    return path


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sl", ["prebral", "elektronsko", "kodo", "e-pošti", "portalu", "brezplačno", "zavrnem", "papirju", "14 dneh"]),
        ("en", ["read", "electronically", "code", "e-mail", "portal", "free of charge", "decline", "paper", "14 days"]),
    ],
)
def test_it_says_all_that_has_to_be_known(language: str, said: list[str]) -> None:
    now = consent.current(language)

    text = " ".join([now.title, *now.paragraphs, now.statement])
    assert [word for word in said if word not in text] == []


def test_what_was_agreed_to_can_be_read_again() -> None:
    now = consent.current("sl")

    assert consent.version(now.version, "sl") == now
    with pytest.raises(KeyError):
        consent.version("0", "sl")


def test_a_version_is_read(tmp_path: Path) -> None:
    assert consent.read(a_version(tmp_path)).in_("en").version == "2"


@pytest.mark.parametrize(
    "odd",
    [{"version": "3"}, {"version": '"2"'}, {"sl": TWO}, {"en": "[]"}, {"en": '["short"]'}, {"more": "valid = true\n"}],
)
def test_an_odd_version_stops_the_portal(tmp_path: Path, odd: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        consent.read(a_version(tmp_path, **odd))
