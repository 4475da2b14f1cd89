"""What cannot come in: each row with its line and why, and never with somebody's number."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.ndjson.hiding import hidden
from portal.ndjson.parsing import BadRow
from portal.usage.arriving.importing import KNOWN
from portal.usage.arriving.parsing import Reading
from portal.usage.months import lay_months
from tests.people import NOON, TODAY, a_person
from tests.usage.arriving.feeds import (
    Row,
    a_line,
    a_record,
    allowances,
    an_allowance,
    bring_in,
    everything,
    packed,
    records,
    refused,
    spending,
    without,
)

LINE = a_line("+38641000001")
TOO_MANY = 2**53


@pytest.mark.parametrize(
    ("row", "because"),
    [
        (an_allowance(LINE, used="5"), "allowance.used: Input should be a valid integer"),
        (an_allowance(LINE, used=5.0), "allowance.used: Input should be a valid integer"),
        (an_allowance(LINE, used=True), "allowance.used: Input should be a valid integer"),
        (an_allowance(LINE, used=-1), "allowance.used: Input should be greater than or equal to 0"),
        (an_allowance(LINE, used=TOO_MANY), f"allowance.used: Input should be less than or equal to {TOO_MANY - 1}"),
        (an_allowance(LINE, used=2**70), f"allowance.used: Input should be less than or equal to {TOO_MANY - 1}"),
        (an_allowance(LINE, sequence=-1), "allowance.sequence: Input should be greater than or equal to 0"),
        (an_allowance(LINE, kind="voice"), "allowance.kind: Input should be 'calls', 'messages', 'data' or"),
        (an_allowance(LINE, code="podatki v tujini"), "allowance.code: a name is letters (A to Z), digits and"),
        (an_allowance(LINE, code="c" * 41), "allowance.code: String should have at most 40 characters"),
        (an_allowance(LINE, code="roaming"), "code: spending and roaming are no codes of allowances"),
        (an_allowance(LINE, name_sl="Podatki"), "name_sl and name_en stand together"),
        (an_allowance(LINE, name_sl="Pod\natki", name_en="Data"), "allowance.name_sl: a text has no line break"),
        (an_allowance(LINE, shared_by=3), "shared_by and own_used stand together"),
        (an_allowance(LINE, own_used=3), "shared_by and own_used stand together"),
        (an_allowance(LINE, 5, shared_by=3, own_used=6), "own_used is part of used, and here it is more"),
        (an_allowance(LINE, shared_by=40_000, own_used=0), "allowance.shared_by: Input should be less than or equal"),
        (an_allowance(LINE, period_to="2026-10-31"), "the period ends before it begins or is longer than a year"),
        (an_allowance(LINE, period_to="2027-11-03"), "the period ends before it begins or is longer than a year"),
        (an_allowance(LINE, period_from="2025-07-31"), "period_from lies before 2025-08-01, from which on it is kept"),
        (an_allowance(LINE, period_from="2027-02-01", period_to="2027-02-28"), "it is kept, or after 2027-01-31"),
        (an_allowance(LINE, period_from="1. 11. 2026"), "allowance.period_from: a day is a string such as"),
        (an_allowance(LINE, measured_at="2026-11-21T12:06:00+01:00"), "measured_at lies ahead"),
        (an_allowance(LINE, measured_at="2026-11-21T11:50:00"), "allowance.measured_at: a moment is a string with its"),
        (an_allowance(LINE, measured_at=1_763_722_200), "allowance.measured_at: a moment is a string with its"),
        (an_allowance(LINE, source=""), "allowance.source: a name is letters (A to Z), digits and"),
        (an_allowance(LINE, source="ocs-1\n"), "allowance.source: a name is letters (A to Z), digits and"),
        (spending(LINE, spent=12.4), "spending.spent: money is a string with two decimals"),
        (spending(LINE, "-1.00"), "spending.spent: Input should be greater than or equal to 0"),
        (spending(LINE, "5.00", roaming="5.01"), "roaming is part of spent, and here it is more"),
        (spending(LINE, period_from="2025-07-31"), "period_from lies before 2025-08-01"),
        (a_record(LINE, other_party="+386 40 123"), "record.other_party: the number is three digits or more"),
        (a_record(LINE, kind="fax"), "record.kind: Input should be 'call', 'sms', 'mms' or 'data'"),
        (a_record(LINE, began_at="2026-04-30T23:59:59Z"), "began_at lies before 2026-05-01, from which on records"),
        (a_record(LINE, began_at="2026-11-21T12:06:00+01:00"), "began_at lies ahead"),
        (a_record(LINE, taken_back="yes"), "record.taken_back: Input should be a valid boolean"),
        (a_record(LINE, used=1), "record.used: Extra inputs are not permitted"),
        (without(a_record(LINE), "record", "quantity"), "record.record: Field required (and 1 more)"),
        (without(a_record(LINE), "type"), "type is missing, or none that there is"),
        (a_record(LINE, type="call"), "type is missing, or none that there is"),
        ("[1]", "Input should be an object"),
        ("nothing", "Invalid JSON"),
        (b'{"type": "\xff"}', "the line is not UTF-8"),
        (json.dumps(spending(LINE)).replace("{", '{"line": "F1", ', 1), "line stands twice"),
        (json.dumps(spending(LINE)).replace("12.40", "\\ud800"), "Invalid JSON"),
        ("[" * 10_000, "Invalid JSON: recursion limit exceeded"),
    ],
)
def test_what_is_wrong_in_itself(row: Row | str | bytes, because: str) -> None:
    with pytest.raises(BadRow) as refusal:
        Reading(NOON).read(packed([row]))

    assert because in str(refusal.value)


@pytest.mark.parametrize(
    "row",
    [
        an_allowance(LINE, period_from="2025-08-01", period_to="2025-08-31"),
        an_allowance(LINE, period_from="2027-01-31", period_to="2027-02-27"),
        an_allowance(LINE, measured_at="2026-11-21T12:05:00+01:00"),
        an_allowance(LINE, 2**53 - 1, included=0),
        spending(LINE, "0.00"),
        a_record(LINE, began_at="2026-05-01T02:00:00+02:00"),
        a_record(LINE, began_at="2026-11-21T12:05:00+01:00"),
    ],
)
def test_what_is_just_right(row: Row) -> None:
    assert Reading(NOON).read(packed([row])).line == LINE.number


@pytest.mark.usefixtures("database")
async def test_the_last_day_there_is_room_for_is_that_of_the_longest_month() -> None:
    """At the turn of a month, and of a year, a row that is accepted has its month."""
    ana = await a_person("Ana Zupan")
    for at in (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 1, 31, 22, 59, tzinfo=UTC)):
        now = at.isoformat()
        first = {"period_from": "2027-03-31", "period_to": "2027-04-29", "measured_at": now}

        done = await bring_in(an_allowance(ana.line) | first, a_record(ana.line, began_at=now), at=at)

        assert (done.arrived + done.already, done.set_aside) == (2, [])
    await lay_months(TODAY)


@pytest.mark.usefixtures("database")
async def test_a_line_that_is_not_here_and_the_good_rows_around() -> None:
    ana = await a_person("Ana Zupan")

    done = await bring_in(an_allowance(ana.line), "", an_allowance(a_line("+38670999999")), a_record(ana.line))

    assert done.arrived == 2
    assert [(aside.line, aside.reason) for aside in done.set_aside] == [(3, "there is no line +38670999999")]
    assert len(await allowances()) == len(await records()) == 1


@pytest.mark.usefixtures("database")
async def test_nothing_of_a_bad_row_is_written() -> None:
    await refused(an_allowance(LINE))

    assert await everything() == ([], [], [])


SECRET = "40123456"


@pytest.mark.parametrize(
    "row",
    [
        a_record(LINE, kind="fax", other_party=f"+386{SECRET}"),
        a_record(LINE, kind="fax", otherParty=f"+386{SECRET}"),
        a_record(LINE, kind="fax", other_party=f"386 {SECRET}"),
        a_record(LINE, kind="fax", other_party=38600000000 + int(SECRET)),
        a_record(LINE, kind="fax", other_party=[SECRET]),
        a_record(LINE, kind="fax", place={"called": SECRET}),
        json.dumps(a_record(LINE, other_party=SECRET)).replace("{", f'{{"other_party": "{SECRET}", ', 1),
        f'{{"other_party": "{SECRET}"',
        f'{{"other_party": "{SECRET}"'.encode() + b"\xff}",
        f'["{SECRET}"]',
    ],
)
def test_numbers_called_are_neither_told_nor_set_aside(row: Row | str | bytes) -> None:
    with pytest.raises(BadRow) as refusal:
        Reading(NOON).read(packed([row]))

    assert SECRET[-3:] not in str(refusal.value)
    assert SECRET[-3:].encode() not in (hidden(packed([row]), KNOWN) or b"")


@pytest.mark.usefixtures("database")
async def test_a_row_set_aside_can_be_mended_and_given_again() -> None:
    ana = await a_person("Ana Zupan")
    call = a_record(ana.line, other_party="+38640123456", place="Slovenija", amount="0.36")
    wrong = call | {"kind": "fax"}

    (aside,) = (await bring_in(wrong)).set_aside
    mended = json.loads(aside.row or b"") | {"kind": "call"}
    done = await bring_in(mended)

    assert done.arrived == 1
    assert mended == call | {"other_party": "+38640123***"}


def test_of_an_object_that_is_no_row_only_known_fields_stay() -> None:
    written: dict[str, Any] = json.loads(hidden(packed([a_record(LINE) | {"used": 1, "colour": "red"}]), KNOWN) or b"")

    assert "colour" not in written
    assert written["used"] == 1


@pytest.mark.parametrize("field", ["type", "source", "record", "kind", "began_at", "place", "amount"])
def test_no_reason_holds_a_value_of_the_row(field: str) -> None:
    """They stand on terminals and in mails about them."""
    with pytest.raises(BadRow) as refusal:
        Reading(NOON).read(packed([a_record(LINE) | {field: "Skrivnost\n"}]))

    assert "Skrivnost" not in str(refusal.value)
