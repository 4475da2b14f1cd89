"""Addresses that people keep, print and send each other do not vanish unnoticed."""

from __future__ import annotations

from pathlib import Path

from tests.visiting import routes_of_portal

SAVED = Path(__file__).parent / "routes.txt"


def test_the_routes_are_those_that_were_saved() -> None:
    """After a wanted change: write what the assertion shows into routes.txt."""
    saved = SAVED.read_text().split("\n")

    assert [f"{method} {path}" for method, path in routes_of_portal()] == [line for line in saved if line]
