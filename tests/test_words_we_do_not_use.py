"""Of signing we say what it does. Words that promise a rank in law stand nowhere that anybody reads."""

from __future__ import annotations

import re

import pytest

from portal.settings import ROOT

GRAND = re.compile(
    r"napredn\w+\s+elektronsk\w+\s+podpis|kvalificiran|qualified|advanced\s+electronic\s+signature", re.IGNORECASE
)
READ = (
    *(ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.*"))),
    *sorted((ROOT / "templates").rglob("*.*")),
    *sorted((ROOT / "components").rglob("*.html")),
    *sorted((ROOT / "locales").rglob("*.po")),
    *sorted((ROOT / "portal").rglob("*.toml")),
)


def test_nothing_that_anybody_reads_uses_them() -> None:
    grand = {file: GRAND.findall(file.read_bytes().decode(errors="replace")) for file in READ}

    assert {str(file.relative_to(ROOT)): words for file, words in grand.items() if words} == {}


@pytest.mark.parametrize(
    "words",
    [
        "napredni elektronski podpis",
        "naprednega\nelektronskega podpisa",
        "Kvalificirano potrdilo",
        "a qualified certificate",
        "an Advanced Electronic Signature",
    ],
)
def test_they_would_be_found(words: str) -> None:
    assert GRAND.search(words)
