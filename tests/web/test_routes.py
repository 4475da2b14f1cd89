"""Addresses that people keep, print and send each other do not vanish unnoticed."""

from __future__ import annotations

from pathlib import Path

from tests.web.routes import every_route

SAVED = Path(__file__).parent / "routes.txt"


def test_the_routes_are_those_that_were_saved() -> None:
    """After a wanted change, write what stands here on the left into routes.txt."""
    assert sorted(f"{route.path} {route.method}" for route in every_route()) == SAVED.read_text().splitlines()
