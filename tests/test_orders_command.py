"""`portal orders`: what staff and the sales system do by command; and that format, example and schema are one."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from portal.database import transaction
from portal.settings import ROOT
from portal.signing.envelopes.guarding import block
from portal.signing.orders.faults import read
from portal.signing.orders.feed import Arrived, schema
from portal.signing.tables import Blocked, Envelope, EvidenceEntry, Order
from tests.people import Person
from tests.signing import people
from tests.signing.orders.rows import Row, envelope_of, of, of_newcomer, packed, taken

DOCS = ROOT / "docs"
EXAMPLE = DOCS / "orders.example.ndjson"


@pytest.fixture
async def ana(database: str) -> Person:
    return await people.ana()


@pytest.fixture
def now() -> str:
    """Commands live in the real time."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


async def portal(*arguments: str, database: str, given: bytes = b"") -> tuple[int, str]:
    """The exit code and what the command says, in one line."""
    command = [sys.executable, "-m", "portal.cli", "orders", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "DATABASE_URL": database}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, check=False, input=given
    )
    return done.returncode, " ".join(f"{done.stdout.decode()} {done.stderr.decode()}".split())


async def placed(row: Row, now: str) -> Row:
    """Taken, as of now."""
    row = row | {"placed_at": now}
    await taken(row, at=datetime.fromisoformat(now))
    return row


async def test_a_file_with_good_rows_and_bad_ones(database: str, ana: Person, now: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.ndjson"
    good, bad = of(ana, placed_at=now), of(ana, placed_at=now, colour="red", amount=5)
    stranger = of(ana, placed_at=now, line="+38641999999")
    rows = [good, bad, stranger, good, good | {"amount": "1.00"}]
    file.write_bytes(b"\n".join(map(packed, rows)) + b"\n{")

    code, said = await portal("import", str(file), database=database)

    assert code == 3
    assert "1 came in, 1 were here already, 4 set aside in" in said
    assert "│ 3 │ line: the customer has no such line" in said
    assert "with other content" in said
    assert "orders ━" in said
    aside = file.with_name("orders.ndjson.set-aside.ndjson")
    told = [json.loads(line) for line in aside.read_text().splitlines()]
    assert [one["line"] for one in told] == [2, 3, 5, 6]
    assert told[0]["reason"].endswith("(and 1 more)")
    assert [one["row"] for one in told] == [bad, stranger, rows[4], None]
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert await Order.count() == await Envelope.count() == 1


async def test_given_again_nothing_changes(database: str, ana: Person, now: str) -> None:
    rows = b"\n".join(packed(of(ana, placed_at=now)) for _ in range(3))

    await portal("import", "-", database=database, given=rows)
    code, said = await portal("import", "-", database=database, given=rows)

    assert code == 0
    assert "0 came in, 3 were here already, none set aside." in said


async def test_without_keys_the_rest_waits_and_says_so(
    database: str, ana: Person, now: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SIGNING_KEYS_DIR", "SIGNING_KEYS_PASSPHRASE"):
        monkeypatch.delenv(name)

    code, said = await portal("import", "-", database=database, given=packed(of(ana, placed_at=now)))

    assert code == 1
    assert "Nothing can be signed" in said
    assert await Order.count() == 0


async def test_staff_finds_what_is_blocked_and_lifts_it(database: str, ana: Person, now: str) -> None:
    row = await placed(of(ana), now)
    envelope = await envelope_of(row)
    assert envelope is not None
    async with transaction():
        await block(envelope.id, Blocked.WRONG_CODES, datetime.fromisoformat(now))

    listed = await portal("list", "--blocked", database=database)
    shown = await portal("show", row["number"], database=database)
    lifted = await portal("unblock", row["number"], "--by", "Maja", database=database)
    again = await portal("unblock", row["number"], "--by", "Maja", database=database)

    assert row["number"] in listed[1]
    assert "wrong_codes" in listed[1]
    assert "blocked as wrong_codes" in shown[1]
    assert lifted[0] == 0
    assert again[0] == 1
    assert "no such order that is blocked" in again[1]
    assert await portal("list", "--blocked", database=database) == (0, "There is no such order.")
    noted = await EvidenceEntry.objects().get(EvidenceEntry.event == "unblocked")
    assert noted is not None
    assert "Maja" in noted.facts


async def test_identification_is_reported_by_command(database: str, now: str) -> None:
    row = await placed(of_newcomer(), now)

    first = await portal("identified", row["number"], "--passed", "--reference", "VID-7", database=database)
    again = await portal("identified", row["number"], "--passed", "--reference", "VID-7", database=database)
    other = await portal("identified", row["number"], "--failed", "--reference", "VID-7", database=database)
    missing = await portal("identified", "N-none", "--passed", "--reference", "VID-7", database=database)

    assert (first[0], again[0], other[0], missing[0]) == (0, 0, 1, 1)
    assert "gets the documents" in first[1]
    assert "reported already" in again[1]
    assert "another outcome was reported" in other[1]
    assert "There is no order N-none." in missing[1].replace("there is", "There is")


@pytest.mark.parametrize(
    ("reason", "said"), [("price", "price"), ("withdrawn", "cancelled with the change of a service")]
)
async def test_why_it_was_declined(database: str, ana: Person, now: str, reason: str, said: str) -> None:
    row = await placed(of(ana), now)
    at = datetime.fromisoformat(now)
    await Envelope.update({Envelope.state: "declined", Envelope.decided_at: at, Envelope.decline_reason: reason}).where(
        Envelope.state == "open"
    )

    shown = await portal("show", row["number"], database=database)

    assert shown[0] == 0
    assert said in shown[1]


async def test_changes_come_one_a_line_from_a_moment_on(database: str, ana: Person, now: str) -> None:
    row = await placed(of(ana), now)
    moment = datetime.fromisoformat(now)
    await Envelope.update({Envelope.state: "declined", Envelope.decided_at: moment}).where(Envelope.state == "open")

    code, said = await portal("changes", "--since", now, database=database)

    told = json.loads(said)
    assert (code, told["number"], told["outcome"]) == (0, row["number"], "declined")
    assert await portal("changes", "--since", "2030-01-01", database=database) == (0, "")
    documented = (DOCS / "orders.md").read_text().split("```json\n")[1].split("```")[0]
    assert list(json.loads(documented)) == list(told)


def test_the_schema_in_the_docs_is_the_code_s() -> None:
    written = json.loads((DOCS / "orders.schema.json").read_text())

    assert written == schema(), "portal orders schema > docs/orders.schema.json"
    jsonschema.Draft202012Validator.check_schema(written)


@pytest.mark.parametrize("line", EXAMPLE.read_text().splitlines(), ids=lambda line: str(json.loads(line)["number"]))
def test_the_example_is_right_by_schema_and_by_code(line: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())

    assert list(validator.iter_errors(json.loads(line))) == []
    read(line.encode())


def test_the_example_shows_every_field_and_every_kind() -> None:
    rows = [json.loads(line) for line in EXAMPLE.read_text().splitlines()]

    assert {name for row in rows for name in row} == set(Arrived.model_fields)
    assert {name for row in rows for name in row.get("terms", {})} == set(
        Arrived.model_fields["terms"].default.__class__.model_fields
    )
    assert {row["kind"] for row in rows} == {"extension", "fixed", "mobile", "order", "purchase", "change"}


async def test_an_order_that_there_is_not(database: str) -> None:
    code, said = await portal("show", "N-none", database=database)

    assert code == 1
    assert "there is no order N-none" in said
