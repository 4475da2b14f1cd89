"""The styles keep their rules: layers, names for colours, nothing forced, nothing left over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2

from portal.settings import ROOT

CSS = ROOT / "static" / "css"
FILES = sorted(CSS.rglob("*.css"))
LAYERS = {"reset", "tokens", "base", "components", "pages", "utilities"}
PALETTE = CSS / "tokens.css"
PAPER = CSS / "print.css"
# `oklch(from var(--x) …)` mixes a named colour and is no literal.
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\((?!\s*from\b)", re.IGNORECASE)
NAMED = {"white", "black", "red", "green", "blue", "gray", "grey", "silver", "yellow", "orange", "purple"}
CLASS = re.compile(r"\.([a-z][a-z0-9_-]*)", re.IGNORECASE)


def tokens(nodes: Iterable[Any]) -> Iterator[Any]:
    """Every token of a stylesheet, whatever it is nested in."""
    for node in nodes:
        yield node
        for part in ("prelude", "content", "arguments"):
            yield from tokens(getattr(node, part, None) or ())


def read(path: Path) -> list[Any]:
    return list(tinycss2.parse_stylesheet(path.read_text(), skip_comments=True, skip_whitespace=True))


def name_of(path: Path) -> str:
    return str(path.relative_to(CSS))


each_file = pytest.mark.parametrize("path", FILES, ids=name_of)


@each_file
def test_it_is_css(path: Path) -> None:
    assert [node for node in tokens(read(path)) if node.type == "error"] == []


@each_file
def test_nothing_is_forced(path: Path) -> None:
    assert "!important" not in path.read_text()


@each_file
def test_rules_stand_in_a_layer(path: Path) -> None:
    loose = [node for node in read(path) if node.type == "qualified-rule"]
    named = {
        word
        for node in read(path)
        if node.type == "at-rule" and node.lower_at_keyword == "layer"
        for word in tinycss2.serialize(node.prelude).replace(",", " ").split()
    }

    assert loose == []
    assert named <= LAYERS


@each_file
def test_colours_have_names(path: Path) -> None:
    if path == PALETTE:
        return
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    words = {node.lower_value for node in tokens(read(path)) if node.type == "ident"}

    assert COLOUR.findall(text) == []
    assert words & NAMED == ({"white"} if path == PAPER else set())


def test_every_name_for_a_value_is_given_and_used() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    given = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", text))

    assert used <= given
    assert given <= used


def test_every_file_stands_in_a_bundle() -> None:
    bundles = tomllib.loads((CSS / "bundles.toml").read_text())

    assert {part for parts in bundles.values() for part in parts} == {name_of(path) for path in FILES}
    assert all(len(parts) == len(set(parts)) for parts in bundles.values())


def test_every_class_is_on_some_page() -> None:
    styled = {
        found
        for path in FILES
        for node in tokens(read(path))
        if node.type in ("qualified-rule", "at-rule")
        for found in CLASS.findall(selectors(node))
    }
    markup = "\n".join(
        path.read_text()
        for folder in ("templates", "components", "static/js")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".html", ".js") and ".min." not in path.name
    )
    words = set(re.findall(r"[a-z][a-z0-9_-]*", markup, re.IGNORECASE))

    assert styled - words == set()


def selectors(node: Any) -> str:
    """What a rule, or the rules nested in it, are for."""
    if node.type == "qualified-rule":
        return str(tinycss2.serialize(node.prelude))
    text = tinycss2.serialize(node.content or ())
    return " ".join(part.rpartition("}")[2].rpartition(";")[2] for part in text.split("{")[:-1])
