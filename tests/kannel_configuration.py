"""Kannel's configuration for tests: `deploy/kannel.conf`, with fakesmsc for the operator's SMS centre."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.settings import ROOT

SHIPPED = ROOT / "deploy" / "kannel.conf"
USER, PASSWORD, TOKEN = "portal", "kannel-password-of-tests", "callback-token-of-tests"
ADMIN = "admin-password-of-tests"


def configuration(folder: Path, portal: str, ports: Mapping[str, int]) -> str:
    """The shipped file with ports, folders and passwords of our own. `portal`: the origin it calls."""
    text = SHIPPED.read_text().replace("https://moj.example.si", portal).replace("CHANGE-ME-TOKEN", TOKEN)
    own = {
        ("core", "admin-port"): ports["admin"],
        ("core", "admin-password"): ADMIN,
        ("core", "smsbox-port"): ports["smsbox"],
        ("core", "store-location"): folder / "messages.store",
        ("core", "dlr-spool"): folder / "receipts",
        ("core", "log-file"): folder / "bearerbox.log",
        ("smsbox", "sendsms-port"): ports["sendsms"],
        ("smsbox", "http-queue-delay"): 1,
        ("smsbox", "log-file"): folder / "smsbox.log",
        ("sendsms-user", "password"): PASSWORD,
    }
    centre = f"group = smsc\nsmsc = fake\nsmsc-id = fake\nport = {ports['smsc']}\nconnect-allow-ip = 127.0.0.1"
    groups = [centre if name == "smsc" else rewritten(group, name, own) for name, group in groups_of(text)]
    assert not own, f"deploy/kannel.conf has no {sorted(own)}"
    return "\n\n".join(groups) + "\n"


def groups_of(text: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"\n\s*\n", text):
        if named := re.search(r"^group = (\S+)$", block, re.MULTILINE):
            yield named[1], block


def rewritten(group: str, name: str, own: dict[tuple[str, str], object]) -> str:
    """The group with the values of our own, each of which is used up."""

    def line(found: re.Match[str]) -> str:
        return f'{found[1]} = "{own.pop((name, found[1]))}"' if (name, found[1]) in own else found[0]

    return re.sub(r"^([a-z-]+) = .*$", line, group, flags=re.MULTILINE)
