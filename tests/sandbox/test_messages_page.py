"""Every message can be looked at before a customer gets it: as it is sent, shown and printed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from portal.dunning.policies import policies
from portal.messaging.tables import Channel
from portal.messaging.templates import template, templates
from portal.settings import ROOT
from tests.visiting import Visitor


async def test_every_message_stands_there_in_each_channel_and_language(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")

    names = [message.name for message in templates()]
    assert [link.get("href") for link in page.all(".anchors a")] == [f"#{name}" for name in names]
    assert [section.get("id") for section in page.all("section.previews")] == names
    for name in names:
        cases = 1 + len(template(name).cases)
        for channel, shown in ((Channel.SMS, ".bubble"), (Channel.EMAIL, "iframe"), (Channel.LETTER, "img")):
            found = page.all(f"#{name} {shown}")
            assert len(found) == (2 * cases if channel in template(name).channels else 0), f"{name} {channel}"


async def test_an_sms_is_shown_with_what_it_costs(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")

    [slovenian, english] = page.all("#nothing_open .counted")[:2]
    assert "".join(slovenian.itertext()) == "37 znakov · GSM-7 · SMS: 1 od največ 1"
    assert english.get("lang") == "sl"
    assert "UCS-2" in "".join(page.all("#suspended .counted")[0].itertext())


async def test_it_says_what_asked_for_it(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")

    assert "izterjava · izklop-storitev.txt, I, steps 1 and 2" in " ".join(
        "".join(page.one("#suspended").itertext()).split()
    )


async def test_it_says_what_nothing_sends_yet(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")

    marked = {str(part.get("id")) for part in page.all(".previews") if "še ni v rabi" in "".join(part.itertext())}
    assert marked == {message.name for message in templates()} - set(told())


PLACES, NONE = {"Told": slice(1), "tell_over": slice(1), "tell": slice(1, 2)}, slice(0)


def told() -> Iterator[str]:
    """The messages that something names: code of ours, or the steps of the policies by which it goes."""
    for path in (ROOT / "portal").rglob("*.py"):
        yield from named([node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)])
    for policy in policies().values():
        for step in policy.steps:
            yield from step.tells.values()


def named(calls: list[ast.Call]) -> Iterator[str]:
    """In `Told("suspended", …)` and `tell_over("documents_expired", …)` the first argument, or the words it is one of,
    and in `tell(whom, "usage_warning", …)` the second. Where a function passes it on, as `Told(template, …)`, what the
    module calls that function with.
    """
    firsts = [
        part for call in calls if isinstance(call.func, ast.Name) for part in call.args[PLACES.get(call.func.id, NONE)]
    ]
    is_passed_on = any(isinstance(first, ast.Name) for first in firsts)
    for argument in [part for call in calls for part in call.args] if is_passed_on else firsts:
        yield from (str(part.value) for part in ast.walk(argument) if isinstance(part, ast.Constant))


async def test_every_message_leads_back_to_the_list(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")

    assert page.one(".anchors").get("id") == "list"
    assert len(page.all('.previews a[href="#list"]')) == len(templates())


async def test_an_e_mail_is_seen_as_it_looks_where_it_can_do_nothing(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")
    frame = page.all("#suspended iframe")[0].get("src")

    shown = await sandbox.client.get(frame)

    assert "Storitve so izklopljene" in shown.text
    assert shown.headers["content-security-policy"].startswith("sandbox ")
    assert "frame-src 'self'" in page.response.headers["content-security-policy"]


async def test_a_letter_is_seen_as_it_is_printed(sandbox: Visitor) -> None:
    page = await sandbox.get("/sandbox/messages")
    link = page.all("#termination_notice a.sheet")[1]

    pdf = await sandbox.client.get(link.get("href") or "")
    picture = await sandbox.client.get(link.cssselect("img")[0].get("src") or "")

    assert pdf.content.startswith(b"%PDF")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "no_such/example/sl/email",
        "..%2f/example/sl/email",
        "suspended/no_such/sl/email",
        "suspended/example/de/email",
        "open_items/example/sl/email",
        "open_items/example/sl/letter",
        "open_items/example/sl/sheet",
    ],
)
async def test_what_there_is_not(sandbox: Visitor, path: str) -> None:
    assert (await sandbox.client.get(f"/sandbox/messages/{path}")).status_code == 404
