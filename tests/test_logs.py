"""Log lines: one a request, with its id, and nothing that is nobody's business."""

from __future__ import annotations

import json

import pytest

from portal.logs import as_json, hide_secrets
from tests.visiting import Visitor


async def test_a_request_is_one_line_without_its_query(visit: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    await visit.get("/sign-in?next=%2Fbills&code=123456")

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [("GET", "/sign-in", 200)]
    assert "123456" not in json.dumps(lines)
    assert lines[0]["request_id"]


async def test_probes_and_static_files_are_not_logged(visit: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    await visit.get("/health/live")

    assert "request" not in capfd.readouterr().err


def test_what_is_called_a_secret_is_never_written() -> None:
    event = hide_secrets(None, "info", {"event": "sent", "code": "123456", "token": "abc", "to": "+38640000102"})

    assert json.loads(as_json(None, "info", event)) == {
        "event": "sent",
        "code": "…",
        "token": "…",
        "to": "+38640000102",
    }


async def test_the_token_of_a_signing_link_is_not_logged(visit: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    await visit.get("/sign/c-Pcv63LaxMQcF7pWmSdCoTAwqt54C7oBBCrxwGHfio")

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["path"] for line in lines] == ["/sign/…"]
