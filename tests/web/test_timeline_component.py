"""The timeline says by a word and an icon, not by colour alone, what is behind, now and to come."""

from __future__ import annotations

import html5lib
import pytest

from portal.sandbox.gallery import gallery

WORDS = {
    "sl": {"done": "Za vami", "now": "Zdaj", "next": "Sledi", "later": "Pozneje"},
    "en": {"done": "Behind you", "now": "Now", "next": "Next", "later": "Later"},
}


@pytest.mark.parametrize("language", ["sl", "en"])
def test_each_line_has_its_icon_and_its_word(language: str) -> None:
    drawn = gallery(language)["timeline"]["example_cut_off"]("test")
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    items = parser.parse(f"<!doctype html>{drawn}").getroot().cssselect("ol > li")

    assert [item.get("class") for item in items] == ["done", "done", "now", "next", "later"]
    for item in items:
        assert item.cssselect(".mark b")[0].text == WORDS[language][item.get("class")]
        assert item.cssselect(".icon")
    assert [item.get("class") for item in items if item.get("aria-current") == "step"] == ["now"]


def test_a_fee_taken_off_is_struck_through_and_said_to_be() -> None:
    drawn = gallery("en")["timeline"]["example_a_fee_taken_off"]("test")

    assert "<s><span" in drawn
    assert "taken off" in drawn
