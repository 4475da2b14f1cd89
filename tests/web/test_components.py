"""The design system: every component draws each of its examples, in both languages, and is documented."""

from __future__ import annotations

import html5lib
import pytest

from portal.sandbox.gallery import gallery
from portal.web.templating import COMPONENTS

NAMES = sorted(path.stem for path in COMPONENTS.glob("*.html"))


@pytest.mark.parametrize("language", ["sl", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_valid_html(name: str, language: str) -> None:
    examples = gallery(language)[name]
    parser = html5lib.HTMLParser(strict=True)

    for draw in examples.values():
        fragment = draw("test")
        assert fragment.strip()
        parser.parse(f"<!doctype html><title>-</title><main>{fragment}</main>")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "csrf"])
def test_every_component_has_an_example(name: str) -> None:
    assert gallery("sl")[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_component_says_what_it_takes(name: str) -> None:
    source = (COMPONENTS / f"{name}.html").read_text()

    assert source.startswith("{#")
    assert f"macro {name}(" in source
    assert "|safe" not in source
