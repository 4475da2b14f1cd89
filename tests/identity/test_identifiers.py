"""What people type to say who they are."""

from __future__ import annotations

import pytest

from portal.identity import identifiers
from portal.mail_settings import wire_address


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("041 123 456", "+38641123456"),
        ("041/123-456", "+38641123456"),
        ("+386 41 123 456", "+38641123456"),
        ("00386 41 123456", "+38641123456"),
        ("41123456", "+38641123456"),
        ("Ana.Kovac@Example.test", "ana.kovac@example.test"),
        ("1000001", "1000001"),
        ("1000 001", "1000001"),
        ("a1-2000", "A12000"),
        ("01 234 5678", None),
        ("+43 664 1234567", None),
        ("041 12", None),
        ("a..b@example.si", "a..b@example.si"),
        (".ana@example.si", ".ana@example.si"),
        ("ana@localhost", None),
        ("ana kovac@example.test", None),
        ("ana@@example.test", None),
        ("12", None),
        ("'; DROP TABLE logins", None),
    ],
)
def test_reading(typed: str, read: str | None) -> None:
    assert identifiers.read(typed) == read


@pytest.mark.parametrize("typed", ["Ana.Kovac@Example.si", "a+b@example.si", "o'neil@a-b.example.si"])
def test_an_address_to_write_to_is_one_that_mail_can_go_to(typed: str) -> None:
    assert identifiers.read_email(typed) == wire_address(typed.lower()) == typed.lower()


@pytest.mark.parametrize(
    "typed",
    ["a..b@example.si", ".a@example.si", "a.@example.si", "a@example..si", '"a"@example.si', "a@žito.si", "041123456"],
)
def test_what_mail_refuses_is_no_address_to_write_to(typed: str) -> None:
    assert identifiers.read_email(typed) is None


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        ("+38641123456", "041 ••• •56"),
        ("ana@example.test", "a••@example.test"),
        ("a@example.test", "a@example.test"),
        ("anastazija.novak@example.test", "a•••••@example.test"),
        ("1000001", "10•••01"),
        ("1234", "1234"),
    ],
)
def test_masking(identifier: str, shown: str) -> None:
    assert identifiers.mask(identifier) == shown
