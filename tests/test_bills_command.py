"""`portal bills`: what an operator gives, sees and is left with; and that format, example and schema are one."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from portal.billing.arriving.document import schema
from portal.billing.arriving.parsing import parse
from portal.billing.tables import Bill
from portal.database import connection
from portal.sandbox import demo
from portal.settings import ROOT
from tests.billing.arriving.documents import Document, a_credit_note, a_document, bring_in, packed
from tests.billing.arriving.test_fees_on_bills import a_fee
from tests.payments.books import books_balance
from tests.people import TODAY, a_person
from tests.world import exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone"]

DOCS = ROOT / "docs"
EXAMPLE = DOCS / "bills.example.ndjson"


async def portal(*arguments: str, database: str, given: bytes = b"") -> tuple[int, str]:
    """The exit code and what the command says, in one line."""
    command = [sys.executable, "-m", "portal.cli", "bills", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "DATABASE_URL": database}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, check=False, input=given
    )
    return done.returncode, " ".join(f"{done.stdout.decode()} {done.stderr.decode()}".split())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bills.ndjson"


def lay(file: Path, rows: Sequence[Document | bytes | str]) -> None:
    file.write_bytes(packed(rows))


def holds(file: Path) -> bytes:
    return file.read_bytes()


async def test_a_file_with_good_rows_and_bad_ones(database: str, file: Path) -> None:
    ana = await a_person("Ana Zupan")
    good, float_total = a_document(ana.account), a_document(ana.account) | {"total": 32.46}
    lay(file, [good, "{", float_total, good])

    planned = await portal("import", "--dry-run", str(file), database=database)
    assert planned[0] == 3
    assert "1 would come in, 1 were here already, 2 set aside in" in planned[1]
    assert not await Bill.exists()
    code, said = await portal("import", str(file), database=database)

    assert code == 3
    assert "1 came in, 1 were here already, 2 set aside in" in said
    assert "│ 3 │ total: money is a string with two decimals" in said
    assert "documents ━" in said
    aside = file.with_name("bills.ndjson.set-aside.ndjson")
    first, second = [json.loads(line) for line in aside.read_text().splitlines()]
    assert (first["line"], first["row"]) == (2, None)
    assert (second["line"], second["row"]) == (3, float_total)
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


async def test_mended_and_given_again_everything_is_in(database: str, file: Path) -> None:
    ana = await a_person("Ana Zupan")
    lay(file, ["nothing"])
    await portal("import", str(file), database=database)
    lay(file, [a_document(ana.account)])

    code, said = await portal("import", str(file), database=database)

    assert (code, await Bill.count()) == (0, 1)
    assert "1 came in, 0 were here already, none set aside." in said
    assert list(file.parent.iterdir()) == [file], "no old rows are left that somebody would look after"


async def test_from_stdin_and_set_aside_elsewhere(database: str, tmp_path: Path) -> None:
    ana = await a_person("Ana Zupan")
    given = packed([a_document(ana.account), b"\xff" * 9, b"[" * 9_000])
    aside = tmp_path / "aside.ndjson"

    code, said = await portal("import", "-", "--set-aside", str(aside), database=database, given=given)

    assert (code, await Bill.count()) == (3, 1)
    assert "2 rows" not in said
    assert [json.loads(line)["row"] for line in aside.read_text().splitlines()] == [None, None]


async def test_a_packed_file_that_is_cut_brings_in_what_it_holds_and_says_so(database: str, tmp_path: Path) -> None:
    ana = await a_person("Ana Zupan")
    file = tmp_path / "bills.ndjson.gz"
    documents = [a_document(ana.account) for _ in range(1_500)]
    file.write_bytes(gzip.compress(packed(documents))[:-100])

    code, said = await portal("import", str(file), database=database)

    assert code == 1
    assert "is damaged or not whole" in said
    assert await Bill.count() == 1_000, "the whole thousands"
    file.write_bytes(gzip.compress(packed(documents)))
    assert "500 came in, 1,000 were here already" in (await portal("import", str(file), database=database))[1]


async def test_rows_are_never_set_aside_into_their_own_file(database: str, file: Path) -> None:
    lay(file, [b"{}"])

    code, said = await portal("import", str(file), "--set-aside", str(file), database=database)

    assert code == 2
    assert "cannot be set aside into the file that they come from" in said
    assert holds(file) == b"{}"


async def test_where_nothing_can_be_set_aside_nothing_comes_in(database: str, file: Path, tmp_path: Path) -> None:
    ana = await a_person("Ana Zupan")
    lay(file, [a_document(ana.account), "{}"])
    nowhere = tmp_path / "nowhere" / "aside.ndjson"

    code, said = await portal("import", str(file), "--set-aside", str(nowhere), database=database)

    assert (code, await Bill.count()) == (2, 0)
    assert f"Nothing can be written in {nowhere.parent}" in said
    assert "Traceback" not in said


async def test_why_so_many_by_their_reasons(database: str, file: Path) -> None:
    ana = await a_person("Ana Zupan")
    wrong = [a_credit_note(ana.account, corrects=f"N{n}") for n in range(30)]
    lay(file, [*wrong, "{}"])

    _, said = await portal("import", str(file), database=database)

    assert "│ 30 │ the account has no bill … to correct; a correction comes after it" in said
    assert "and 11 more" in said


async def test_fees_go_out_as_ndjson(database: str) -> None:
    ana = await a_person("Ana Zupan")
    fee = await a_fee(ana, 299)

    _, said = await portal("charges", database=database)

    assert json.loads(said) == {
        "id": str(fee.id),
        "account": ana.account.number,
        "kind": "reconnection",
        "amount": "2.99",
        "incurred_on": "2026-11-21",
    }


def test_the_schema_in_the_docs_is_the_code_s() -> None:
    written = json.loads((DOCS / "bills.schema.json").read_text())

    assert written == schema(), "portal bills schema > docs/bills.schema.json"
    jsonschema.Draft202012Validator.check_schema(written)


@pytest.mark.parametrize("line", EXAMPLE.read_text().splitlines(), ids=lambda line: json.loads(line)["number"])
def test_the_example_is_right_by_schema_and_by_code(line: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())

    assert list(validator.iter_errors(json.loads(line))) == []
    parse(line.encode(), TODAY)


def test_the_schema_refuses_what_the_code_refuses() -> None:
    document = json.loads(EXAMPLE.read_text().splitlines()[0])
    validator = jsonschema.Draft202012Validator(schema())
    for wrong in ({"total": 65.84}, {"colour": "red"}, {"reference": "SI128000000000010"}, {"kind": "invoice"}):
        assert not validator.is_valid(document | wrong), wrong


def test_the_format_is_described_field_by_field() -> None:
    described = (DOCS / "bills.md").read_text()

    for name in (*schema()["properties"], *schema()["$defs"]["DocumentLine"]["properties"]):
        assert f"`{name}`" in described, name


def test_the_digest_of_the_example_stays_what_it_is() -> None:
    """By it documents that came in long ago are known again: another one is a change of the format."""
    digests = [parse(line.encode(), TODAY).digest.hex()[:12] for line in EXAMPLE.read_text().splitlines()]

    assert digests == DIGESTS


DIGESTS = ["9b634d680c35", "6c44c5cb1ae9", "34543a6f5806", "222f9deb545b", "1395e6634177", "b8c50aff9294"]


@pytest.mark.usefixtures("exchange", "phone", "mailbox")
async def test_the_example_comes_in_in_the_demo(database: str) -> None:
    await demo.seed(TODAY)

    done = await bring_in(*EXAMPLE.read_bytes().splitlines(), at=datetime(2026, 11, 21, 11, tzinfo=UTC))

    assert (done.arrived, done.set_aside) == (6, [])
    async with connection() as connected:
        assert await connected.fetchval(GIVEN_BACK) == 500
    assert await books_balance()


GIVEN_BACK = """
    SELECT sum(l.amount_cents)::bigint FROM allocations l
    JOIN payments p ON p.id = l.payment JOIN bills b ON b.id = l.bill
    WHERE b.number = '2026-11-000101' AND p.external_id = 'credit-note:2026-11-D00101'
"""
