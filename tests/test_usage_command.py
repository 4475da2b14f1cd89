"""`portal usage`: what an operator gives, sees and is left with; and that format, example and schema are one."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from portal.sandbox import demo
from portal.settings import ROOT
from portal.usage.arriving.feed import ROW, TYPES, schema
from portal.usage.arriving.parsing import Reading
from tests.people import NOON, TODAY, a_person
from tests.usage.arriving.feeds import (
    a_line,
    a_record,
    allowances,
    an_allowance,
    bring_in,
    everything,
    packed,
    spending,
    without,
)
from tests.world import exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone"]

DOCS = ROOT / "docs"
EXAMPLE = DOCS / "usage.example.ndjson"


async def portal(*arguments: str, database: str, given: bytes = b"") -> tuple[int, str]:
    """The exit code and what the command says, in one line."""
    command = [sys.executable, "-m", "portal.cli", "usage", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "DATABASE_URL": database}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, check=False, input=given
    )
    return done.returncode, " ".join(f"{done.stdout.decode()} {done.stderr.decode()}".split())


async def test_a_file_with_good_rows_and_bad_ones(database: str, tmp_path: Path) -> None:
    ana, file = await a_person("Ana Zupan"), tmp_path / "usage.ndjson"
    good, bad = an_allowance(ana.line), a_record(ana.line, quantity="1", other_party="+38640123456")
    file.write_bytes(packed([good, "{", bad, good]))

    planned = await portal("import", "--dry-run", str(file), database=database)
    assert planned[0] == 3
    assert "1 would come in, 1 were here already, or something newer was, 2 set aside in" in planned[1]
    assert await everything() == ([], [], [])
    code, said = await portal("import", str(file), database=database)

    assert code == 3
    assert "1 came in, 1 were here already, or something newer was, 2 set aside in" in said
    assert "│ 3 │ record.quantity: Input should be a valid integer" in said
    assert "rows ━" in said
    aside = file.with_name("usage.ndjson.set-aside.ndjson")
    first, second = [json.loads(line) for line in aside.read_text().splitlines()]
    assert (first["line"], first["row"]) == (2, None)
    assert (second["line"], second["row"]) == (3, bad | {"other_party": "+38640123***"})
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


async def test_from_stdin_and_set_aside_elsewhere(database: str, tmp_path: Path) -> None:
    ana, aside = await a_person("Ana Zupan"), tmp_path / "aside.ndjson"
    given = packed([spending(ana.line), b"\xff" * 9])

    code, _ = await portal("import", "-", "--set-aside", str(aside), database=database, given=given)

    assert code == 3
    assert len(aside.read_text().splitlines()) == 1


async def test_a_packed_file_that_is_cut_brings_in_what_it_holds_and_says_so(database: str, tmp_path: Path) -> None:
    ana, file = await a_person("Ana Zupan"), tmp_path / "usage.ndjson.gz"
    rows = packed([an_allowance(ana.line, n, code=f"code{n}") for n in range(6_000)])
    file.write_bytes(gzip.compress(rows)[:-100])

    code, said = await portal("import", str(file), database=database)

    assert code == 1
    assert "is damaged or not whole" in said
    assert len(await allowances()) == 5_000, "the whole chunk"
    file.write_bytes(gzip.compress(rows))
    code, said = await portal("import", str(file), database=database)
    assert code == 0
    assert "1,000 came in, 5,000 were here already, or something newer was, none set aside." in said


async def test_the_months_that_are_kept(database: str) -> None:
    code, said = await portal("months", database=database)

    assert code == 0
    assert "│ usage_records │ 2026-11 │" in said


def test_the_schema_in_the_docs_is_the_code_s() -> None:
    written = json.loads((DOCS / "usage.schema.json").read_text())

    assert written == schema(), "portal usage schema > docs/usage.schema.json"
    jsonschema.Draft202012Validator.check_schema(written)


@pytest.mark.parametrize("line", EXAMPLE.read_text().splitlines(), ids=lambda line: str(json.loads(line)["sequence"]))
def test_the_example_is_right_by_schema_and_by_code(line: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())

    assert list(validator.iter_errors(json.loads(line))) == []
    Reading(NOON).read(line.encode())


def test_the_example_shows_every_field() -> None:
    shown = {name for line in EXAMPLE.read_text().splitlines() for name in json.loads(line)}

    assert shown == {name for kind in TYPES for name in kind.model_fields}


def test_the_schema_refuses_what_the_code_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    line = a_line("+38641000001")
    for wrong in (
        *(an_allowance(line, used=1.5), an_allowance(line, kind="voice"), an_allowance(line, source="a b")),
        *(spending(line, "-1.00"), spending(line, spent=1), a_record(line, colour="red"), a_record(line, type="call")),
        *(without(a_record(line), "began_at"), a_record(line, other_party="12")),
    ):
        assert not validator.is_valid(wrong), wrong
        with pytest.raises(ValueError, match="validation error"):
            ROW.validate_json(json.dumps(wrong))


def test_the_format_is_described_field_by_field() -> None:
    described = (DOCS / "usage.md").read_text()

    for kind in TYPES:
        for name in kind.model_fields:
            assert f"`{name}`" in described, name


@pytest.mark.usefixtures("exchange", "phone", "mailbox", "database")
async def test_the_example_comes_in_in_the_demo() -> None:
    await demo.seed(TODAY)

    done = await bring_in(*EXAMPLE.read_bytes().splitlines(), at=datetime(2026, 11, 21, 11, tzinfo=UTC))

    assert (done.arrived, done.already, done.set_aside) == (7, 2, [])
